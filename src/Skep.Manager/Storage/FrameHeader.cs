using System.Buffers.Binary;
using System.Numerics;

namespace Skep.Manager.Storage;

/// <summary>The clear part of a frame: how long it is, its nonce, and what proves that it is whole.</summary>
/// <remarks>
/// 40 bytes, little-endian: magic (4), bytes of the body (4), nonce (8), tag of AES-GCM (16), CRC-32C of the body (4),
/// CRC-32C of the 36 bytes before (4). The body follows; header and body together fill whole sectors. The checksums
/// tell damage from a wrong key, and need none; only the tag protects against somebody who writes on purpose.
/// </remarks>
internal readonly record struct FrameHeader(int BodyBytes, ulong Nonce, uint BodyChecksum)
{
    public const int Bytes = 40, TagOffset = 16, TagBytes = 16;

    /// <summary>What the tag covers of the header.</summary>
    public const int BoundBytes = 16;

    private const uint Magic = 0x3146_4b53;   // "SKF1"

    public int FrameBytes => Bytes + BodyBytes;

    /// <summary>Writes what is known before encryption: what the tag covers.</summary>
    public static void WriteBound(Span<byte> frame, ulong nonce)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], frame.Length - Bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[8..], nonce);
    }

    /// <summary>Writes the checksums over the encrypted frame.</summary>
    public static void WriteChecksums(Span<byte> frame)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame[32..], Checksum(frame[Bytes..]));
        BinaryPrimitives.WriteUInt32LittleEndian(frame[36..], Checksum(frame[..36]));
    }

    /// <returns>Null when it is not a whole header. Its frame may still be longer than the file.</returns>
    public static FrameHeader? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Bytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]) != Checksum(bytes[..36]))
        {
            return null;
        }

        int bodyBytes = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        return bodyBytes is >= 0 and <= Limits.FrameBytes && (Bytes + bodyBytes) % Limits.SectorBytes == 0
            ? new FrameHeader(
                bodyBytes,
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]))
            : null;
    }

    /// <summary>CRC-32C (Castagnoli) as in RFC 3720, by the processor's own instruction.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
