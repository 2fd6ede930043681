namespace Skep.Agent.Logs;

/// <summary>Takes one line, with its line feed, or a piece of a line that is too long.</summary>
internal delegate void TakeLine(ReadOnlySpan<byte> line);

/// <summary>Cuts a stream into lines of at most <see cref="LogLimits.LineBytesMax"/>. Not thread-safe.</summary>
internal sealed class LineCutter
{
    private readonly byte[] held = new byte[LogLimits.LineBytesMax];
    private int heldBytes;

    public void Feed(ReadOnlySpan<byte> bytes, TakeLine take)
    {
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n');
            int wanted = end < 0 ? bytes.Length : end + 1;
            int room = held.Length - heldBytes;
            int count = Math.Min(wanted, room);
            bool isWhole = end >= 0 && count == wanted;
            if (isWhole && heldBytes == 0)
            {
                take(bytes[..count]);
            }
            else
            {
                bytes[..count].CopyTo(held.AsSpan(heldBytes));
                heldBytes += count;
                if (isWhole || heldBytes == held.Length)
                {
                    Finish(take);
                }
            }

            bytes = bytes[count..];
        }
    }

    /// <summary>Gives out what is held.</summary>
    public void Finish(TakeLine take)
    {
        if (heldBytes > 0)
        {
            take(held.AsSpan(0, heldBytes));
            heldBytes = 0;
        }
    }
}
