namespace Skep.Raft;

/// <summary>What an entry carries; the numbers are those of etcd's <c>raftpb.EntryType</c>.</summary>
public enum EntryKind
{
    Normal = 0,
    ConfChange = 1,
    ConfChangeV2 = 2,
}

/// <summary>One place of the replicated log.</summary>
/// <remarks>
/// Equal by content. The data is shared, never copied: whoever made it may not change it afterwards.
/// A <see cref="EntryKind.Normal"/> entry without data is a leader's first entry and changes no state.
/// </remarks>
public sealed record Entry(ulong Term, ulong Index, EntryKind Kind, ReadOnlyMemory<byte> Data)
{
    /// <summary>Bytes of the entry as etcd's protobuf message, by which batches are measured.</summary>
    public int EncodedBytes => 2
        + 1 + WireSize.Varint(Term)
        + 1 + WireSize.Varint(Index)
        + (Data.IsEmpty ? 0 : 1 + WireSize.Varint((ulong)Data.Length) + Data.Length);

    public bool Equals(Entry? other) =>
        other is not null && Term == other.Term && Index == other.Index && Kind == other.Kind
        && Data.Span.SequenceEqual(other.Data.Span);

    public override int GetHashCode() => HashCode.Combine(Term, Index, Kind, Data.Length);

    public override string ToString() => $"{Term}/{Index} {Kind} {DataText.Of(Data)}";
}
