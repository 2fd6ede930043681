using System.Runtime.InteropServices;

namespace Skep.Linux.Terminals;

/// <summary>Plain read(2) and write(2) on an inherited descriptor: 0, 1 or 2.</summary>
/// <remarks>
/// The runtime's console reads whole lines and its file stream keeps its own offset, which overwrites
/// what a process that shares the descriptor wrote. Asynchronous calls block a pool thread.
/// </remarks>
public sealed partial class DescriptorStream(int descriptor) : Stream
{
    public static readonly DescriptorStream Input = new(0);
    public static readonly DescriptorStream Output = new(1);
    public static readonly DescriptorStream Error = new(2);

    public int Descriptor => descriptor;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint got;
            do
            {
                got = read(descriptor, start, (nuint)buffer.Length);
            }
            while (got < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            return got >= 0 ? (int)got : throw new ErrnoException("read", Marshal.GetLastPInvokeError());
        }
    }

    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int written = 0;
            while (written < buffer.Length)
            {
                nint put = write(descriptor, start + written, (nuint)(buffer.Length - written));
                if (put < 0 && Marshal.GetLastPInvokeError() is var errno && errno != Errno.EINTR)
                {
                    if (errno != Errno.EAGAIN)
                    {
                        throw new ErrnoException("write", errno);
                    }

                    // Somebody made the shared descriptor non-blocking: wait until it takes more.
                    Wait(descriptor);
                }

                written += (int)Math.Max(put, 0);
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static unsafe void Wait(int descriptor)
    {
        // struct pollfd: descriptor, then events and revents of 16 bits; POLLOUT is 4.
        long* request = stackalloc long[1];
        *request = (uint)descriptor | (4L << 32);
        _ = poll(request, 1, -1);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int poll(long* requests, nuint count, int timeout);
}
