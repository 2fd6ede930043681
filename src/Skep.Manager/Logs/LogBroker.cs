using Skep.Manager.Consensus;
using Skep.Swarm;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;

namespace Skep.Manager.Logs;

/// <summary>Where agents learn which logs somebody wants to read, and send their lines.</summary>
/// <remarks>
/// The leader alone keeps the subscriptions; other managers send the agents' calls on to it. Nobody can subscribe
/// yet, so agents, which all listen from the start, hear nothing, and what they send belongs to no subscription.
/// </remarks>
public sealed class LogBroker(Latest<DriverStatus> status)
{
    private readonly Lock gate = new();
    private readonly Dictionary<NodeId, int> listeners = [];

    public void Map(RpcRoutes routes, FindLeader findLeader)
    {
        routes.AtLeader(findLeader)
            .ServerStream(
                SwarmKitMethods.LogBroker.ListenSubscriptions,
                RpcAccess.Node,
                (_, _, caller, stop) => ListenAsync(caller.Node, stop))
            .ClientStream(
                SwarmKitMethods.LogBroker.PublishLogs,
                RpcAccess.Node,
                (reader, _, stop) => PublishAsync(reader, stop));
        routes.ServerStream(
            SwarmKitMethods.Logs.SubscribeLogs,
            RpcAccess.Manager,
            (request, _, _, _) => throw RefuseSubscription(request));
    }

    /// <summary>Ends without an error when this manager leads no more: the agent then asks the next leader.</summary>
    private async Task ListenAsync(NodeId node, CancellationToken stop)
    {
        Enter(node);
        try
        {
            await status.WaitAsync(static now => !now.Leadership.IsLeader, stop);
        }
        finally
        {
            Leave(node);
        }
    }

    private void Enter(NodeId node)
    {
        lock (gate)
        {
            int count = listeners.GetValueOrDefault(node);
            if (count >= LogLimits.ListenersPerNode)
            {
                throw SwarmRefusal.Of(
                    SwarmCode.ResourceExhausted, $"node {node} listens {count} times for log subscriptions already");
            }
            listeners[node] = count + 1;
        }
    }

    private void Leave(NodeId node)
    {
        lock (gate)
        {
            int count = listeners[node] - 1;
            if (count == 0)
            {
                listeners.Remove(node);
            }
            else
            {
                listeners[node] = count;
            }
        }
    }

    private static async Task<PublishLogsResponse> PublishAsync(
        RpcReader<PublishLogsMessage> reader, CancellationToken stop)
    {
        PublishLogsMessage? first = await reader.ReadAsync(stop);
        if (first is null)
        {
            return new();
        }
        throw first.SubscriptionId.Length == 0
            ? SwarmRefusal.Of(SwarmCode.InvalidArgument, "missing subscription ID")
            : SwarmRefusal.Of(SwarmCode.NotFound, "unknown subscription ID");
    }

    private static RefusedException RefuseSubscription(SubscribeLogsRequest request)
    {
        var selector = request.Selector;
        if (selector is null)
        {
            return SwarmRefusal.Of(SwarmCode.InvalidArgument, "log selector must be provided");
        }
        return selector.ServiceIds.Count + selector.NodeIds.Count + selector.TaskIds.Count == 0
            ? SwarmRefusal.Of(SwarmCode.InvalidArgument, "log selector must not be empty")
            : SwarmRefusal.Of(SwarmCode.Unimplemented, "this Skep manager does not do SubscribeLogs yet");
    }
}
