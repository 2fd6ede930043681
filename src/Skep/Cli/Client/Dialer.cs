using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Skep.Cli.Client;

/// <summary>Opens connections to a daemon.</summary>
internal static class Dialer
{
    /// <param name="program">The name that this program was called by; its like is asked at the end of an SSH.</param>
    /// <exception cref="SocketException">Nobody answers.</exception>
    public static async ValueTask<Stream> DialAsync(Endpoint endpoint, string program, CancellationToken stop)
    {
        if (endpoint.Ssh is not null)
        {
            return CarriedStream.Start("ssh", endpoint.Ssh.Arguments(program));
        }

        var socket = endpoint.SocketPath is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (endpoint.SocketPath is not null)
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(endpoint.SocketPath), stop);
            }
            else
            {
                await socket.ConnectAsync(endpoint.Address!, stop);
            }

            var stream = new NetworkStream(socket, ownsSocket: true);
            return endpoint.Tls is null ? stream : await SecureDial.OverAsync(
                stream, endpoint.Address!.Host, endpoint.Tls, stop);
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException
            or AuthenticationException or CommandFailedException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Says that nothing more will be sent; what the daemon still sends can be read.</summary>
    public static async Task CloseWriteAsync(Stream stream, CancellationToken stop)
    {
        switch (stream)
        {
            case NetworkStream plain:
                plain.Socket.Shutdown(SocketShutdown.Send);
                break;
            case CarriedStream carried:
                carried.CloseWrite();
                break;
            case SslStream secure:
                await secure.ShutdownAsync().WaitAsync(stop);
                break;
        }
    }
}
