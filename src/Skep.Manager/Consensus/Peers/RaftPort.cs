using Skep.Raft;
using Skep.Swarm;
using Skep.Transport.Contracts;
using Skep.Transport.Contracts.Peers;
using Skep.Transport.Rpc;
using Snapshot = Skep.Raft.Snapshot;

namespace Skep.Manager.Consensus;

/// <summary>What a manager answers to other managers about consensus: messages, addresses, joins and leaves.</summary>
/// <remarks>
/// It stands before there is a driver: a joiner must answer on its port before it is told its raft id. Until then
/// messages are dropped without an error, as SwarmKit does.
/// </remarks>
public sealed class RaftPort(PeerLinks links, TimeProvider time, Log log)
{
    private volatile Serving? serving;

    /// <summary>From now on messages reach this driver.</summary>
    public void Serve(RaftDriver driver, Membership membership) => serving = new Serving(driver, membership);

    public void Map(RpcRoutes routes)
    {
        RpcMethod<JoinRequest, JoinResponse> join = SwarmKitMethods.RaftMembership.Join;
        RpcMethod<LeaveRequest, LeaveResponse> leave = SwarmKitMethods.RaftMembership.Leave;
        routes.Unary(PeerMethods.Hello, RpcAccess.Manager, (_, _, _) => Task.FromResult(
            new PeerHello { RaftId = serving?.Driver.RaftId ?? 0 }));
        routes.ClientStream(PeerMethods.Stream, RpcAccess.Manager, TakeStreamAsync);
        routes.Unary(SwarmKitMethods.Raft.ProcessRaftMessage, RpcAccess.Manager, TakeOneAsync);
        routes.ClientStream(SwarmKitMethods.Raft.StreamRaftMessage, RpcAccess.Manager, TakePiecesAsync);
        routes.Unary(SwarmKitMethods.Raft.ResolveAddress, RpcAccess.Manager, ResolveAsync);
        routes.AtLeader(FindLeaderAsync)
            .Unary(join, RpcAccess.Manager, JoinAsync)
            .Unary(leave, RpcAccess.Manager, LeaveAsync);
    }

    /// <summary>For every method that only the leader can answer; waits a while when there is none.</summary>
    public async ValueTask<RpcChannel?> FindLeaderAsync(CancellationToken stop)
    {
        using var late = new CancellationTokenSource(Limits.LeaderPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        RaftDriver driver = Now().Driver;
        while (true)
        {
            (DriverStatus now, Task changed) = driver.Status.Read();
            if (now.Leadership.IsLeader)
            {
                return null;
            }

            if (now.Leadership.Leader is not 0 and var leader && leader != driver.RaftId
                && links.ChannelTo(leader) is { } channel)
            {
                return channel;
            }

            if (now.IsWithoutLeader)
            {
                throw Refusals.NoLeader();
            }

            try
            {
                // A link may come back without the status changing, so it is looked at again after a while too.
                await Task.WhenAny(changed, Task.Delay(Limits.LinkPauseMax, time, either.Token));
                either.Token.ThrowIfCancellationRequested();
            }
            catch (OperationCanceledException) when (late.IsCancellationRequested)
            {
                throw Refusals.NoLeader();
            }
        }
    }

    private async Task<PeerBye> TakeStreamAsync(
        RpcReader<PeerBatch> batches, RpcCaller caller, CancellationToken stop)
    {
        while (await batches.ReadAsync(stop) is { } batch)
        {
            foreach (Skep.Transport.Contracts.Raftpb.Message message in batch.Messages)
            {
                Take(RaftWire.ToRecord(message), caller, PeerEngine.Skep);
            }
        }

        return new PeerBye();
    }

    private Task<ProcessRaftMessageResponse> TakeOneAsync(
        ProcessRaftMessageRequest request, RpcCaller caller, CancellationToken stop)
    {
        if (request.Message is not null)
        {
            Take(RaftWire.ToRecord(request.Message), caller, PeerEngine.Docker);
        }

        return Task.FromResult(new ProcessRaftMessageResponse());
    }

    /// <summary>One raft message in one or, when it is a snapshot, many pieces.</summary>
    private async Task<StreamRaftMessageResponse> TakePiecesAsync(
        RpcReader<StreamRaftMessageRequest> pieces, RpcCaller caller, CancellationToken stop)
    {
        Message? whole = null;
        var data = new List<ReadOnlyMemory<byte>>();
        long bytes = 0;
        while (await pieces.ReadAsync(stop) is { } piece)
        {
            Message part = RaftWire.ToRecord(piece.Message ?? throw Bad("Raft message is missing"));
            whole ??= part;
            if (part.Index != whole.Index)
            {
                throw Bad(
                    $"Raft message chunk with index {part.Index} is different from the previously received raft "
                    + $"message index {whole.Index}");
            }

            if (!ReferenceEquals(part, whole) && (part.Kind != MessageKind.Snapshot || part.Snapshot is null))
            {
                throw Bad($"Raft message chunk is not of type {(int)MessageKind.Snapshot}");
            }

            ReadOnlyMemory<byte> content = part.Snapshot?.Data ?? default;
            data.Add(content);
            bytes += content.Length;
            if (bytes > Limits.SnapshotBytesMax)
            {
                throw Bad("the snapshot is too large");
            }
        }

        if (whole is not null)
        {
            Take(Join(whole, data, bytes), caller, null);
        }

        return new StreamRaftMessageResponse();
    }

    private static Message Join(Message whole, List<ReadOnlyMemory<byte>> data, long bytes)
    {
        if (whole.Snapshot is null || data.Count == 1)
        {
            return whole;
        }

        var all = new byte[bytes];
        int at = 0;
        foreach (ReadOnlyMemory<byte> part in data)
        {
            part.Span.CopyTo(all.AsSpan(at));
            at += part.Length;
        }

        return whole with { Snapshot = new Snapshot(whole.Snapshot.Meta, all) };
    }

    /// <param name="engine">What the sender is, when the method tells.</param>
    private void Take(Message message, RpcCaller caller, PeerEngine? engine)
    {
        if (serving is not { } now)
        {
            return;
        }

        MemberList members = now.Driver.Status.Value.Members;
        if (members.Removed.Contains(message.From))
        {
            throw new RpcException(RpcStatus.NotFound, Refusals.MemberRemovedText);
        }

        if (!IsSender(message.From, caller, members))
        {
            log.Warn(
                "Refused a message that another node's certificate came with",
                ("raft.id", $"{message.From:x}"), ("node.id", caller.Node));
            throw SwarmRefusal.Of(SwarmCode.PermissionDenied, "raft: the sender of the message is another member");
        }

        if (engine is { } found)
        {
            now.Driver.ReportEngine(message.From, found);
        }

        now.Driver.Receive(message);
    }

    /// <summary>
    /// The id in a message is only a claim: it must be the one of the node whose certificate the call came with
    /// (checklist 32). Members that we have not heard of yet are believed, or a new one could never reach us; so is a
    /// node that we know as another member, for it may have lost its log and begun anew.
    /// </summary>
    private static bool IsSender(ulong from, RpcCaller caller, MemberList members)
    {
        if (caller.ForwardedBy is not null)
        {
            return false;
        }

        return !members.Members.TryGetValue(from, out Member? claimed)
            || claimed.Node == caller.Node || claimed.Node.IsEmpty;
    }

    private Task<ResolveAddressResponse> ResolveAsync(
        ResolveAddressRequest request, RpcCaller caller, CancellationToken stop) =>
        Now().Driver.Status.Value.Members.Members.TryGetValue(request.RaftId, out Member? member)
            ? Task.FromResult(new ResolveAddressResponse { Addr = member.Address })
            : throw SwarmRefusal.Of(SwarmCode.NotFound, $"member {request.RaftId:x} not found");

    private async Task<JoinResponse> JoinAsync(JoinRequest request, RpcCaller caller, CancellationToken stop)
    {
        JoinAnswer answer = await Now().Membership.JoinAsync(caller.Node, request.Addr, caller.RemoteAddress, stop);
        return new JoinResponse
        {
            RaftId = answer.RaftId,
            Members = { answer.Members.Members.Values.Select(MemberWire.ToWire) },
            RemovedMembers = { answer.Members.Removed },
        };
    }

    private async Task<LeaveResponse> LeaveAsync(LeaveRequest request, RpcCaller caller, CancellationToken stop)
    {
        RaftMember member = request.Node
            ?? throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "no node information provided");
        await Now().Membership.RemoveAsync(member.RaftId, stop);
        return new LeaveResponse();
    }

    private Serving Now() => serving ?? throw SwarmRefusal.Of(
        SwarmCode.FailedPrecondition, "raft: node is not yet part of a raft cluster");

    private static RefusedException Bad(string why) => SwarmRefusal.Of(SwarmCode.InvalidArgument, why);

    private sealed record Serving(RaftDriver Driver, Membership Membership);
}
