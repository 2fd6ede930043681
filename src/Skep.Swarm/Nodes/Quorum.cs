using System.Collections.Immutable;
using Skep.Swarm.Objects;

namespace Skep.Swarm.Nodes;

/// <summary>One manager as a member of the quorum, as the leader sees it.</summary>
/// <param name="RaftId">Its number in the log of consensus.</param>
/// <param name="Node">Whose it is.</param>
/// <param name="Address">Where the other managers reach it.</param>
/// <param name="IsVoter">False while it only catches up.</param>
/// <param name="Reachability">Whether it answers.</param>
public sealed record QuorumMember(
    ulong RaftId, NodeId Node, string Address, bool IsVoter, Reachability Reachability);

/// <summary>The members of the quorum at one moment.</summary>
/// <param name="Members">All of them, learners as well.</param>
/// <param name="Self">The number of the manager that looks.</param>
/// <param name="Leader">The number of the leader; 0 when there is none.</param>
public sealed record Quorum(ImmutableArray<QuorumMember> Members, ulong Self, ulong Leader)
{
    public static readonly Quorum None = new([], 0, 0);

    public QuorumMember? Of(NodeId node) => Members.FirstOrDefault(member => member.Node == node);

    /// <summary>True when those that can be reached are still a majority of those that stay.</summary>
    public bool CanRemove(ulong raftId) => CanDecide(member => member.RaftId != raftId);

    /// <summary>True when those that can be reached would be a majority of the voters that are counted.</summary>
    public bool CanDecide(Func<QuorumMember, bool> isCounted)
    {
        QuorumMember[] staying = [.. Members.Where(member => member.IsVoter && isCounted(member))];
        int reachableCount = staying.Count(
            member => member.RaftId == Self || member.Reachability == Reachability.Reachable);
        return reachableCount >= (staying.Length / 2) + 1;
    }

    /// <summary>The node with its part in the quorum filled in, as lists of nodes show it.</summary>
    public Node Describe(Node node) => Of(node.Id) is not { } member
        ? node
        : node with
        {
            ManagerStatus = new ManagerStatus
            {
                RaftId = member.RaftId,
                Addr = member.Address,
                Leader = member.RaftId == Leader,
                Reachability = member.RaftId == Self ? Reachability.Reachable : member.Reachability,
            },
        };
}
