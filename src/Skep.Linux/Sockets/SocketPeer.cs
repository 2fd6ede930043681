using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Skep.Linux.Sockets;

/// <summary>What the kernel knows of a socket's other end.</summary>
public static partial class SocketPeer
{
    /// <summary>
    /// Whether the other end is gone altogether. A peer that only finished sending, and still reads, is not gone.
    /// </summary>
    /// <remarks>On TCP a peer that closed both ways shows only after something was sent to it.</remarks>
    public static bool IsGone(Socket socket)
    {
        const short POLLERR = 0x8, POLLHUP = 0x10, POLLNVAL = 0x20;
        SafeSocketHandle handle = socket.SafeHandle;
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            var query = new PollQuery { Descriptor = (int)handle.DangerousGetHandle() };
            return poll(ref query, 1, 0) == 1 && (query.Returned & (POLLERR | POLLHUP | POLLNVAL)) != 0;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
        finally
        {
            if (held)
            {
                handle.DangerousRelease();
            }
        }
    }

    // struct pollfd of poll(2).
    private struct PollQuery
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref PollQuery queries, ulong count, int timeoutMilliseconds);
}
