using System.Collections.Immutable;
using Skep.Raft;
using Skep.Swarm;

namespace Skep.Manager.Consensus;

/// <summary>The managers as of one place of the log: who they are, who votes, and who may never come back.</summary>
/// <remarks>
/// Part of the replicated state: made by applying the log's configuration changes in order and saved in snapshots,
/// never in a file of its own (reliability checklist 31, 32).
/// </remarks>
public sealed record MemberList(
    ImmutableSortedDictionary<ulong, Member> Members,
    ImmutableSortedSet<ulong> Removed,
    ConfState Configuration)
{
    public static MemberList Empty { get; } = new(
        ImmutableSortedDictionary<ulong, Member>.Empty, ImmutableSortedSet<ulong>.Empty, ConfState.Empty);

    /// <summary>A joiner talks to those it was told of until the log tells it better.</summary>
    public static MemberList Told(IReadOnlyList<Member> members) => Empty with
    {
        Members = members.ToImmutableSortedDictionary(member => member.RaftId, member => member),
    };

    /// <summary>No log has told of any member yet.</summary>
    public bool IsUntold => Configuration == ConfState.Empty;

    /// <summary>A raft id is used once: one that was removed is never added again.</summary>
    public bool Refuses(ConfChange change) =>
        change.Kind != ConfChangeKind.RemoveNode && Removed.Contains(change.Member);

    /// <param name="described">What the change says of its member; null when it says nothing.</param>
    public MemberList After(ConfChange change, Member? described, ConfState configuration) => change.Kind switch
    {
        ConfChangeKind.RemoveNode when change.Member != 0 => new MemberList(
            Members.Remove(change.Member), Removed.Add(change.Member), configuration),
        ConfChangeKind.UpdateNode when !Members.ContainsKey(change.Member) => this with
        {
            Configuration = configuration,
        },
        _ when change.Member != 0 && described is not null => this with
        {
            Members = Members.SetItem(change.Member, described with { RaftId = change.Member }),
            Configuration = configuration,
        },
        _ => this with { Configuration = configuration },
    };

    /// <summary>The member with that identity; a node is one member at most.</summary>
    public Member? OfNode(NodeId node)
    {
        foreach (Member member in Members.Values)
        {
            if (member.Node == node)
            {
                return member;
            }
        }

        return null;
    }
}
