using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Skep.Linux.Files;

namespace Skep.Linux.Processes;

/// <summary>One process, held by descriptor: its number may be given to another, this never is.</summary>
public sealed partial class ProcessHandle : IDisposable
{
    // The numbers are the same on every processor.
    private const long PidfdSendSignalNumber = 424, PidfdOpenNumber = 434;

    private readonly SafeFileHandle process;

    private ProcessHandle(SafeFileHandle process, int pid)
    {
        this.process = process;
        Pid = pid;
    }

    public int Pid { get; }

    /// <summary>Whether it has ended, reaped by its parent or not.</summary>
    public bool HasEnded => WaitForEnd(TimeSpan.Zero);

    /// <returns>Null when there is no such process.</returns>
    public static ProcessHandle? Find(int pid)
    {
        long descriptor = PidfdOpen(PidfdOpenNumber, pid, 0);
        if (descriptor >= 0)
        {
            return new ProcessHandle(new SafeFileHandle((nint)descriptor, ownsHandle: true), pid);
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno == Errno.ESRCH ? null : throw new ErrnoException($"pidfd_open {pid}", errno);
    }

    /// <returns>False when it has ended.</returns>
    public bool TrySignal(int signal)
    {
        if (PidfdSendSignal(PidfdSendSignalNumber, process, signal, 0, 0) == 0)
        {
            return true;
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno == Errno.ESRCH ? false : throw new ErrnoException($"signal {signal} to {Pid}", errno);
    }

    /// <summary>Waits, on this thread.</summary>
    /// <returns>False when the time was over first.</returns>
    public bool WaitForEnd(TimeSpan timeout) =>
        Fifo.Poll(process, Readiness.Readable, timeout).HasFlag(Readiness.Readable);

    /// <summary>Sends a signal by number, for processes that cannot be mistaken: our own children.</summary>
    /// <returns>False when there is no such process.</returns>
    public static bool Kill(int pid, int signal)
    {
        if (KillCall(pid, signal) == 0)
        {
            return true;
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno == Errno.ESRCH ? false : throw new ErrnoException($"signal {signal} to {pid}", errno);
    }

    public void Dispose() => process.Dispose();

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long PidfdOpen(long number, int pid, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long PidfdSendSignal(long number, SafeFileHandle process, int signal, nint info, uint flags);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillCall(int pid, int signal);
}
