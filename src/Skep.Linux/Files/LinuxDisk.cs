using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Skep.Linux.Files.FileCalls;

namespace Skep.Linux.Files;

/// <summary>The machine's own file systems.</summary>
public sealed unsafe partial class LinuxDisk : IDisk
{
    private const int DropFromMemory = 4;   // POSIX_FADV_DONTNEED

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public void CreateDirectory(string folder)
    {
        string whole = Path.GetFullPath(folder);
        if (Directory.Exists(whole))
        {
            return;
        }

        string parent = Path.GetDirectoryName(whole)!;
        CreateDirectory(parent);
        Guarded(whole, () => Directory.CreateDirectory(whole, OwnerOnly | UnixFileMode.UserExecute));
        DurableFile.SyncDirectory(parent);
    }

    public IReadOnlyList<string> List(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        string[] names = [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path))];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    public bool Exists(string path) => File.Exists(path);

    public byte[] Read(string path) => File.ReadAllBytes(path);

    public byte[] ReadDurably(string path)
    {
        using (SafeFileHandle file = File.OpenHandle(path))
        {
            DurableFile.Sync(file, path);
            int refusal = FAdvise(file, 0, 0, DropFromMemory);
            if (refusal != 0)
            {
                throw new ErrnoException($"posix_fadvise {path}", refusal);
            }
        }

        return Read(path);
    }

    public IDiskFile Create(string path)
    {
        int descriptor;
        fixed (byte* name = NameBytes.Encode(path))
        {
            descriptor = Open(name, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0x180);
        }

        return descriptor >= 0
            ? new LinuxDiskFile(new SafeFileHandle(descriptor, ownsHandle: true), path)
            : throw Failure("open", path, Marshal.GetLastPInvokeError());
    }

    public void WriteDurably(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            DurableFile.Replace(path, content, OwnerOnly);
        }
        catch (IOException e) when (IsFull(e))
        {
            throw new DiskFullException(path);
        }
    }

    public void Truncate(string path, long bytes)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        RandomAccess.SetLength(file, bytes);
        DurableFile.Sync(file, path);
    }

    public void Rename(string from, string to) => Guarded(to, () => File.Move(from, to, overwrite: true));

    public void Delete(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    public void SyncDirectory(string folder) => DurableFile.SyncDirectory(folder);

    public IDisposable? TryLock(string path) => FileLock.TryTake(path);

    internal static IOException Failure(string call, string path, int errno) =>
        errno is Errno.ENOSPC or Errno.EDQUOT
            ? new DiskFullException(path)
            : new ErrnoException($"{call} {path}", errno);

    private static void Guarded(string path, Action change)
    {
        try
        {
            change();
        }
        catch (IOException e) when (IsFull(e))
        {
            throw new DiskFullException(path);
        }
    }

    // .NET puts the errno of a failed call there.
    private static bool IsFull(IOException failure) =>
        failure is not SyncFailedException && failure.HResult is (Errno.ENOSPC or Errno.EDQUOT);

    // Answers with the errno itself.
    [LibraryImport("libc", EntryPoint = "posix_fadvise64")]
    private static partial int FAdvise(SafeFileHandle file, long offset, long bytes, int advice);
}
