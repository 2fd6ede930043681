using System.Security.Cryptography;

namespace Skep.Manager.Storage;

/// <summary>What stands at one place of a segment.</summary>
internal abstract record FrameRead
{
    private FrameRead()
    {
    }

    public sealed record Frame(long Offset, ulong Nonce, ReadOnlyMemory<byte> Records) : FrameRead;

    /// <summary>Nothing more was written.</summary>
    public sealed record End : FrameRead;

    /// <summary>A write that was under way when the machine stopped: never acknowledged, may be cut off.</summary>
    public sealed record Torn(string Why) : FrameRead;

    /// <summary>Something that had been durable is not what it was.</summary>
    public sealed record Damaged(string Why) : FrameRead;
}

/// <summary>Reads a segment's frames in order and judges where they end.</summary>
/// <remarks>
/// The problem: after a power loss the last write may be there in part, and must go; but what was acknowledged must
/// never go, and a log that silently loses its tail makes its manager vote for a past that others know better
/// (FAST'18, "Protocol-aware recovery"). A checksum alone cannot tell the two apart.
///
/// What can: every save is one frame and is synced before the next one begins, so at most the last frame can be
/// unfinished. Frames fill whole sectors of encrypted, hence random, bytes in space that read as zeros before. A disk
/// writes a sector whole or not at all. So an unfinished frame shows itself by a file that ends inside it or by a
/// sector of nothing but zeros, and by nothing behind it. A frame that is wrong in any other way was damaged later.
/// The rule is etcd's, made exact by the sectors that frames do not share.
/// </remarks>
internal sealed class SegmentReader : IDisposable
{
    private readonly byte[] bytes;
    private readonly AesGcm cipher;
    private ulong lastNonce;

    private SegmentReader(byte[] bytes, SegmentHeader header, AesGcm cipher)
    {
        this.bytes = bytes;
        this.cipher = cipher;
        Header = header;
    }

    public SegmentHeader Header { get; }

    /// <summary>Where the next frame begins, or where reading ended.</summary>
    public int Offset { get; private set; } = Limits.SectorBytes;

    public UInt128 LastTag { get; private set; }

    public int FileBytes => bytes.Length;

    /// <param name="bytes">The file; it is decrypted in place.</param>
    /// <exception cref="StorageRefusedException">The header is damaged, or none of the keys opens it.</exception>
    public static SegmentReader Open(byte[] bytes, string path, StorageKeys keys)
    {
        SegmentHeader header = SegmentHeader.Read(bytes, path);
        DataKey key = keys.Find(header.KeyId) ?? throw new StorageRefusedException(
            StorageFault.WrongKey, $"{path} needs data key {header.KeyId:x16}, which this node does not have.");
        return new SegmentReader(bytes, header, header.Cipher(key));
    }

    public FrameRead Next()
    {
        Span<byte> rest = bytes.AsSpan(Offset);
        if (FrameHeader.Read(rest) is not { } header)
        {
            return JudgeWithoutHeader(rest);
        }

        if (header.FrameBytes > rest.Length)
        {
            return new FrameRead.Torn($"the file ends {header.FrameBytes - rest.Length} bytes before the frame does");
        }

        Span<byte> frame = rest[..header.FrameBytes];
        if (FrameHeader.Checksum(frame[FrameHeader.Bytes..]) != header.BodyChecksum)
        {
            return JudgeBody(frame, rest[header.FrameBytes..]);
        }

        UInt128 tag = FrameBuffer.Tag(frame);
        if (header.Nonce <= lastNonce || !FrameBuffer.TryOpen(frame, cipher, header.Nonce, LastTag))
        {
            return new FrameRead.Damaged("a frame does not belong there");
        }

        var read = new FrameRead.Frame(
            Offset, header.Nonce, bytes.AsMemory(Offset + FrameHeader.Bytes, header.BodyBytes));
        lastNonce = header.Nonce;
        LastTag = tag;
        Offset += header.FrameBytes;
        return read;
    }

    /// <summary>What stands behind the last frame, without the zeros at its end.</summary>
    public byte[] Rest() => bytes.AsSpan(Offset).TrimEnd((byte)0).ToArray();

    public void Dispose() => cipher.Dispose();

    private FrameRead JudgeWithoutHeader(ReadOnlySpan<byte> rest)
    {
        if (!rest.ContainsAnyExcept((byte)0))
        {
            return new FrameRead.End();
        }

        for (int at = Limits.SectorBytes; at < rest.Length; at += Limits.SectorBytes)
        {
            if (FrameHeader.Read(rest[at..]) is { } later && later.Nonce > lastNonce)
            {
                return new FrameRead.Damaged("a frame's header is not whole, and a later frame follows");
            }
        }

        ReadOnlySpan<byte> sector = rest[..Math.Min(rest.Length, Limits.SectorBytes)];
        if (sector.Length < Limits.SectorBytes)
        {
            return new FrameRead.Torn("the file ends inside the first sector of a frame");
        }

        return sector.ContainsAnyExcept((byte)0)
            ? new FrameRead.Damaged("a frame's header is not whole, though its sector was written")
            : new FrameRead.Torn("the first sector of a frame was not written");
    }

    private static FrameRead JudgeBody(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> behind)
    {
        if (behind.ContainsAnyExcept((byte)0))
        {
            return new FrameRead.Damaged("the checksum of a frame is wrong, and something follows");
        }

        for (int at = 0; at < frame.Length; at += Limits.SectorBytes)
        {
            if (!frame.Slice(at, Limits.SectorBytes).ContainsAnyExcept((byte)0))
            {
                return new FrameRead.Torn($"sector {at / Limits.SectorBytes} of a frame was not written");
            }
        }

        return new FrameRead.Damaged("the checksum of a frame is wrong, though all of it was written");
    }
}
