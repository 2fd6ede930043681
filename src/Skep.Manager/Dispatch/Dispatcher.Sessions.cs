using Skep.Swarm.Objects;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;

namespace Skep.Manager.Dispatch;

/// <summary>Sessions and heartbeats.</summary>
public sealed partial class Dispatcher
{
    /// <summary>
    /// Registers a node, then tells it of itself, the managers, the network's keys and the roots whenever one of them
    /// changes. The stream is the node's presence: when it ends the node is unreachable.
    /// </summary>
    private async Task SessionAsync(
        SessionRequest request, RpcWriter<SessionMessage> writer, RpcCaller caller, CancellationToken stop)
    {
        DispatchTerm term = Term;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop, term.Ended);
        try
        {
            NodeSession session = await term.RegisterAsync(
                caller, request.SessionId, NodeDescriptionWire.ToRecord(request.Description), over.Token);
            parts.Log.Info("a node has a session", ("node", caller.Node), ("from", caller.RemoteAddress));
            term.StreamOpened(session);
            meter.Registered();
            try
            {
                await TellAsync(term, session, writer, over.Token);
            }
            finally
            {
                term.StreamLost(session);
            }
        }
        catch (OperationCanceledException) when (term.Ended.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw MustDisconnect();
        }
        catch (TimeoutException)
        {
            throw new RpcException(RpcStatus.Unavailable, "the registration could not be committed in time");
        }
    }

    private async Task TellAsync(
        DispatchTerm term, NodeSession session, RpcWriter<SessionMessage> writer, CancellationToken stop)
    {
        using NodeSession.Listener changed = session.Listen(Topic.Session);
        SessionFacts? told = null;
        while (true)
        {
            SessionFacts facts = Facts(term, session);
            if (facts != told)
            {
                await writer.WriteAsync(facts.ToMessage(session.Id), stop);
                told = facts;
            }

            await changed.Wake.WaitAsync(stop);
            if (session.MustDisconnect)
            {
                throw MustDisconnect();
            }

            term.Check(session.Node, session.Id);
        }
    }

    private Task<HeartbeatResponse> HeartbeatAsync(HeartbeatRequest request, RpcCaller caller, CancellationToken stop)
    {
        TimeSpan period = Term.Beat(caller.Node, request.SessionId);
        meter.Beat();
        return Task.FromResult(new HeartbeatResponse { Period = PlainWire.ToWire(SwarmDuration.From(period)) });
    }

    private SessionFacts Facts(DispatchTerm term, NodeSession session)
    {
        var store = term.Store;
        var cluster = store.Cluster;
        return new SessionFacts(
            store.Nodes.Get(session.Node),
            [.. parts.Managers()],
            cluster?.NetworkBootstrapKeys ?? default,
            cluster?.RootCA.CACert ?? default);
    }

    private static RpcException MustDisconnect() => new(RpcStatus.Aborted, "node must disconnect");
}
