using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Skep.Manager.Storage;

/// <summary>The first sector of a segment: which key opens it.</summary>
/// <remarks>
/// Little-endian: magic (8), version u32, number u64, key id u64, salt (32), CRC-32C of the 60 bytes before (4);
/// zeros to the end of the sector. All but the checksum goes into the segment's own key.
/// </remarks>
internal sealed class SegmentHeader
{
    public const uint Version = 1;

    private const int CheckedBytes = 60, SaltOffset = 28;

    private static ReadOnlySpan<byte> Magic => "SKEPLOG\n"u8;

    private readonly byte[] content;

    private SegmentHeader(byte[] content) => this.content = content;

    public ulong Number => BinaryPrimitives.ReadUInt64LittleEndian(content.AsSpan(12));

    public ulong KeyId => BinaryPrimitives.ReadUInt64LittleEndian(content.AsSpan(20));

    public ReadOnlySpan<byte> Sector => content;

    public static SegmentHeader Create(ulong number, DataKey key)
    {
        var content = new byte[Limits.SectorBytes];
        Magic.CopyTo(content);
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt64LittleEndian(content.AsSpan(12), number);
        BinaryPrimitives.WriteUInt64LittleEndian(content.AsSpan(20), key.Id);
        RandomNumberGenerator.Fill(content.AsSpan(SaltOffset..CheckedBytes));
        uint checksum = FrameHeader.Checksum(content.AsSpan(0, CheckedBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(CheckedBytes), checksum);
        return new SegmentHeader(content);
    }

    /// <exception cref="StorageRefusedException">It is damaged, or of a later version.</exception>
    public static SegmentHeader Read(ReadOnlySpan<byte> segment, string path)
    {
        if (segment.Length < Limits.SectorBytes
            || !segment.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(segment[CheckedBytes..])
                != FrameHeader.Checksum(segment[..CheckedBytes])
            || segment[(CheckedBytes + sizeof(uint))..Limits.SectorBytes].ContainsAnyExcept((byte)0))
        {
            throw StorageRefusedException.Damaged(path, 0, "its header is not whole");
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(segment[8..]);
        return version == Version
            ? new SegmentHeader(segment[..Limits.SectorBytes].ToArray())
            : throw new StorageRefusedException(
                StorageFault.LaterVersion, $"{path} has format {version}; this program knows format {Version}.");
    }

    public AesGcm Cipher(DataKey key) =>
        key.Derive(content.AsSpan(SaltOffset..CheckedBytes), content.AsSpan(0, SaltOffset));
}
