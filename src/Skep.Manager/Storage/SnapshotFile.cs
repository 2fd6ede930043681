using System.Buffers.Binary;
using System.Security.Cryptography;
using Skep.Linux.Files;
using Skep.Raft;

namespace Skep.Manager.Storage;

/// <summary>A snapshot on the disk: written aside, synced, renamed; read back only when it is whole.</summary>
/// <remarks>
/// Little-endian: magic (8), version u32, chunkBytes u32, key id u64, salt (32), metaBytes u32, dataBytes u64,
/// CRC-32C of the 68 bytes before (4); the encrypted identity and meta, and its tag (16); the data in encrypted
/// chunks, each with its tag. The header goes into the file's own key. A chunk's nonce is its number; its tag also
/// covers whether it is the last, so that a file that was cut is known.
/// </remarks>
internal static class SnapshotFile
{
    private const uint Version = 1;
    private const int HeaderBytes = 72, CheckedBytes = 68, SaltOffset = 24, SaltBytes = 32, TagBytes = 16;

    private static ReadOnlySpan<byte> Magic => "SKEPSNP\n"u8;

    /// <summary>Durable when it returns.</summary>
    public static void Write(
        IDisk disk, StorageFolder folder, DataKey key, StorageIdentity identity, Snapshot snapshot)
    {
        Invariant.Holds(snapshot.Data.Length <= Limits.SnapshotBytes);
        string path = folder.Snapshot(snapshot.Meta), unfinished = path + StorageFolder.Unfinished;
        try
        {
            using (IDiskFile file = disk.Create(unfinished))
            {
                Append(file, key, identity, snapshot);
                file.Sync();
            }

            disk.Rename(unfinished, path);
            disk.SyncDirectory(folder.Snapshots);
        }
        catch (DiskFullException)
        {
            disk.Delete(unfinished);
            throw;
        }
    }

    /// <exception cref="InvalidDataException">It is not what was written there; the message says why.</exception>
    public static (Snapshot Snapshot, ulong KeyId) Read(
        IDisk disk, StorageFolder folder, StorageKeys keys, StorageIdentity identity, SnapshotMeta wanted)
    {
        string path = folder.Snapshot(wanted);
        if (!disk.Exists(path))
        {
            throw new InvalidDataException("it is missing");
        }

        byte[] bytes = disk.Read(path);
        (StorageIdentity owner, Snapshot snapshot) = Open(bytes, keys);
        if (owner != identity)
        {
            throw new InvalidDataException("it belongs to another node");
        }

        return snapshot.Meta == wanted
            ? (snapshot, KeyId(bytes)!.Value)
            : throw new InvalidDataException($"it is of {snapshot.Meta.Term}/{snapshot.Meta.Index}");
    }

    /// <summary>Which key a snapshot needs.</summary>
    /// <returns>Null when its header is damaged.</returns>
    public static ulong? KeyId(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderBytes && bytes.StartsWith(Magic)
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[CheckedBytes..]) == FrameHeader.Checksum(bytes[..CheckedBytes])
            ? BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..])
            : null;

    /// <param name="bytes">The file; it is decrypted in place.</param>
    /// <exception cref="InvalidDataException">It is not what was written there; the message says why.</exception>
    public static (StorageIdentity Owner, Snapshot Snapshot) Open(byte[] bytes, StorageKeys keys)
    {
        if (KeyId(bytes) is not { } keyId)
        {
            throw new InvalidDataException("its header is not whole");
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8));
        int chunkBytes = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(12));
        int metaBytes = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(56));
        long dataBytes = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(60));
        if (version != Version)
        {
            throw new InvalidDataException($"it has format {version}; this program knows format {Version}");
        }

        if (chunkBytes <= 0 || metaBytes < 0 || dataBytes is < 0 or > Limits.SnapshotBytes)
        {
            throw new InvalidDataException("its header names impossible sizes");
        }

        DataKey key = keys.Find(keyId) ?? throw new InvalidDataException($"it needs data key {keyId:x16}");
        long chunkCount = Math.Max(1, (dataBytes + chunkBytes - 1) / chunkBytes);
        long wholeBytes = HeaderBytes + metaBytes + TagBytes + dataBytes + (chunkCount * TagBytes);
        if (bytes.Length != wholeBytes)
        {
            throw new InvalidDataException($"it has {bytes.Length} of {wholeBytes} bytes");
        }

        using AesGcm cipher = Cipher(key, bytes);
        int start = HeaderBytes + metaBytes + TagBytes;
        (StorageIdentity owner, SnapshotMeta meta) = OpenMeta(bytes.AsMemory(HeaderBytes..start), cipher);
        OpenData(bytes.AsSpan(start), chunkBytes, (int)dataBytes, cipher);
        return (owner, new Snapshot(meta, bytes.AsMemory(start, (int)dataBytes)));
    }

    private static void Append(IDiskFile file, DataKey key, StorageIdentity identity, Snapshot snapshot)
    {
        var front = new FrameBuffer();
        front.Identity(identity);
        front.Meta(snapshot.Meta);
        ReadOnlySpan<byte> data = snapshot.Data.Span;

        byte[] header = Header(key, front.Content.Length, data.Length);
        using AesGcm cipher = Cipher(key, header);
        file.Append(header);
        var sealedChunk = new byte[Limits.SnapshotChunkBytes + TagBytes];
        AppendChunk(file, cipher, 0, isLast: false, front.Content, sealedChunk);
        ulong number = 0;
        do
        {
            ReadOnlySpan<byte> chunk = data[..Math.Min(data.Length, Limits.SnapshotChunkBytes)];
            data = data[chunk.Length..];
            AppendChunk(file, cipher, ++number, isLast: data.IsEmpty, chunk, sealedChunk);
        }
        while (!data.IsEmpty);
    }

    private static byte[] Header(DataKey key, int metaBytes, int dataBytes)
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), Limits.SnapshotChunkBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(16), key.Id);
        RandomNumberGenerator.Fill(header.AsSpan(SaltOffset, SaltBytes));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(56), metaBytes);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(60), dataBytes);
        uint checksum = FrameHeader.Checksum(header.AsSpan(0, CheckedBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(CheckedBytes), checksum);
        return header;
    }

    private static AesGcm Cipher(DataKey key, ReadOnlySpan<byte> header) =>
        key.Derive(header.Slice(SaltOffset, SaltBytes), header[..CheckedBytes]);

    private static void AppendChunk(
        IDiskFile file, AesGcm cipher, ulong number, bool isLast, ReadOnlySpan<byte> clear, byte[] room)
    {
        Span<byte> nonce = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, number);
        Span<byte> encrypted = room.AsSpan(0, clear.Length), tag = room.AsSpan(clear.Length, TagBytes);
        cipher.Encrypt(nonce, clear, encrypted, tag, [isLast ? (byte)1 : (byte)0]);
        file.Append(room.AsSpan(0, clear.Length + TagBytes));
    }

    private static (StorageIdentity Owner, SnapshotMeta Meta) OpenMeta(Memory<byte> chunk, AesGcm cipher)
    {
        OpenChunk(chunk.Span, cipher, 0, isLast: false);
        var reader = new LogRecordReader(chunk[..^TagBytes]);
        return (reader.Identity(), reader.Meta());
    }

    /// <summary>Decrypts the chunks and moves them together, each over the tag of the one before.</summary>
    private static void OpenData(Span<byte> chunks, int chunkBytes, int dataBytes, AesGcm cipher)
    {
        int done = 0;
        ulong number = 0;
        Span<byte> rest = chunks;
        do
        {
            int clearBytes = Math.Min(chunkBytes, dataBytes - done);
            Span<byte> chunk = rest[..(clearBytes + TagBytes)];
            rest = rest[chunk.Length..];
            OpenChunk(chunk, cipher, ++number, isLast: done + clearBytes == dataBytes);
            chunk[..clearBytes].CopyTo(chunks[done..]);
            done += clearBytes;
        }
        while (done < dataBytes);
    }

    private static void OpenChunk(Span<byte> chunk, AesGcm cipher, ulong number, bool isLast)
    {
        Span<byte> nonce = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, number);
        Span<byte> body = chunk[..^TagBytes];
        try
        {
            cipher.Decrypt(nonce, body, chunk[^TagBytes..], body, [isLast ? (byte)1 : (byte)0]);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new InvalidDataException($"its part {number} is not what was written");
        }
    }
}
