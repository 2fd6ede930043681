namespace Skep.Raft;

/// <summary>The answer to a read: what is applied up to <see cref="Index"/> is fresh enough for it.</summary>
/// <param name="Id">What the caller gave to <see cref="RaftCore.ReadIndex"/>.</param>
public sealed record ReadState(ulong Index, ReadOnlyMemory<byte> Id)
{
    public bool Equals(ReadState? other) =>
        other is not null && Index == other.Index && Id.Span.SequenceEqual(other.Id.Span);

    public override int GetHashCode() => HashCode.Combine(Index, Id.Length);
}
