using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Skep.Linux.Files.FileCalls;

namespace Skep.Linux.Files;

/// <summary>Which ends of a FIFO a descriptor is.</summary>
public enum FifoEnd
{
    Read = O_RDONLY,

    /// <summary>Fails with ENXIO while nobody reads.</summary>
    Write = O_WRONLY,

    /// <summary>Both: neither end is ever missing, so a reader sees no end of file.</summary>
    Both = O_RDWR,
}

/// <summary>What poll(2) found.</summary>
[Flags]
public enum Readiness : short
{
    None = 0,
    Readable = 0x1,
    Writable = 0x4,
    Error = 0x8,

    /// <summary>The last writer is gone. What is in the pipe may still be read.</summary>
    HungUp = 0x10,
    Invalid = 0x20,
}

/// <summary>Named pipes: a container's standard streams.</summary>
public static unsafe partial class Fifo
{
    private const int F_GETFL = 3, F_SETFL = 4, F_SETPIPE_SZ = 1031, F_GETPIPE_SZ = 1032;

    public static void Make(string path, uint mode)
    {
        fixed (byte* name = NameBytes.Encode(path))
        {
            Check(MkfifoCall(name, mode & 0xFFF), $"mkfifo {path}");
        }
    }

    /// <summary>Opens at once: a FIFO opened otherwise waits for the other end.</summary>
    /// <param name="nonBlocking">Whether reads and writes answer EAGAIN instead of waiting.</param>
    public static SafeFileHandle OpenAtOnce(string path, FifoEnd end, bool nonBlocking)
    {
        int descriptor;
        fixed (byte* name = NameBytes.Encode(path))
        {
            descriptor = Open(name, (int)end | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC, 0);
        }

        Check(descriptor, $"open {path}");
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (!nonBlocking)
        {
            int flags = Fcntl(handle, F_GETFL, 0);
            Check(flags, $"fcntl {path}");
            Check(Fcntl(handle, F_SETFL, flags & ~O_NONBLOCK), $"fcntl {path}");
        }

        return handle;
    }

    /// <returns>The size the kernel gave: rounded up to a power of two of pages.</returns>
    public static int SetCapacity(SafeFileHandle pipe, int bytes)
    {
        int given = Fcntl(pipe, F_SETPIPE_SZ, bytes);
        Check(given, "set the pipe's size");
        return given;
    }

    public static int Capacity(SafeFileHandle pipe)
    {
        int bytes = Fcntl(pipe, F_GETPIPE_SZ, 0);
        Check(bytes, "read the pipe's size");
        return bytes;
    }

    /// <summary>Waits, on this thread, for something to happen; error and hang-up are always told.</summary>
    /// <param name="timeout">Negative: no end. Zero: only look.</param>
    public static Readiness Poll(SafeFileHandle file, Readiness wanted, TimeSpan timeout)
    {
        bool held = false;
        try
        {
            file.DangerousAddRef(ref held);
            var entry = new PollEntry { Descriptor = (int)file.DangerousGetHandle(), Wanted = (short)wanted };
            int result = PollCall(&entry, 1, (int)Math.Clamp(timeout.TotalMilliseconds, -1, int.MaxValue));
            if (result < 0 && Marshal.GetLastPInvokeError() != Errno.EINTR)
            {
                Check(result, "poll");
            }

            return result <= 0 ? Readiness.None : (Readiness)entry.Found;
        }
        finally
        {
            if (held)
            {
                file.DangerousRelease();
            }
        }
    }

    private static void Check(int result, string call)
    {
        if (result < 0)
        {
            throw new ErrnoException(call, Marshal.GetLastPInvokeError());
        }
    }

    // struct pollfd
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    private static partial int MkfifoCall(byte* path, uint mode);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(SafeFileHandle file, int command, int argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int PollCall(PollEntry* entries, nuint count, int milliseconds);
}
