using System.Collections.Immutable;

namespace Skep.Raft;

/// <summary>A configuration: who votes, and who only listens. Both sorted, without a member in common.</summary>
/// <remarks>
/// Simple configurations only. A joint one (etcd's <c>voters_outgoing</c>) cannot be written down here, and whoever
/// reads one off the wire refuses it: SwarmKit never makes one. Equal by content.
/// </remarks>
public sealed record ConfState
{
    public ConfState(ImmutableArray<ulong> voters, ImmutableArray<ulong> learners)
    {
        Voters = Sorted(voters);
        Learners = Sorted(learners);
        foreach (ulong learner in Learners)
        {
            Invariant.Holds(!Voters.Contains(learner));
        }
    }

    /// <summary>Nobody: the configuration before the first entry.</summary>
    public static ConfState Empty { get; } = new([], []);

    public ImmutableArray<ulong> Voters { get; }

    public ImmutableArray<ulong> Learners { get; }

    public bool Contains(ulong member) => Voters.Contains(member) || Learners.Contains(member);

    public bool Equals(ConfState? other) =>
        other is not null && Voters.AsSpan().SequenceEqual(other.Voters.AsSpan())
        && Learners.AsSpan().SequenceEqual(other.Learners.AsSpan());

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (ulong member in Voters)
        {
            hash.Add(member);
        }

        hash.Add(Learners.Length);
        return hash.ToHashCode();
    }

    public override string ToString() => Learners.IsEmpty
        ? $"voters=({string.Join(' ', Voters)})"
        : $"voters=({string.Join(' ', Voters)}) learners=({string.Join(' ', Learners)})";

    private static ImmutableArray<ulong> Sorted(ImmutableArray<ulong> members)
    {
        if (members.IsDefaultOrEmpty)
        {
            return [];
        }

        ImmutableArray<ulong> sorted = members.Sort();
        for (int index = 1; index < sorted.Length; index++)
        {
            Invariant.Holds(sorted[index - 1] < sorted[index]);
        }

        return sorted;
    }
}
