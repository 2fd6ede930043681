using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Engine.Connections;

/// <summary>Lets the clients of one listener in: counts them, speaks TLS where asked, hands them to HTTP.</summary>
internal sealed class ClientConnections(EngineAddress address, ConnectionDelegate http, TimeProvider time, Log log)
{
    private readonly SslServerAuthenticationOptions? tls = address.Tls is { } settings ? Options(settings) : null;
    private int openCount;

    public async Task ServeAsync(ConnectionContext connection)
    {
        try
        {
            if (Interlocked.Increment(ref openCount) > HttpLimits.Connections)
            {
                log.Warn("too many connections, one turned away", ("listener", address));
                connection.Abort(new ConnectionAbortedException("too many connections"));
                return;
            }

            if (tls is null)
            {
                await using var plain = new ClientConnection(connection, null, time);
                await http(plain);
                return;
            }

            await using var encrypted = new SslStream(new TransportStream(connection.Transport));
            if (await IsLetInAsync(encrypted, connection))
            {
                await using var client = new ClientConnection(connection, encrypted, time);
                await http(client);
            }
        }
        finally
        {
            Interlocked.Decrement(ref openCount);
        }
    }

    private async Task<bool> IsLetInAsync(SslStream stream, ConnectionContext connection)
    {
        using var late = new CancellationTokenSource(HttpLimits.Handshake, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, connection.ConnectionClosed);
        try
        {
            await stream.AuthenticateAsServerAsync(tls!, either.Token);
            return true;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException)
        {
            log.Info("TLS handshake failed", ("from", connection.RemoteEndPoint), ("error", e.Message));
            return false;
        }
    }

    private static SslServerAuthenticationOptions Options(TlsSettings settings)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(
                settings.Certificate, settings.Intermediates, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (settings.ClientAuthorities is { } authorities)
        {
            // Only these authorities: neither the system's store nor anything fetched counts.
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            policy.CustomTrustStore.AddRange(authorities);
            policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2")); // client authentication
            options.CertificateChainPolicy = policy;
            options.ClientCertificateRequired = true;
        }

        return options;
    }
}
