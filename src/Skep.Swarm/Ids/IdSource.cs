using System.Buffers.Binary;

namespace Skep.Swarm;

/// <summary>Fills a span with bytes: the system's generator in the daemon, a seeded one in tests.</summary>
public delegate void FillBytes(Span<byte> bytes);

/// <summary>The one place where ids and jitter come from, so that a run can be repeated from a seed.</summary>
/// <remarks>
/// Not for keys and tokens: those always come from the system's generator. Thread-safe if its source is.
/// </remarks>
public sealed class IdSource(FillBytes fill)
{
    /// <summary>Digits of an object's id.</summary>
    public const int ObjectIdDigits = 25;

    /// <summary>Digits of an id that people see and that a container has as its host name.</summary>
    private const int ShownDigits = 12;

    /// <summary>A lower-case hexadecimal id, as Docker gives to containers and networks.</summary>
    /// <remarks>
    /// Its first 12 digits hold a letter: a host name of decimal digits alone is read as an address by resolvers, so
    /// that a container could not find itself.
    /// </remarks>
    /// <param name="digitCount">Even number of digits; Docker's ids have 64.</param>
    public string NewHex(int digitCount = 64)
    {
        Invariant.Holds(digitCount is > 0 and <= 128 && digitCount % 2 == 0);
        Span<byte> bytes = stackalloc byte[digitCount / 2];
        fill(bytes);
        if (digitCount >= ShownDigits && IsDecimal(bytes[..(ShownDigits / 2)]))
        {
            bytes[0] = (byte)(0xa0 + (bytes[0] & 0x0f) + (bytes[0] >> 4) % 6 * 0x10);
        }

        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>
    /// An id of a swarm's object: 128 bits as 25 digits of base 36, lower case, zeros in front (SwarmKit identity).
    /// </summary>
    public string NewObjectId()
    {
        Span<byte> bytes = stackalloc byte[16];
        fill(bytes);
        UInt128 rest = BinaryPrimitives.ReadUInt128LittleEndian(bytes);
        return string.Create(ObjectIdDigits, rest, static (text, value) =>
        {
            for (int at = text.Length - 1; at >= 0; at--)
            {
                (value, UInt128 digit) = UInt128.DivRem(value, 36);
                text[at] = "0123456789abcdefghijklmnopqrstuvwxyz"[(int)digit];
            }
        });
    }

    /// <summary>A number in [0, bound), near enough to even for jitter and for choosing names.</summary>
    public int NewNumber(int bound)
    {
        Invariant.Holds(bound > 0);
        Span<byte> bytes = stackalloc byte[8];
        fill(bytes);
        return (int)(BitConverter.ToUInt64(bytes) % (ulong)bound);
    }

    private static bool IsDecimal(ReadOnlySpan<byte> bytes)
    {
        foreach (byte two in bytes)
        {
            if (two >> 4 > 9 || (two & 0x0f) > 9)
            {
                return false;
            }
        }

        return true;
    }
}
