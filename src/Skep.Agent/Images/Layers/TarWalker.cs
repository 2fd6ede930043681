using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Skep.Swarm;

namespace Skep.Agent.Images.Layers;

/// <summary>One entry of a tar archive.</summary>
/// <param name="Type">The type flag: '0' file, '1' hard link, '2' symbolic link, '3' and '4' devices, '5'
/// directory.</param>
/// <param name="SizeBytes">Bytes of data that follow in the archive.</param>
/// <param name="RealSizeBytes">Bytes of the file once unpacked: more than the data when it is sparse.</param>
internal readonly record struct TarEntry(
    string Name, char Type, string LinkName, long SizeBytes, long RealSizeBytes, int DeviceMajor, int DeviceMinor)
{
    public bool IsFile => Type is '0' or '\0' or '7' or 'S';
}

/// <summary>Goes through a tar archive from a stranger, forwards, holding one header at a time.</summary>
/// <remarks>
/// Reads ustar, GNU (long names, base-256 numbers, old sparse files) and PAX. Every length is checked before it is
/// believed. The caller may read the data of the entry it stands on; what it leaves is skipped.
/// </remarks>
internal sealed class TarWalker(Stream source)
{
    // Header (POSIX ustar):  name 0+100  mode 100+8  uid 108+8  gid 116+8  size 124+12  mtime 136+12  checksum 148+8
    //                        type 156+1  linkname 157+100  magic 257+6  version 263+2  devmajor 329+8  devminor 337+8
    //                        prefix 345+155 (ustar)     GNU sparse: real size 483+12, "extended" 482+1
    private const int BlockBytes = 512;

    private readonly byte[] block = new byte[BlockBytes];
    private readonly byte[] scratch = new byte[64 << 10];
    private readonly Dictionary<string, string> global = [];
    private long dataLeftBytes;
    private long paddingBytes;

    /// <summary>Bytes taken from the source: where the data of the entry begins, right after a header.</summary>
    public long PositionBytes { get; private set; }

    /// <summary>The next entry, or null at the archive's end.</summary>
    /// <exception cref="RefusedException">The archive is broken, or exceeds a limit.</exception>
    public async ValueTask<TarEntry?> NextAsync(CancellationToken stop)
    {
        await SkipAsync(dataLeftBytes + paddingBytes, stop);
        var records = new Dictionary<string, string>(global);
        while (await ReadHeaderAsync(stop))
        {
            char type = (char)block[156];
            long size = Number(block.AsSpan(124, 12));
            if (size < 0)
            {
                throw Broken("an entry has a negative size");
            }

            switch (type)
            {
                case 'x':
                    ParsePax(await ReadExtensionAsync(size, stop), records);
                    continue;
                case 'g':
                    ParsePax(await ReadExtensionAsync(size, stop), global);
                    continue;
                case 'L':
                    records["path"] = Text(await ReadExtensionAsync(size, stop));
                    continue;
                case 'K':
                    records["linkpath"] = Text(await ReadExtensionAsync(size, stop));
                    continue;
                default:
                    return await EntryAsync(type, size, records, stop);
            }
        }

        return null;
    }

    /// <summary>Reads data of the entry that <see cref="NextAsync"/> gave.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken stop)
    {
        int wanted = (int)Math.Min(buffer.Length, dataLeftBytes);
        if (wanted == 0)
        {
            return 0;
        }

        int read = await source.ReadAsync(buffer[..wanted], stop);
        if (read == 0)
        {
            throw Broken("unexpected EOF");
        }

        PositionBytes += read;
        dataLeftBytes -= read;
        return read;
    }

    /// <summary>The whole data of the entry, which must not be larger than the limit.</summary>
    public async ValueTask<byte[]> ReadAllAsync(int bytesMax, CancellationToken stop)
    {
        if (dataLeftBytes > bytesMax)
        {
            throw Broken($"an entry of {dataLeftBytes} bytes is larger than the limit of {bytesMax}");
        }

        var all = new byte[dataLeftBytes];
        for (int at = 0; at < all.Length;)
        {
            at += await ReadAsync(all.AsMemory(at), stop);
        }

        return all;
    }

    private async ValueTask<TarEntry> EntryAsync(
        char type, long size, Dictionary<string, string> records, CancellationToken stop)
    {
        string name = records.GetValueOrDefault("path") ?? HeaderName();
        string link = records.GetValueOrDefault("linkpath") ?? Text(block.AsSpan(157, 100));
        if (records.TryGetValue("size", out string? written))
        {
            size = Decimal(written);
        }

        long real = size;
        if (records.TryGetValue("GNU.sparse.realsize", out string? realSize)
            || records.TryGetValue("GNU.sparse.size", out realSize))
        {
            real = Math.Max(size, Decimal(realSize));
        }

        name = records.GetValueOrDefault("GNU.sparse.name") ?? name;
        int major = (int)Number(block.AsSpan(329, 8)), minor = (int)Number(block.AsSpan(337, 8));
        if (type == 'S')
        {
            real = Math.Max(size, Number(block.AsSpan(483, 12)));
            for (bool more = block[482] != 0; more; more = block[504] != 0)
            {
                await FillBlockAsync(stop);
            }
        }

        // Only files have data; some writers put a size into other headers all the same.
        bool hasData = type is not ('1' or '2' or '3' or '4' or '5' or '6');
        dataLeftBytes = hasData ? size : 0;
        paddingBytes = -dataLeftBytes & (BlockBytes - 1);
        return new TarEntry(name, type, link, dataLeftBytes, hasData ? real : 0, major, minor);
    }

    private async ValueTask<bool> ReadHeaderAsync(CancellationToken stop)
    {
        int read = await source.ReadAtLeastAsync(block, BlockBytes, throwOnEndOfStream: false, stop);
        PositionBytes += read;
        if (read == 0)
        {
            return false;
        }

        if (read < BlockBytes)
        {
            throw Broken("unexpected EOF");
        }

        if (!block.AsSpan().ContainsAnyExcept((byte)0))
        {
            return false;
        }

        int sum = 0;
        for (int i = 0; i < BlockBytes; i++)
        {
            sum += i is >= 148 and < 156 ? ' ' : block[i];
        }

        return Number(block.AsSpan(148, 8)) == sum ? true : throw Broken("invalid tar header");
    }

    private async ValueTask FillBlockAsync(CancellationToken stop)
    {
        int read = await source.ReadAtLeastAsync(block, BlockBytes, throwOnEndOfStream: false, stop);
        PositionBytes += read;
        if (read < BlockBytes)
        {
            throw Broken("unexpected EOF");
        }
    }

    private async ValueTask<byte[]> ReadExtensionAsync(long size, CancellationToken stop)
    {
        if (size > ImageLimits.TarExtensionBytesMax)
        {
            throw Broken($"an extended header of {size} bytes is larger than the limit");
        }

        dataLeftBytes = size;
        paddingBytes = -size & (BlockBytes - 1);
        byte[] data = await ReadAllAsync(ImageLimits.TarExtensionBytesMax, stop);
        await SkipAsync(paddingBytes, stop);
        return data;
    }

    private async ValueTask SkipAsync(long count, CancellationToken stop)
    {
        while (count > 0)
        {
            int read = await source.ReadAsync(scratch.AsMemory(0, (int)Math.Min(scratch.Length, count)), stop);
            if (read == 0)
            {
                throw Broken("unexpected EOF");
            }

            PositionBytes += read;
            count -= read;
        }

        dataLeftBytes = 0;
        paddingBytes = 0;
    }

    // PAX records (POSIX pax): "LENGTH KEY=VALUE\n", LENGTH counting the whole record in decimal.
    private static void ParsePax(ReadOnlySpan<byte> data, Dictionary<string, string> records)
    {
        while (!data.IsEmpty)
        {
            int space = data.IndexOf((byte)' ');
            if (space is < 1 or > 10 || !int.TryParse(data[..space], CultureInfo.InvariantCulture, out int length)
                || length <= space + 1 || length > data.Length || data[length - 1] != '\n')
            {
                throw Broken("invalid PAX record");
            }

            ReadOnlySpan<byte> record = data[(space + 1)..(length - 1)];
            int equals = record.IndexOf((byte)'=');
            if (equals < 1)
            {
                throw Broken("invalid PAX record");
            }

            records[Encoding.UTF8.GetString(record[..equals])] = Encoding.UTF8.GetString(record[(equals + 1)..]);
            data = data[length..];
        }
    }

    private string HeaderName()
    {
        string name = Text(block.AsSpan(0, 100));
        bool isUstar = block.AsSpan(257, 6).SequenceEqual("ustar\0"u8);
        string prefix = isUstar ? Text(block.AsSpan(345, 155)) : "";
        return prefix.Length == 0 ? name : prefix + "/" + name;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    // Octal digits, or, when the first bit is set, a big-endian number (GNU).
    private static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            bool fits = field.Length == 8 || !field[1..^8].ContainsAnyExcept((byte)0);
            long number = BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
            number = field.Length == 8 ? number & 0x7fff_ffff_ffff_ffff : number;
            return fits && field[0] == 0x80 && number >= 0 ? number : throw Broken("a number is too large");
        }

        long value = 0;
        foreach (byte b in field.Trim(" \0"u8))
        {
            if (b is < (byte)'0' or > (byte)'7')
            {
                throw Broken("invalid tar header");
            }

            value = (value << 3) | (long)(b - '0');
        }

        return value;
    }

    private static long Decimal(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw Broken("invalid number in a PAX record");

    private static RefusedException Broken(string why) => new(ErrorKind.Invalid, "archive/tar: " + why);
}
