using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Skep.Linux.Files;

namespace Skep.Linux.Processes;

/// <summary>A process whose end is awaited without blocking, child of ours or not.</summary>
/// <remarks>
/// Waiting for a descriptor that is no socket takes a thread: it sleeps in the kernel until the process ends, and owns
/// the descriptor until then, also when nobody awaits the end any more.
/// </remarks>
public sealed partial class ProcessWatch
{
    private readonly SafeFileHandle handle;
    private readonly TaskCompletionSource<int?> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ProcessWatch(ProcessIdentity identity, SafeFileHandle handle)
    {
        const int stackBytes = 256 * 1024;
        Identity = identity;
        this.handle = handle;
        new Thread(Watch, stackBytes) { IsBackground = true, Name = $"watch {identity.Pid}" }.Start();
    }

    public ProcessIdentity Identity { get; }

    /// <summary>Ends with the process. Its exit code, 128 + signal if one killed it; null: not our child.</summary>
    public Task<int?> Exited => exited.Task;

    /// <summary>Watches a process; null when it has gone.</summary>
    public static ProcessWatch? Open(int pid)
    {
        if (ProcessHandle.Open(pid) is not { } handle)
        {
            return null;
        }

        // Read after the descriptor was opened: if both name a running process, they name the same one.
        if (ProcessIdentity.Of(pid) is { } identity)
        {
            return new ProcessWatch(identity, handle);
        }

        // A child of ours that has ended already still wants to be reaped.
        _ = Reap(pid);
        handle.Dispose();
        return null;
    }

    /// <summary>Sends a signal; false when the process has gone.</summary>
    public bool Signal(int signal)
    {
        try
        {
            return ProcessHandle.TrySignal(handle, Identity.Pid, signal);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private void Watch()
    {
        while (Fifo.Poll(handle, Readiness.Readable, Timeout.InfiniteTimeSpan) == Readiness.None)
        {
            // A signal to this thread cut the wait short.
        }

        exited.SetResult(Reap(Identity.Pid));
        handle.Dispose();
    }

    private static int? Reap(int pid)
    {
        const int WNOHANG = 1;
        if (WaitPid(pid, out int status, WNOHANG) != pid)
        {
            return null;
        }

        int signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitPid(int pid, out int status, int options);
}
