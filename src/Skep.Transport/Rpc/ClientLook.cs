using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;

namespace Skep.Transport.Rpc;

/// <summary>What one TLS handshake learns of the client.</summary>
internal sealed class ClientLook(RpcIdentity identity) : IDisposable
{
    private X509Certificate2? certificate;
    private X509Certificate2Collection more = [];
    private PeerVerdict verdict = PeerVerdict.Trusted;

    /// <summary>For the log: also when the certificate is not believed.</summary>
    public string ClaimedNode { get; private set; } = "";

    public SslServerAuthenticationOptions Options() => new()
    {
        ServerCertificateContext = identity.Certificate,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = identity.NewPolicy(forClients: true),
        ClientCertificateRequired = true, // Asks for one; the callback lets clients without one pass.
        ApplicationProtocols = [SslApplicationProtocol.Http2],
        AllowRenegotiation = false,
        RemoteCertificateValidationCallback = (_, shown, chain, _) => Accepts(shown, chain),
    };

    public RpcPeer ToPeer(ConnectionContext connection) => new(connection, certificate, more, verdict, identity);

    public void Dispose() => certificate?.Dispose();

    private bool Accepts(X509Certificate? shown, X509Chain? chain)
    {
        if (shown is not X509Certificate2 given || chain is null)
        {
            return shown is null;
        }

        ClaimedNode = PeerCertificate.Read(given).Node.Value;
        verdict = RpcIdentity.Explain(chain);
        if (verdict == PeerVerdict.Refused)
        {
            return false;
        }

        // The handshake disposes of its own objects when it is over.
        certificate = X509CertificateLoader.LoadCertificate(given.RawDataMemory.Span);
        more = [.. chain.ChainPolicy.ExtraStore.Select(
            static extra => X509CertificateLoader.LoadCertificate(extra.RawDataMemory.Span))];
        return true;
    }
}
