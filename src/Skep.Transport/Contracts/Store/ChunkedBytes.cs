namespace Skep.Transport.Contracts;

/// <summary>
/// Bytes of unknown number, gathered without ever moving them, then copied once to where they belong.
/// </summary>
/// <remarks>Not for several threads.</remarks>
internal sealed class ChunkedBytes
{
    /// <summary>Bytes. Below the size from which the runtime keeps an array apart until a full collection.</summary>
    private const int ChunkBytes = 64 << 10;

    private readonly List<ArraySegment<byte>> full = [];
    private byte[] chunk = [];
    private int used;

    public long Length { get; private set; }

    /// <summary>The place for the next so many bytes, which the caller fills.</summary>
    public Span<byte> Take(int bytes)
    {
        if (chunk.Length - used < bytes)
        {
            full.Add(new(chunk, 0, used));
            chunk = new byte[Math.Max(bytes, ChunkBytes)];
            used = 0;
        }
        var place = chunk.AsSpan(used, bytes);
        used += bytes;
        Length += bytes;
        return place;
    }

    /// <summary>Seven bits in each byte, lowest first; the top bit says that more follow.</summary>
    public void AppendVarint(ulong value)
    {
        while (value > 0x7f)
        {
            Take(1)[0] = (byte)(value | 0x80);
            value >>= 7;
        }
        Take(1)[0] = (byte)value;
    }

    public void CopyTo(Span<byte> target)
    {
        foreach (var part in full)
        {
            part.AsSpan().CopyTo(target);
            target = target[part.Count..];
        }
        chunk.AsSpan(0, used).CopyTo(target);
    }
}
