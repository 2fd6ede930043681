using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Skep.Linux.Files;

/// <summary>Files that are on the disk when the call returns.</summary>
/// <remarks>
/// .NET's own flush hides every failure of fsync on Linux, so libc is called here. A failed sync must end the process:
/// after it the kernel marks the pages clean, and a second sync says "done" of data that is gone.
/// </remarks>
public static partial class DurableFile
{
    /// <summary>Replaces a file in one step: a reader, and the next start, sees the old or the new.</summary>
    /// <remarks>One writer of a path at a time: the content first goes to the path with ".new" behind it.</remarks>
    /// <param name="mode">Permission bits of the new file.</param>
    /// <exception cref="SyncFailedException">The disk did not take it. The process must end.</exception>
    /// <exception cref="IOException">It could not be written (disk full, for one); the old one stands.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        // Opened first: if this failed after the rename, the new file would stand without being durable.
        string parent = Path.GetDirectoryName(Path.GetFullPath(path))!;
        using SafeFileHandle directory = OpenDirectory(parent);
        string aside = path + ".new";
        try
        {
            using (SafeFileHandle file = File.OpenHandle(aside, FileMode.Create, FileAccess.Write))
            {
                File.SetUnixFileMode(file, mode);
                RandomAccess.Write(file, content, 0);
                Sync(file, aside);
            }

            File.Move(aside, path, overwrite: true);
        }
        catch (IOException e) when (e is not SyncFailedException)
        {
            File.Delete(aside);
            throw;
        }

        Sync(directory, parent);
    }

    /// <summary>Waits until what was written to the file is on the disk.</summary>
    public static void Sync(SafeFileHandle file, string path)
    {
        bool held = false;
        try
        {
            file.DangerousAddRef(ref held);
            if (fsync((int)file.DangerousGetHandle()) != 0)
            {
                throw new SyncFailedException(path, Marshal.GetLastPInvokeError());
            }
        }
        finally
        {
            if (held)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <summary>Makes names that were created, renamed or removed in a directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        using SafeFileHandle handle = OpenDirectory(path);
        Sync(handle, path);
    }

    private static SafeFileHandle OpenDirectory(string path)
    {
        int descriptor = open(path, FileCalls.O_RDONLY | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC);
        if (descriptor < 0)
        {
            throw new ErrnoException($"open directory {path}", Marshal.GetLastPInvokeError());
        }

        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
