using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

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
            return endpoint.Tls is null ? stream : await SecureAsync(stream, endpoint, endpoint.Tls, stop);
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException
            or System.Security.Authentication.AuthenticationException or CommandFailedException)
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

    private static async Task<Stream> SecureAsync(
        Stream stream, Endpoint endpoint, TlsFiles files, CancellationToken stop)
    {
        var secure = new SslStream(stream);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = endpoint.Address!.Host,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (files.Certificate is not null && files.Key is not null)
        {
            options.ClientCertificates = [X509Certificate2.CreateFromPemFile(files.Certificate, files.Key)];
        }

        if (!files.Verifies)
        {
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }
        else if (files.Authority is not null)
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(files.Authority);
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        await secure.AuthenticateAsClientAsync(options, stop);
        return secure;
    }
}
