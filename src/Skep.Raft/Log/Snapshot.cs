namespace Skep.Raft;

/// <summary>Where a snapshot stands in the log, and who the members were there.</summary>
public sealed record SnapshotMeta(ulong Index, ulong Term, ConfState Members);

/// <summary>The applied state up to an index, in place of the entries that made it.</summary>
/// <remarks>
/// The core never looks at the data. In a message on its way out it is empty and the driver attaches the bytes;
/// in one that came in it is there. Equal by content.
/// </remarks>
public sealed record Snapshot(SnapshotMeta Meta, ReadOnlyMemory<byte> Data)
{
    public bool Equals(Snapshot? other) =>
        other is not null && Meta == other.Meta && Data.Span.SequenceEqual(other.Data.Span);

    public override int GetHashCode() => HashCode.Combine(Meta, Data.Length);
}
