using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Skep.Transport.Rpc;

/// <summary>Connects to another node: TCP, then TLS.</summary>
internal static class NodeConnection
{
    private const int TcpLevel = 6;
    private const int TcpUserTimeout = 18; // Linux's TCP_USER_TIMEOUT, in milliseconds.

    public static async ValueTask<Stream> OpenAsync(
        DnsEndPoint target, SslClientAuthenticationOptions tls, OpenSockets open, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? stream = null;
        try
        {
            // A peer whose machine is gone never answers what was sent; the kernel would try for a quarter of an hour.
            var limit = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(limit, (int)RpcLimits.Unacknowledged.TotalMilliseconds);
            socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, limit);
            await socket.ConnectAsync(target, stop);
            stream = new SslStream(open.Add(socket));
            await stream.AuthenticateAsClientAsync(tls, stop);
            return stream;
        }
        catch
        {
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }

            socket.Dispose();
            throw;
        }
    }
}
