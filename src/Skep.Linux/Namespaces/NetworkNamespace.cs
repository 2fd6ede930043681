using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Skep.Linux.Namespaces;

/// <summary>Network namespaces, kept alive by a mount of their file.</summary>
/// <remarks>
/// A thread that has entered another namespace gives it to every thread it starts, so a managed socket, a task or an
/// await there would put the thread pool's workers into a container. Therefore what runs inside runs on a fresh thread
/// that ends afterwards, and may only make system calls: open descriptors there and wrap them outside.
/// </remarks>
public static partial class NetworkNamespace
{
    private const int CLONE_NEWNET = 0x40000000;
    private const int O_RDONLY = 0, O_CREAT = 0x40, O_EXCL = 0x80, O_CLOEXEC = 0x80000;
    private const ulong MS_BIND = 4096;
    private const int MNT_DETACH = 2;
    private const int StackBytes = 256 * 1024;

    /// <summary>
    /// Makes a namespace, mounts it at a path that must not exist, and runs something inside while at it.
    /// </summary>
    /// <param name="inside">System calls only.</param>
    public static T Create<T>(string path, Func<T> inside) => OnFreshThread(() =>
    {
        int made = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0x124 /* 0444 */);
        Check(made, $"create {path}");
        close(made);
        try
        {
            Check(unshare(CLONE_NEWNET), "create a network namespace");
            Check(mount("/proc/thread-self/ns/net", path, null, MS_BIND, 0), $"mount the network namespace at {path}");
            return inside();
        }
        catch
        {
            umount2(path, MNT_DETACH);
            unlink(path);
            throw;
        }
    });

    /// <summary>Runs something inside the namespace that is mounted at a path.</summary>
    /// <param name="inside">System calls only.</param>
    public static T Enter<T>(string path, Func<T> inside) => OnFreshThread(() =>
    {
        using SafeFileHandle file = Open(path);
        Check(setns(file, CLONE_NEWNET), $"enter the network namespace {path}");
        return inside();
    });

    /// <summary>A descriptor of the namespace, for moving links into it.</summary>
    public static SafeFileHandle Open(string path)
    {
        int descriptor = open(path, O_RDONLY | O_CLOEXEC, 0);
        Check(descriptor, $"open the network namespace {path}");
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Whether a path is a mounted network namespace and not just the file under it.</summary>
    public static bool IsMounted(string path)
    {
        const long NSFS_MAGIC = 0x6e736673;
        Span<long> about = stackalloc long[32];
        return statfs(path, MemoryMarshal.AsBytes(about)) == 0 && about[0] == NSFS_MAGIC;
    }

    /// <summary>Lets go of the namespace: it ends with its last process. No error if there is none.</summary>
    public static void Remove(string path)
    {
        // A crash between two mounts may have left more than one on the same path.
        while (umount2(path, MNT_DETACH) == 0)
        {
        }

        int errno = Marshal.GetLastPInvokeError();
        if (errno is not (Errno.EINVAL or Errno.ENOENT))
        {
            throw new ErrnoException($"unmount {path}", errno);
        }

        if (unlink(path) != 0 && Marshal.GetLastPInvokeError() is var failed && failed != Errno.ENOENT)
        {
            throw new ErrnoException($"remove {path}", failed);
        }
    }

    private static T OnFreshThread<T>(Func<T> inside)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = inside();
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e); // Thrown again by the caller, on his own thread.
                }
            },
            StackBytes)
        {
            IsBackground = true,
            Name = "namespace",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    private static void Check(int result, string what)
    {
        if (result < 0)
        {
            throw new ErrnoException(what, Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(SafeFileHandle descriptor, int kind);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statfs(string path, Span<byte> about);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string? kind, ulong flags, nint data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
