using System.Runtime.InteropServices;
using Skep.Linux.Files;

namespace Skep.Linux.Pipes;

/// <summary>One end of a named pipe (FIFO), read or written without blocking a thread.</summary>
/// <remarks>
/// One reader and one writer at a time. A reader opened before any writer waits for the first one, and sees the end
/// when the last one has closed. Disposing ends a pending wait with <see cref="ObjectDisposedException"/>.
/// </remarks>
public sealed partial class NamedPipe : IDisposable
{
    private const int ReadOnly = 0, ReadWrite = 2, NonBlocking = 0x800, CloseOnExec = 0x80000;

    private readonly Poller poller;
    private readonly int descriptor;
    private readonly Lock closing = new();
    private bool isKnown;
    private bool hadWriter;
    private bool closed;

    private NamedPipe(Poller poller, int descriptor)
    {
        this.poller = poller;
        this.descriptor = descriptor;
    }

    /// <summary>
    /// Makes the pipe in the file system; one that is there already (of a run before a crash) is kept.
    /// </summary>
    public static void Create(string path)
    {
        const uint ownerOnly = 0x180; // 0600
        try
        {
            Fifo.Make(path, ownerOnly);
        }
        catch (ErrnoException e) when (e.Errno == Errno.EEXIST)
        {
            // The one of before.
        }
    }

    public static NamedPipe OpenToRead(Poller poller, string path) => Open(poller, path, ReadOnly);

    /// <summary>
    /// Opens the writing end; it does not need a reader yet. The reader sees the end when this is disposed.
    /// </summary>
    public static NamedPipe OpenToWrite(Poller poller, string path) => Open(poller, path, ReadWrite);

    /// <returns>Bytes read; 0 when every writer has closed.</returns>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken stop)
    {
        while (true)
        {
            // Without a first writer the kernel answers 0 as well: only its event tells the two apart.
            if (hadWriter && TryRead(buffer.Span) is int count)
            {
                return count;
            }

            await WaitAsync(Poller.Readable, stop);
            hadWriter = true;
        }
    }

    /// <exception cref="ErrnoException">EPIPE: nobody reads any more.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        while (!bytes.IsEmpty)
        {
            int count = TryWrite(bytes.Span);
            if (count > 0)
            {
                bytes = bytes[count..];
            }
            else
            {
                await WaitAsync(Poller.Writable, stop);
            }
        }
    }

    public void Dispose()
    {
        lock (closing)
        {
            if (closed)
            {
                return;
            }

            closed = true;
            poller.Forget(descriptor);
            _ = close(descriptor);
        }
    }

    private static NamedPipe Open(Poller poller, string path, int access)
    {
        int descriptor = open(path, access | NonBlocking | CloseOnExec);
        return descriptor >= 0
            ? new NamedPipe(poller, descriptor)
            : throw new ErrnoException($"open {path}", Marshal.GetLastPInvokeError());
    }

    private Task WaitAsync(uint events, CancellationToken stop)
    {
        lock (closing)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            bool known = isKnown;
            isKnown = true;
            return poller.WaitAsync(descriptor, events, known, stop);
        }
    }

    private unsafe int? TryRead(Span<byte> buffer)
    {
        lock (closing)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            fixed (byte* start = buffer)
            {
                nint count = read(descriptor, start, buffer.Length);
                if (count < 0)
                {
                    ThrowUnlessRetry("read from pipe");
                    return null;
                }

                return (int)count;
            }
        }
    }

    private unsafe int TryWrite(ReadOnlySpan<byte> bytes)
    {
        lock (closing)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            fixed (byte* start = bytes)
            {
                nint count = write(descriptor, start, bytes.Length);
                if (count < 0)
                {
                    ThrowUnlessRetry("write to pipe");
                    return 0;
                }

                return (int)count;
            }
        }
    }

    private static void ThrowUnlessRetry(string what)
    {
        int errno = Marshal.GetLastPInvokeError();
        if (errno is not (Errno.EAGAIN or Errno.EINTR))
        {
            throw new ErrnoException(what, errno);
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(int descriptor, byte* buffer, nint bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(int descriptor, byte* buffer, nint bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
