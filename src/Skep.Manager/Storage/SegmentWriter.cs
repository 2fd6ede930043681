using System.Security.Cryptography;
using Skep.Linux.Files;

namespace Skep.Manager.Storage;

/// <summary>The segment that is being written: frames go to its end, one sync each.</summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly IDiskFile file;
    private readonly AesGcm cipher;
    private ulong nonce;
    private long allocatedBytes;

    private SegmentWriter(IDiskFile file, AesGcm cipher, ulong number, ulong keyId)
    {
        this.file = file;
        this.cipher = cipher;
        Number = number;
        KeyId = keyId;
    }

    public ulong Number { get; }

    public ulong KeyId { get; }

    public long Bytes => file.Length;

    public UInt128 LastTag { get; private set; }

    /// <summary>Makes a segment that is whole from the first moment it can be seen under its name.</summary>
    public static SegmentWriter Create(
        IDisk disk, StorageFolder folder, ulong number, DataKey key, FrameBuffer head)
    {
        string path = folder.Segment(number), unfinished = path + StorageFolder.Unfinished;
        SegmentHeader header = SegmentHeader.Create(number, key);
        IDiskFile file = disk.Create(unfinished);
        var writer = new SegmentWriter(file, header.Cipher(key), number, key.Id);
        try
        {
            file.Append(header.Sector);
            writer.Write(head);
            disk.Rename(unfinished, path);
            disk.SyncDirectory(folder.Log);
            return writer;
        }
        catch (DiskFullException)
        {
            writer.Dispose();
            disk.Delete(unfinished);
            throw;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Durable when it returns. When the disk is full the segment is as it was.</summary>
    public void Write(FrameBuffer frame)
    {
        // Counted before the write: bytes of one that fails may be on the disk, and its nonce is spent.
        nonce++;
        ReadOnlySpan<byte> sealedFrame = frame.Seal(cipher, nonce, LastTag);
        if (file.Length + sealedFrame.Length > allocatedBytes)
        {
            allocatedBytes = file.Length + sealedFrame.Length + Limits.AllocateBytes;
            file.Allocate(allocatedBytes);
        }

        file.Append(sealedFrame);
        file.Sync();
        LastTag = FrameBuffer.Tag(sealedFrame);
    }

    /// <summary>Ends the segment: room that was taken ahead goes back.</summary>
    public void Close()
    {
        file.Trim();
        Dispose();
    }

    public void Dispose()
    {
        file.Dispose();
        cipher.Dispose();
    }
}
