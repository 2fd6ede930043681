using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Skep.Transport.Rpc;

/// <summary>Connects to another node: TCP, then TLS.</summary>
internal static class NodeConnection
{
    public static async ValueTask<Stream> OpenAsync(
        DnsEndPoint target, SslClientAuthenticationOptions tls, OpenSockets open, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? stream = null;
        try
        {
            // A peer whose machine is gone never answers what was sent; the kernel would try for a quarter of an hour.
            SocketWatch.LimitUnacknowledged(socket, RpcLimits.Unacknowledged);
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
