using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Skep.Linux.Files;

/// <summary>A file of <see cref="LinuxDisk"/>. Not for two threads at once.</summary>
internal sealed unsafe partial class LinuxDiskFile(SafeFileHandle file, string path) : IDiskFile
{
    private long allocatedBytes;

    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        long at = Length;
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* first = bytes)
            {
                written = Write(file, first, (nuint)bytes.Length, at);
            }

            if (written > 0)
            {
                at += written;
                bytes = bytes[(int)written..];
                continue;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (written == 0 || errno != Errno.EINTR)
            {
                CutBack(written == 0 ? Errno.ENOSPC : errno);
            }
        }

        Length = at;
    }

    public void Allocate(long bytes)
    {
        if (bytes <= allocatedBytes)
        {
            return;
        }

        if (FAllocate(file, 0, 0, bytes) == 0)
        {
            allocatedBytes = bytes;
        }
        else
        {
            // Some of it may have been given. A disk that is full shows at the next append, if it matters there.
            CutTo(Length);
            allocatedBytes = 0;
        }
    }

    public void Sync()
    {
        // Not the whole fsync: times of access and change need not be on the disk. The length is, when it changed.
        if (FDataSync(file) != 0)
        {
            throw new SyncFailedException(path, Marshal.GetLastPInvokeError(), "fdatasync");
        }
    }

    public void Trim()
    {
        // A disk that refuses it loses nothing but room, and says what it has to say at the next sync.
        if (allocatedBytes > Length && FTruncate(file, Length) == 0)
        {
            allocatedBytes = 0;
        }
    }

    public void Dispose() => file.Dispose();

    /// <summary>Takes away what a failed append left, so that the file ends where it did.</summary>
    private void CutBack(int errno)
    {
        if (errno is not (Errno.ENOSPC or Errno.EDQUOT))
        {
            // Any other failure of a write is the disk's: as with a sync, nobody knows what it kept.
            throw new SyncFailedException(path, errno, "write");
        }

        CutTo(Length);
        allocatedBytes = 0;
        throw new DiskFullException(path);
    }

    private void CutTo(long bytes)
    {
        if (FTruncate(file, bytes) != 0)
        {
            throw new SyncFailedException(path, Marshal.GetLastPInvokeError(), "ftruncate");
        }
    }

    [LibraryImport("libc", EntryPoint = "pwrite64", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, byte* bytes, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "ftruncate64", SetLastError = true)]
    private static partial int FTruncate(SafeFileHandle file, long bytes);

    [LibraryImport("libc", EntryPoint = "fallocate64", SetLastError = true)]
    private static partial int FAllocate(SafeFileHandle file, int mode, long offset, long bytes);
}
