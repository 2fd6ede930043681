namespace Skep.Swarm;

/// <summary>Fills a span with bytes: the system's generator in the daemon, a seeded one in tests.</summary>
public delegate void FillBytes(Span<byte> bytes);

/// <summary>The one place where ids and jitter come from, so that a run can be repeated from a seed.</summary>
/// <remarks>
/// Not for keys and tokens: those always come from the system's generator. Thread-safe if its source is.
/// </remarks>
public sealed class IdSource(FillBytes fill)
{
    /// <summary>A lower-case hexadecimal id, as Docker gives to containers and networks.</summary>
    /// <param name="digitCount">Even number of digits; Docker's ids have 64.</param>
    public string NewHex(int digitCount = 64)
    {
        Invariant.Holds(digitCount is > 0 and <= 128 && digitCount % 2 == 0);
        Span<byte> bytes = stackalloc byte[digitCount / 2];
        fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>A number in [0, bound), near enough to even for jitter and for choosing names.</summary>
    public int NewNumber(int bound)
    {
        Invariant.Holds(bound > 0);
        Span<byte> bytes = stackalloc byte[8];
        fill(bytes);
        return (int)(BitConverter.ToUInt64(bytes) % (ulong)bound);
    }
}
