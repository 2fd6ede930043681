using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Skep.Linux.Processes;

/// <summary>A process that is watched and signalled through a pidfd, child of ours or not.</summary>
/// <remarks>
/// The descriptor means one process for good, so a signal never reaches a stranger that got the same id. Disposing it
/// ends the watch, not the process.
/// </remarks>
public sealed unsafe partial class ProcessWatch : IDisposable
{
    private const int SysPidfdSendSignal = 424, SysPidfdOpen = 434;
    private const short PollIn = 1;

    private readonly SafeFileHandle pidfd;
    private readonly SafeFileHandle wake;
    private readonly TaskCompletionSource<int?> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int isDisposed;

    private ProcessWatch(ProcessIdentity identity, SafeFileHandle pidfd, SafeFileHandle wake)
    {
        Identity = identity;
        this.pidfd = pidfd;
        this.wake = wake;

        // Waiting for a descriptor that is no socket takes a thread; it needs next to no stack.
        new Thread(Watch, maxStackSize: 256 * 1024) { IsBackground = true, Name = $"watch {identity.Pid}" }.Start();
    }

    public ProcessIdentity Identity { get; }

    /// <summary>Ends when the process does, with its exit code (128 + signal if one killed it); null: not our child.</summary>
    public Task<int?> Exited => exited.Task;

    /// <summary>Watches a process; null when it has gone.</summary>
    public static ProcessWatch? Open(int pid)
    {
        long descriptor = syscall(SysPidfdOpen, pid, 0, 0, 0);
        if (descriptor < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error == Errno.ESRCH ? null : throw new ErrnoException($"pidfd_open {pid}", error);
        }

        var pidfd = new SafeFileHandle((nint)descriptor, ownsHandle: true);

        // Read after the descriptor was opened: if both name a running process, they name the same one.
        if (ProcessIdentity.Of(pid) is not { } identity)
        {
            // An own child that has ended already still wants to be reaped.
            _ = Reap(pid);
            pidfd.Dispose();
            return null;
        }

        const int O_CLOEXEC = 0x80000;
        int eventDescriptor = eventfd(0, O_CLOEXEC);
        if (eventDescriptor < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            pidfd.Dispose();
            throw new ErrnoException("eventfd", error);
        }

        return new ProcessWatch(identity, pidfd, new SafeFileHandle(eventDescriptor, ownsHandle: true));
    }

    /// <summary>Sends a signal; false when the process has gone.</summary>
    public bool Signal(int signal)
    {
        if (syscall(SysPidfdSendSignal, (nint)pidfd.DangerousGetHandle(), signal, 0, 0) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error == Errno.ESRCH ? false : throw new ErrnoException($"signal {Identity.Pid}", error);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0)
        {
            return;
        }

        if (exited.Task.IsCompleted)
        {
            pidfd.Dispose();
            wake.Dispose();
        }
        else
        {
            // The watching thread owns the descriptors while it waits; it lets go of them when it is woken.
            RandomAccess.Write(wake, BitConverter.GetBytes(1L), 0);
        }
    }

    private void Watch()
    {
        var watched = stackalloc PollDescriptor[2];
        watched[0] = new PollDescriptor { Descriptor = (int)pidfd.DangerousGetHandle(), Wanted = PollIn };
        watched[1] = new PollDescriptor { Descriptor = (int)wake.DangerousGetHandle(), Wanted = PollIn };
        while (poll(watched, 2, -1) < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
        {
        }

        if (watched[0].Seen != 0)
        {
            exited.SetResult(Reap(Identity.Pid));
            return;
        }

        exited.SetCanceled();
        pidfd.Dispose();
        wake.Dispose();
    }

    private static int? Reap(int pid)
    {
        const int WNOHANG = 1;
        if (waitpid(pid, out int status, WNOHANG) != pid)
        {
            return null;
        }

        int signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Wanted;
        public short Seen;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, out int status, int options);
}
