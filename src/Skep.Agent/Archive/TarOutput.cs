using System.Globalization;
using System.Text;
using Skep.Linux.Files;

namespace Skep.Agent.Archive;

/// <summary>Writes an archive to a stream: POSIX ustar, with a pax header only where ustar has no room.</summary>
internal sealed class TarOutput(Stream target)
{
    private readonly byte[] block = new byte[TarFormat.BlockBytes];
    private long missingBytes;
    private int paddingBytes;

    /// <summary>Begins an entry; exactly <see cref="TarHeader.Size"/> bytes of content follow.</summary>
    public async Task WriteHeaderAsync(TarHeader header, CancellationToken stop)
    {
        using var records = new MemoryStream();
        FillBlock(header, records);
        if (records.Length > 0)
        {
            byte[] own = [.. block];
            FillBlock(
                new TarHeader { Name = "PaxHeaders/" + header.Type, Type = 'x', Mode = 0x1A4, Size = records.Length },
                records: null);
            await target.WriteAsync(block, stop);
            records.SetLength(records.Length + (-records.Length & (TarFormat.BlockBytes - 1)));
            await target.WriteAsync(records.ToArray(), stop);
            own.CopyTo(block, 0);
        }

        await target.WriteAsync(block, stop);
        missingBytes = header.Size;
        paddingBytes = (int)(-header.Size & (TarFormat.BlockBytes - 1));
    }

    /// <summary>Content of the entry. What goes beyond the size that was announced is dropped.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> content, CancellationToken stop)
    {
        ReadOnlyMemory<byte> part = content[..(int)Math.Min(content.Length, missingBytes)];
        missingBytes -= part.Length;
        await target.WriteAsync(part, stop);
    }

    /// <summary>Ends the entry. A file that became shorter while it was read is filled with zeros.</summary>
    public async Task EndEntryAsync(CancellationToken stop)
    {
        var zeros = new byte[TarFormat.BlockBytes];
        while (missingBytes > 0)
        {
            await WriteAsync(zeros, stop);
        }

        await target.WriteAsync(zeros.AsMemory(0, paddingBytes), stop);
        paddingBytes = 0;
    }

    /// <summary>Two empty blocks end the archive. The stream stays open.</summary>
    public async Task EndAsync(CancellationToken stop)
    {
        await target.WriteAsync(new byte[2 * TarFormat.BlockBytes], stop);
        await target.FlushAsync(stop);
    }

    private void FillBlock(TarHeader header, MemoryStream? records)
    {
        Array.Clear(block);
        PutText(TarFormat.Name, header.Name, "path", records);
        PutText(TarFormat.LinkName, header.LinkName, "linkpath", records);
        TarFormat.TryPutNumber(block.AsSpan(TarFormat.Mode), header.Mode);
        PutNumber(TarFormat.Uid, header.Uid, "uid", records);
        PutNumber(TarFormat.Gid, header.Gid, "gid", records);
        PutNumber(TarFormat.Size, header.Size, "size", records);

        // Whole seconds, the nearest, as Docker sends them.
        PutNumber(
            TarFormat.Modified,
            header.Modified.Seconds + (header.Modified.Nanoseconds >= 500_000_000 ? 1 : 0),
            "mtime",
            records);
        TarFormat.TryPutNumber(block.AsSpan(TarFormat.DeviceMajor), header.DeviceMajor);
        TarFormat.TryPutNumber(block.AsSpan(TarFormat.DeviceMinor), header.DeviceMinor);
        block[TarFormat.Type] = (byte)header.Type;
        "ustar\000"u8.CopyTo(block.AsSpan(TarFormat.Magic));
        foreach ((string attribute, byte[] value) in header.Attributes)
        {
            TarFormat.WriteRecord(records!, TarFormat.AttributePrefix + attribute, value);
        }

        TarFormat.TryPutNumber(block.AsSpan(TarFormat.Checksum)[..7], TarFormat.Sum(block));
        block[TarFormat.Checksum.Start.Value + 7] = (byte)' ';
    }

    private void PutText(Range field, string text, string key, MemoryStream? records)
    {
        byte[] bytes = NameBytes.Encode(text)[..^1];
        Span<byte> place = block.AsSpan(field);
        bytes.AsSpan(0, Math.Min(bytes.Length, place.Length)).CopyTo(place);
        if (records is not null && (bytes.Length > place.Length || bytes.AsSpan().ContainsAnyInRange<byte>(0x80, 0xFF)))
        {
            TarFormat.WriteRecord(records, key, bytes);
        }
    }

    private void PutNumber(Range field, long number, string key, MemoryStream? records)
    {
        if (!TarFormat.TryPutNumber(block.AsSpan(field), number) && records is not null)
        {
            byte[] digits = Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
            TarFormat.WriteRecord(records, key, digits);
        }
    }
}
