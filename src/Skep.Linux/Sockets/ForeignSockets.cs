using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Skep.Linux.Processes;

namespace Skep.Linux.Sockets;

/// <summary>Sockets of another process, reached through pidfd_getfd(2).</summary>
public static partial class ForeignSockets
{
    private const int SOL_SOCKET = 1;

    private const long PidfdGetfdNumber = 438; // The same on every processor.

    /// <summary>Gives the UDP sockets of a process more room for what arrives faster than it reads.</summary>
    /// <param name="bytes">Of payload; the kernel counts twice as much, for its own records.</param>
    /// <returns>How many UDP sockets the process has; they all have the room now.</returns>
    /// <exception cref="ErrnoException">The process has gone, or the kernel does not allow it.</exception>
    public static int RaiseReceiveBuffers(int pid, int bytes)
    {
        using SafeFileHandle process = ProcessHandle.Open(pid)
            ?? throw new ErrnoException($"pidfd_open {pid}", Errno.ESRCH);
        int found = 0;
        foreach (FileInfo file in new DirectoryInfo($"/proc/{pid}/fd").EnumerateFiles())
        {
            if (file.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) != true)
            {
                continue;
            }

            int number = int.Parse(file.Name, CultureInfo.InvariantCulture);
            long copy = PidfdGetfd(PidfdGetfdNumber, process, number, 0);
            if (copy < 0 && Marshal.GetLastPInvokeError() == Errno.EBADF)
            {
                continue; // closed meanwhile
            }

            using SafeFileHandle socket = Owned($"pidfd_getfd {pid} {number}", copy);
            found += IsUdp(socket) && Raise(socket, bytes) ? 1 : 0;
        }

        return found;
    }

    private static SafeFileHandle Owned(string call, long descriptor) => descriptor >= 0
        ? new SafeFileHandle((nint)descriptor, ownsHandle: true)
        : throw new ErrnoException(call, Marshal.GetLastPInvokeError());

    private static bool IsUdp(SafeFileHandle socket)
    {
        const int SO_TYPE = 3, SO_DOMAIN = 39, SOCK_DGRAM = 2, AF_INET = 2, AF_INET6 = 10;
        return Get(socket, SO_TYPE) == SOCK_DGRAM && Get(socket, SO_DOMAIN) is AF_INET or AF_INET6;
    }

    private static bool Raise(SafeFileHandle socket, int bytes)
    {
        const int SO_RCVBUF = 8, SO_RCVBUFFORCE = 33;
        return Get(socket, SO_RCVBUF) >= 2L * bytes || Set(socket, SO_RCVBUFFORCE, bytes);
    }

    private static int? Get(SafeFileHandle socket, int option)
    {
        int length = sizeof(int);
        if (getsockopt(socket, SOL_SOCKET, option, out int value, ref length) == 0)
        {
            return value;
        }

        // The number may have been a socket's and be a file's by now.
        int error = Marshal.GetLastPInvokeError();
        return error == Errno.ENOTSOCK ? null : throw new ErrnoException($"getsockopt {option}", error);
    }

    private static bool Set(SafeFileHandle socket, int option, int value) =>
        setsockopt(socket, SOL_SOCKET, option, in value, sizeof(int)) == 0
            ? true
            : throw new ErrnoException($"setsockopt {option}", Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long PidfdGetfd(long number, SafeFileHandle process, int descriptor, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(SafeFileHandle socket, int level, int option, out int value, ref int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(SafeFileHandle socket, int level, int option, in int value, int length);
}
