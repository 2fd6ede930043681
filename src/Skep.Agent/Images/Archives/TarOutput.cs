using System.Buffers.Binary;
using System.Text;

namespace Skep.Agent.Images.Archives;

/// <summary>Writes a tar archive of files and directories (POSIX ustar), each with its size known before.</summary>
internal sealed class TarOutput(Stream target)
{
    private const int BlockBytes = 512;
    private const long OctalSizeMax = 0x1_ffff_ffff;

    public async Task DirectoryAsync(string path, CancellationToken stop) =>
        await target.WriteAsync(Header(path + "/", '5', 0x1ed, 0), stop);

    public async Task FileAsync(string path, ReadOnlyMemory<byte> content, CancellationToken stop)
    {
        await target.WriteAsync(Header(path, '0', 0x1a4, content.Length), stop);
        await target.WriteAsync(content, stop);
        await PadAsync(content.Length, stop);
    }

    /// <param name="sizeBytes">The stream must have exactly so many.</param>
    public async Task FileAsync(string path, Stream content, long sizeBytes, CancellationToken stop)
    {
        await target.WriteAsync(Header(path, '0', 0x1a4, sizeBytes), stop);
        var buffer = new byte[256 << 10];
        long sent = 0;
        while (await content.ReadAsync(buffer, stop) is > 0 and var read)
        {
            sent += read;
            if (sent > sizeBytes)
            {
                break;
            }

            await target.WriteAsync(buffer.AsMemory(0, read), stop);
        }

        if (sent != sizeBytes)
        {
            throw new IOException($"{path} has {sent} bytes or more instead of {sizeBytes}");
        }

        await PadAsync(sizeBytes, stop);
    }

    public async Task EndAsync(CancellationToken stop) => await target.WriteAsync(new byte[2 * BlockBytes], stop);

    private async Task PadAsync(long sizeBytes, CancellationToken stop) =>
        await target.WriteAsync(new byte[-sizeBytes & (BlockBytes - 1)], stop);

    // Layout: see TarWalker. Times are 0, so that saving an image twice gives the same bytes.
    private static byte[] Header(string path, char type, int mode, long sizeBytes)
    {
        Invariant.Holds(Encoding.UTF8.GetByteCount(path) <= 100);
        var header = new byte[BlockBytes];
        Encoding.UTF8.GetBytes(path, header);
        Octal(header.AsSpan(100, 8), mode);
        Octal(header.AsSpan(108, 8), 0);
        Octal(header.AsSpan(116, 8), 0);
        if (sizeBytes <= OctalSizeMax)
        {
            Octal(header.AsSpan(124, 12), sizeBytes);
        }
        else
        {
            header[124] = 0x80; // GNU's base-256 form, for 8 GiB and more.
            BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(128, 8), sizeBytes);
        }

        Octal(header.AsSpan(136, 12), 0);
        header[156] = (byte)type;
        "ustar\0"u8.CopyTo(header.AsSpan(257));
        "00"u8.CopyTo(header.AsSpan(263));
        header.AsSpan(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in header)
        {
            sum += b;
        }

        Octal(header.AsSpan(148, 7), sum);
        return header;
    }

    private static void Octal(Span<byte> field, long value)
    {
        string digits = Convert.ToString(value, 8).PadLeft(field.Length - 1, '0');
        Encoding.ASCII.GetBytes(digits, field);
        field[^1] = 0;
    }
}
