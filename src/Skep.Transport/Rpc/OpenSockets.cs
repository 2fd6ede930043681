using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Skep.Transport.Rpc;

/// <summary>
/// The sockets of one channel, so that ending the channel ends its calls: HTTP's own handler lets them go on.
/// </summary>
internal sealed class OpenSockets
{
    private readonly ConcurrentDictionary<Socket, byte> sockets = new();
    private volatile bool isClosed;

    /// <returns>A stream that owns the socket.</returns>
    public NetworkStream Add(Socket socket)
    {
        sockets.TryAdd(socket, 0);
        if (isClosed)
        {
            socket.Dispose(); // The channel ended while it was connecting.
        }

        return new Tracked(socket, this);
    }

    public void CloseAll()
    {
        isClosed = true;
        foreach (Socket socket in sockets.Keys)
        {
            socket.Dispose();
        }
    }

    private sealed class Tracked(Socket socket, OpenSockets owner) : NetworkStream(socket, ownsSocket: true)
    {
        private readonly Socket own = socket;

        protected override void Dispose(bool disposing)
        {
            owner.sockets.TryRemove(own, out _);
            base.Dispose(disposing);
        }
    }
}
