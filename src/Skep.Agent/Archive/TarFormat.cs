using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Skep.Linux.Files;

namespace Skep.Agent.Archive;

/// <summary>The fields of a tar header block (POSIX ustar), and the records of a pax extended header.</summary>
/// <remarks>
/// System.Formats.Tar is not used: it reads and writes names and attribute values as UTF-8 text, so that a file
/// capability or a Latin-1 name is lost, and it takes an extended header of any size into memory.
/// </remarks>
internal static class TarFormat
{
    public const int BlockBytes = 512;

    // Offset and length of each field.
    public static readonly Range
        Name = 0..100, Mode = 100..108, Uid = 108..116, Gid = 116..124, Size = 124..136, Modified = 136..148,
        Checksum = 148..156, LinkName = 157..257, Magic = 257..265, DeviceMajor = 329..337, DeviceMinor = 337..345,
        Prefix = 345..500;

    public const int Type = 156;

    public const string AttributePrefix = "SCHILY.xattr.";

    /// <summary>Up to the first NUL.</summary>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    /// <summary>Octal digits among spaces and NULs, or, with the first bit set, a big-endian number.</summary>
    public static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            // The second bit is the sign. Only the last eight bytes may carry value.
            bool isNegative = (field[0] & 0x40) != 0;
            long value = isNegative ? -1 : 0;
            for (int i = 0; i < field.Length; i++)
            {
                int digit = i == 0 ? (isNegative ? field[0] | 0x80 : field[0] & 0x3F) : field[i];
                if (field.Length - i > 8)
                {
                    Demand(digit == (isNegative ? 0xFF : 0));
                    continue;
                }

                value = (value << 8) | (long)(uint)digit;
            }

            return value;
        }

        ReadOnlySpan<byte> digits = field.Trim(" \0"u8);
        long number = 0;
        foreach (byte digit in digits)
        {
            Demand(digit is >= (byte)'0' and <= (byte)'7');
            number = (number << 3) | (long)(digit - '0');
        }

        return number;
    }

    /// <summary>Writes octal digits and a NUL.</summary>
    /// <returns>False: the number does not fit, the field holds zero.</returns>
    public static bool TryPutNumber(Span<byte> field, long number)
    {
        int digitCount = field.Length - 1;
        bool fits = number >= 0 && number < 1L << (3 * digitCount);
        long rest = fits ? number : 0;
        for (int i = digitCount - 1; i >= 0; i--)
        {
            field[i] = (byte)('0' + (rest & 7));
            rest >>= 3;
        }

        field[digitCount] = 0;
        return fits;
    }

    /// <summary>The sum of all bytes, those of the sum itself counted as spaces.</summary>
    public static long Sum(ReadOnlySpan<byte> block)
    {
        long sum = 0;
        foreach (byte value in block)
        {
            sum += value;
        }

        foreach (byte value in block[Checksum])
        {
            sum += ' ' - value;
        }

        return sum;
    }

    // "LENGTH KEY=VALUE\n", LENGTH counting itself. A value may hold any byte.
    public static Dictionary<string, byte[]> ReadRecords(ReadOnlySpan<byte> content)
    {
        var records = new Dictionary<string, byte[]>();
        while (!content.IsEmpty && content[0] != 0)
        {
            Demand(Utf8Parser.TryParse(content, out int length, out int digits) && length <= content.Length);
            Demand(digits > 0 && length > digits + 2 && content[digits] == ' ' && content[length - 1] == '\n');
            ReadOnlySpan<byte> record = content[(digits + 1)..(length - 1)];
            int equals = record.IndexOf((byte)'=');
            Demand(equals > 0);
            records[NameBytes.Decode(record[..equals])] = record[(equals + 1)..].ToArray();
            content = content[length..];
        }

        return records;
    }

    public static void WriteRecord(Stream content, string key, ReadOnlySpan<byte> value)
    {
        byte[] name = NameBytes.Encode(key)[..^1];
        int rest = name.Length + value.Length + 3;
        int length = rest + 1;
        while (length != rest + Digits(length))
        {
            length = rest + Digits(length);
        }

        content.Write(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
        content.WriteByte((byte)' ');
        content.Write(name);
        content.WriteByte((byte)'=');
        content.Write(value);
        content.WriteByte((byte)'\n');
    }

    /// <exception cref="InvalidDataException">The archive is broken.</exception>
    public static void Demand(bool claim)
    {
        if (!claim)
        {
            throw new InvalidDataException("archive/tar: invalid tar header");
        }
    }

    private static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;
}
