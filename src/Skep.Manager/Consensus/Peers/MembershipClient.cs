using System.Collections.Immutable;
using Skep.Raft;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;

namespace Skep.Manager.Consensus;

/// <summary>Asks the managers of a swarm to take this one in, to take its new address, or to let it go.</summary>
/// <remarks>Any manager may be asked; one that does not lead sends the call on.</remarks>
public static class MembershipClient
{
    /// <param name="address">Where this manager listens. An unspecified host stands for where the call comes
    /// from.</param>
    /// <exception cref="RpcException">It was refused, or nobody could be reached.</exception>
    public static async Task<JoinAnswer> JoinAsync(
        RpcChannel manager, string address, TimeProvider time, CancellationToken stop)
    {
        JoinResponse answer = await manager.CallAsync(
            SwarmKitMethods.RaftMembership.Join,
            new JoinRequest { Addr = address },
            Limits.JoinTimeout,
            time,
            stop);
        var members = new MemberList(
            answer.Members.Select(MemberWire.ToRecord).ToImmutableSortedDictionary(
                static member => member.RaftId, static member => member),
            [.. answer.RemovedMembers],
            ConfState.Empty);
        return new JoinAnswer(answer.RaftId, members);
    }

    /// <summary>Where a member listens, as any manager knows it.</summary>
    /// <exception cref="RpcException">It does not know the member, or cannot be reached.</exception>
    public static async Task<string> ResolveAsync(
        RpcChannel manager, ulong raftId, TimeProvider time, CancellationToken stop)
    {
        ResolveAddressResponse answer = await manager.CallAsync(
            SwarmKitMethods.Raft.ResolveAddress,
            new ResolveAddressRequest { RaftId = raftId },
            Limits.ProbeTimeout,
            time,
            stop);
        return answer.Addr;
    }

    public static Task LeaveAsync(RpcChannel manager, Member self, TimeProvider time, CancellationToken stop) =>
        manager.CallAsync(
            SwarmKitMethods.RaftMembership.Leave,
            new LeaveRequest { Node = MemberWire.ToWire(self) },
            Limits.JoinTimeout,
            time,
            stop);
}
