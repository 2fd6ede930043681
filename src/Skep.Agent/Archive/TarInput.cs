using System.Globalization;
using System.Text;
using Skep.Linux.Files;

namespace Skep.Agent.Archive;

/// <summary>Reads an archive from a stream, once, front to back. The stream is a stranger's.</summary>
/// <exception cref="InvalidDataException">The archive is broken or cut off.</exception>
internal sealed class TarInput(Stream source)
{
    private const char Extended = 'x', GlobalExtended = 'g', LongName = 'L', LongLink = 'K';

    private readonly byte[] block = new byte[TarFormat.BlockBytes];
    private long contentBytes;
    private long paddingBytes;

    /// <summary>The next entry; null at the end. What is unread of the one before is passed over.</summary>
    public async Task<TarHeader?> NextAsync(CancellationToken stop)
    {
        await SkipAsync(contentBytes + paddingBytes, stop);
        (contentBytes, paddingBytes) = (0, 0);
        Dictionary<string, byte[]> records = [];
        while (await ReadBlockAsync(stop))
        {
            char type = (char)block[TarFormat.Type];
            if (type is Extended or GlobalExtended or LongName or LongLink)
            {
                byte[] content = await ReadExtensionAsync(stop);
                switch (type)
                {
                    case Extended:
                        foreach ((string key, byte[] value) in TarFormat.ReadRecords(content))
                        {
                            records[key] = value;
                        }

                        break;
                    case LongName:
                        records["path"] = TarFormat.Text(content).ToArray();
                        break;
                    case LongLink:
                        records["linkpath"] = TarFormat.Text(content).ToArray();
                        break;
                    default:
                        break; // What holds for a whole archive (a commit's id, for one) means nothing here.
                }

                continue;
            }

            TarHeader header = ReadHeader(type == 0 ? TarHeader.Regular : type, records);
            bool hasContent = header.Type is not (TarHeader.HardLink or TarHeader.Link or TarHeader.Directory
                or TarHeader.CharacterDevice or TarHeader.BlockDevice or TarHeader.Fifo);
            contentBytes = hasContent ? header.Size : 0;
            paddingBytes = Padding(contentBytes);
            return header;
        }

        return records.Count == 0 ? null : throw Cut();
    }

    /// <summary>Content of the entry; 0 at its end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken stop)
    {
        if (contentBytes == 0)
        {
            return 0;
        }

        int length = await source.ReadAsync(buffer[..(int)Math.Min(buffer.Length, contentBytes)], stop);
        contentBytes -= length;
        return length > 0 ? length : throw Cut();
    }

    private TarHeader ReadHeader(char type, Dictionary<string, byte[]> records)
    {
        // Only POSIX's own header has a prefix; GNU tar keeps times in its place.
        bool isPosix = block.AsSpan(TarFormat.Magic).StartsWith("ustar\0"u8);
        string prefix = isPosix ? NameBytes.Decode(TarFormat.Text(block.AsSpan(TarFormat.Prefix))) : "";
        string name = NameBytes.Decode(TarFormat.Text(block.AsSpan(TarFormat.Name)));
        bool isSparse = type == 'S' || records.Keys.Any(key => key.StartsWith("GNU.sparse.", StringComparison.Ordinal));
        if (isSparse)
        {
            throw new InvalidDataException("archive/tar: sparse files are not supported");
        }

        long size = Decimal(records, "size") ?? TarFormat.Number(block.AsSpan(TarFormat.Size));
        TarFormat.Demand(size is >= 0 and < long.MaxValue - TarFormat.BlockBytes);
        name = Text(records, "path") ?? (prefix.Length > 0 ? $"{prefix}/{name}" : name);

        // Before POSIX a directory was a file whose name ends in a slash.
        return new TarHeader
        {
            Name = name,
            Type = type == TarHeader.Regular && name.EndsWith('/') ? TarHeader.Directory : type,
            LinkName = Text(records, "linkpath")
                ?? NameBytes.Decode(TarFormat.Text(block.AsSpan(TarFormat.LinkName))),
            Mode = (uint)TarFormat.Number(block.AsSpan(TarFormat.Mode)) & 0xFFF,
            Uid = Decimal(records, "uid") ?? TarFormat.Number(block.AsSpan(TarFormat.Uid)),
            Gid = Decimal(records, "gid") ?? TarFormat.Number(block.AsSpan(TarFormat.Gid)),
            Size = size,
            Modified = Time(records, "mtime") ?? new UnixTime(TarFormat.Number(block.AsSpan(TarFormat.Modified)), 0),
            DeviceMajor = (uint)TarFormat.Number(block.AsSpan(TarFormat.DeviceMajor)),
            DeviceMinor = (uint)TarFormat.Number(block.AsSpan(TarFormat.DeviceMinor)),
            Attributes = records
                .Where(pair => pair.Key.StartsWith(TarFormat.AttributePrefix, StringComparison.Ordinal))
                .ToDictionary(pair => pair.Key[TarFormat.AttributePrefix.Length..], pair => pair.Value),
        };
    }

    private static string? Text(Dictionary<string, byte[]> records, string key) =>
        records.TryGetValue(key, out byte[]? value) ? NameBytes.Decode(value) : null;

    private static long? Decimal(Dictionary<string, byte[]> records, string key)
    {
        if (!records.TryGetValue(key, out byte[]? value))
        {
            return null;
        }

        TarFormat.Demand(
            long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number));
        return number;
    }

    // Seconds with a fraction of any length: "1350244992.023960108".
    private static UnixTime? Time(Dictionary<string, byte[]> records, string key)
    {
        if (!records.TryGetValue(key, out byte[]? value))
        {
            return null;
        }

        string[] parts = Encoding.ASCII.GetString(value).Split('.', 2);
        string fraction = (parts.Length == 2 ? parts[1] : "").PadRight(9, '0')[..9];
        long seconds = 0, nanoseconds = 0;
        TarFormat.Demand(
            long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out seconds)
            && long.TryParse(fraction, NumberStyles.None, CultureInfo.InvariantCulture, out nanoseconds));
        bool isBefore = parts[0].StartsWith('-') && nanoseconds > 0;
        return isBefore ? new UnixTime(seconds - 1, 1_000_000_000 - nanoseconds) : new UnixTime(seconds, nanoseconds);
    }

    private async Task<byte[]> ReadExtensionAsync(CancellationToken stop)
    {
        long size = TarFormat.Number(block.AsSpan(TarFormat.Size));
        if (size is < 0 or > ArchiveLimits.ExtendedBytes)
        {
            throw new InvalidDataException("archive/tar: extended header too large");
        }

        var content = new byte[size];
        if (await source.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, stop) < content.Length)
        {
            throw Cut();
        }

        await SkipAsync(Padding(size), stop);
        return content;
    }

    // False at the end: a block of zeros, or no block at all.
    private async Task<bool> ReadBlockAsync(CancellationToken stop)
    {
        int length = await source.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, stop);
        if (length == 0 || (length == block.Length && !block.AsSpan().ContainsAnyExcept((byte)0)))
        {
            return false;
        }

        if (length < block.Length)
        {
            throw Cut();
        }

        TarFormat.Demand(TarFormat.Number(block.AsSpan(TarFormat.Checksum)) == TarFormat.Sum(block));
        return true;
    }

    private async Task SkipAsync(long bytes, CancellationToken stop)
    {
        var ignored = new byte[Math.Min(bytes, ArchiveLimits.CopyBytes)];
        while (bytes > 0)
        {
            int length = await source.ReadAsync(ignored.AsMemory(0, (int)Math.Min(bytes, ignored.Length)), stop);
            bytes -= length > 0 ? length : throw Cut();
        }
    }

    private static long Padding(long size) => -size & (TarFormat.BlockBytes - 1);

    private static InvalidDataException Cut() => new("unexpected EOF");
}
