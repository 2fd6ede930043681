using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Skep.Linux.Pipes;

/// <summary>Waits for many descriptors on one thread, so that a quiet pipe costs no thread of its own.</summary>
/// <remarks>
/// Thread-safe. The thread only completes waits; what was waited for runs on the pool. .NET waits for sockets this
/// way, but reads pipes with a blocked pool thread each: a hundred containers would starve the pool.
/// </remarks>
public sealed partial class Poller : IDisposable
{
    internal const uint Readable = 0x001;
    internal const uint Writable = 0x004;
    private const uint OneShot = 1u << 30;
    private const int Add = 1, Delete = 2, Modify = 3;
    private const int CloseOnExec = 0x80000, NonBlocking = 0x800;
    private const int EventsPerWait = 64;

    private readonly int epoll;
    private readonly int wake;
    private readonly ConcurrentDictionary<int, PollWait> waits = new();
    private readonly Thread thread;
    private int turns;
    private volatile bool disposed;

    public Poller()
    {
        epoll = Check(epoll_create1(CloseOnExec), "epoll_create1");
        wake = Check(eventfd(0, CloseOnExec | NonBlocking), "eventfd");
        Control(Add, wake, Readable, turn: 0);
        thread = new Thread(Loop, 256 * 1024) { IsBackground = true, Name = "pipe poller" };
        thread.Start();
    }

    /// <summary>Waits until the descriptor is ready, has hung up, or has failed.</summary>
    /// <param name="isKnown">False at the first wait for this descriptor.</param>
    internal async Task WaitAsync(int descriptor, uint events, bool isKnown, CancellationToken stop)
    {
        var wait = new PollWait(Interlocked.Increment(ref turns));
        Invariant.Holds(waits.TryAdd(descriptor, wait));
        try
        {
            Control(isKnown ? Modify : Add, descriptor, events | OneShot, wait.Turn);
            await using CancellationTokenRegistration end = stop.UnsafeRegister(
                static (state, token) => ((PollWait)state!).TrySetCanceled(token), wait);
            await wait.Task;
        }
        finally
        {
            waits.TryRemove(new KeyValuePair<int, PollWait>(descriptor, wait));
        }
    }

    /// <summary>
    /// Must be called before a descriptor that was waited for is closed: its number may be used again.
    /// </summary>
    internal void Forget(int descriptor)
    {
        if (!disposed)
        {
            EpollEvent none = default;
            _ = epoll_ctl(epoll, Delete, descriptor, ref none);
        }

        if (waits.TryRemove(descriptor, out PollWait? wait))
        {
            wait.TrySetException(new ObjectDisposedException("pipe"));
        }
    }

    public void Dispose()
    {
        disposed = true;
        ulong one = 1;
        _ = write(wake, ref one, 8);
        thread.Join();
        _ = close(wake);
        _ = close(epoll);
    }

    private void Loop()
    {
        var ready = new EpollEvent[EventsPerWait];
        while (!disposed)
        {
            int count = epoll_wait(epoll, ready, EventsPerWait, -1);
            if (count < 0)
            {
                Invariant.Holds(Marshal.GetLastPInvokeError() == Errno.EINTR);
                continue;
            }

            for (int i = 0; i < count; i++)
            {
                if (waits.TryGetValue(ready[i].Descriptor, out PollWait? wait) && wait.Turn == ready[i].Turn)
                {
                    wait.TrySetResult();
                }
            }
        }
    }

    private void Control(int operation, int descriptor, uint events, int turn)
    {
        var wanted = new EpollEvent { Events = events, Descriptor = descriptor, Turn = turn };
        Check(epoll_ctl(epoll, operation, descriptor, ref wanted), "epoll_ctl");
    }

    private static int Check(int result, string what) =>
        result >= 0 ? result : throw new ErrnoException(what, Marshal.GetLastPInvokeError());

    // The kernel's struct epoll_event is packed on x86-64: 4 bytes of events, 8 bytes of data, nothing between.
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct EpollEvent
    {
        public uint Events;
        public int Descriptor;
        public int Turn;
    }

    /// <param name="turn">Tells an event of a closed descriptor from one of the next owner of its number.</param>
    private sealed class PollWait(int turn) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Turn => turn;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, ref EpollEvent wanted);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, [Out] EpollEvent[] ready, int count, int timeoutMilliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint value, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, ref ulong value, nint bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
