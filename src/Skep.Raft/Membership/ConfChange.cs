namespace Skep.Raft;

/// <summary>The numbers are those of etcd's <c>raftpb.ConfChangeType</c>.</summary>
public enum ConfChangeKind
{
    AddNode = 0,
    RemoveNode = 1,
    UpdateNode = 2,
    AddLearner = 3,
}

/// <summary>One change of the configuration. It takes effect when it is applied, not when it is appended.</summary>
/// <param name="Id">The proposer's own mark, by which it knows its change again; the core does not look at it.</param>
/// <param name="Member">0 when the driver decided, at apply time, that nothing is to change.</param>
/// <param name="Context">The proposer's data; SwarmKit puts the member's node id and address there.</param>
public sealed record ConfChange(ulong Id, ConfChangeKind Kind, ulong Member, ReadOnlyMemory<byte> Context)
{
    public bool Equals(ConfChange? other) =>
        other is not null && Id == other.Id && Kind == other.Kind && Member == other.Member
        && Context.Span.SequenceEqual(other.Context.Span);

    public override int GetHashCode() => HashCode.Combine(Id, Kind, Member, Context.Length);

    public override string ToString() => $"{Kind} {Member}";
}
