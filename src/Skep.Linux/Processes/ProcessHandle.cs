using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Skep.Linux.Processes;

/// <summary>Descriptors of processes: each means one process for good, whoever gets its id later.</summary>
public static partial class ProcessHandle
{
    // The numbers are the same on every processor.
    private const long PidfdSendSignalNumber = 424, PidfdOpenNumber = 434;

    /// <summary>Sends a signal to the process that has this id now, if it is the one that is meant.</summary>
    /// <param name="isMeant">Asked while the process is held, so that what it finds is true of that very process.
    /// </param>
    /// <returns>False: there is none, or it is another one; nothing was sent.</returns>
    /// <exception cref="ErrnoException">The kernel refused it.</exception>
    public static bool TrySignal(int pid, int signal, Func<int, bool> isMeant)
    {
        using SafeFileHandle? process = Open(pid);
        return process is not null && isMeant(pid) && TrySignal(process, pid, signal);
    }

    /// <summary>Null: there is no such process.</summary>
    internal static SafeFileHandle? Open(int pid)
    {
        long descriptor = PidfdOpen(PidfdOpenNumber, pid, 0);
        if (descriptor < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error == Errno.ESRCH ? null : throw new ErrnoException($"pidfd_open {pid}", error);
        }

        return new SafeFileHandle((nint)descriptor, ownsHandle: true);
    }

    /// <summary>False: it has gone.</summary>
    internal static bool TrySignal(SafeFileHandle process, int pid, int signal)
    {
        if (PidfdSendSignal(PidfdSendSignalNumber, process, signal, 0, 0) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error == Errno.ESRCH ? false : throw new ErrnoException($"signal {pid}", error);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long PidfdOpen(long number, int pid, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial int PidfdSendSignal(long number, SafeFileHandle process, int signal, nint info, uint flags);
}
