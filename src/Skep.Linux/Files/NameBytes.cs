using System.Buffers;
using System.Text;

namespace Skep.Linux.Files;

/// <summary>File names as the kernel has them (bytes) and as we hold them (strings), without loss.</summary>
/// <remarks>
/// Linux allows any byte but NUL and '/' in a name. A byte that is not UTF-8 becomes the lone surrogate U+DC00 + byte,
/// as in Python's PEP 383, and turns back into that byte; otherwise a hostile name could never be opened or removed.
/// </remarks>
public static class NameBytes
{
    private const char Escape = '\uDC00';

    /// <summary>The bytes with a NUL behind them.</summary>
    /// <exception cref="ErrnoException">EINVAL: a NUL in the name, which would cut it short.</exception>
    public static byte[] Encode(string name)
    {
        if (name.Contains('\0'))
        {
            throw new ErrnoException("name with a NUL", Errno.EINVAL);
        }

        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(name.Length) + 1];
        int count = 0;
        ReadOnlySpan<char> rest = name;
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out Rune rune, out int used) == OperationStatus.Done)
            {
                count += rune.EncodeToUtf8(bytes.AsSpan(count));
            }
            else
            {
                int escaped = rest[0] - Escape;
                bytes[count++] = escaped is >= 0x80 and <= 0xFF ? (byte)escaped : (byte)'?';
            }

            rest = rest[used..];
        }

        return bytes[..(count + 1)];
    }

    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) == OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (byte invalid in bytes[..used])
                {
                    text.Append((char)(Escape + invalid));
                }
            }

            bytes = bytes[used..];
        }

        return text.ToString();
    }
}
