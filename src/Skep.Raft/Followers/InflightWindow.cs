namespace Skep.Raft;

/// <summary>Appends under way to one follower, oldest first: their last index and their payload.</summary>
/// <remarks>
/// A ring that grows on demand up to the bound. The byte bound is soft: the append that passes it goes.
/// </remarks>
internal sealed class InflightWindow(int messagesMax, long bytesMax)
{
    private (ulong LastIndex, long Bytes)[] ring = new (ulong, long)[4];
    private int head;
    private long bytes;

    public int Count { get; private set; }

    public bool IsFull => Count >= messagesMax || bytes >= bytesMax;

    public void Add(ulong lastIndex, long payloadBytes)
    {
        Invariant.Holds(!IsFull);
        if (Count == ring.Length)
        {
            var larger = new (ulong, long)[ring.Length * 2];
            for (int index = 0; index < Count; index++)
            {
                larger[index] = ring[(head + index) % ring.Length];
            }

            (ring, head) = (larger, 0);
        }

        ring[(head + Count) % ring.Length] = (lastIndex, payloadBytes);
        Count++;
        bytes += payloadBytes;
    }

    /// <summary>An answer for an index answers all appends up to it.</summary>
    public void FreeUpTo(ulong index)
    {
        while (Count > 0 && ring[head].LastIndex <= index)
        {
            bytes -= ring[head].Bytes;
            head = (head + 1) % ring.Length;
            Count--;
        }
    }

    public void Clear() => (head, Count, bytes) = (0, 0, 0);
}
