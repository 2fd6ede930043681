using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Skep.Transport.Identity;

namespace Skep.Transport.Rpc;

/// <summary>What one TLS handshake learns of the client.</summary>
internal sealed class ClientLook(RpcServerOptions server)
{
    private readonly RootTrust trust = server.Credentials.Trust;
    private X509Certificate2? certificate;
    private X509Certificate2[] between = [];
    private TrustVerdict? verdict;

    /// <summary>For the log: also when the certificate is not believed.</summary>
    public string ClaimedNode { get; private set; } = "";

    public SslServerAuthenticationOptions Options()
    {
        SslServerAuthenticationOptions options = server.Credentials.ServerOptions();
        options.RemoteCertificateValidationCallback = (_, shown, chain, _) =>
            shown is not X509Certificate2 given || Accepts(given, chain);
        return options;
    }

    public RpcPeer ToPeer(ConnectionContext connection) =>
        new(connection, server.Credentials, certificate, between, trust, verdict);

    private bool Accepts(X509Certificate2 given, X509Chain? chain)
    {
        // The handshake disposes of its own objects when it is over.
        certificate = X509CertificateLoader.LoadCertificate(given.RawDataMemory.Span);
        between = chain is null
            ? []
            : [.. chain.ChainPolicy.ExtraStore.Select(
                static extra => X509CertificateLoader.LoadCertificate(extra.RawDataMemory.Span))];
        ClaimedNode = NodeIdentity.Read(certificate)?.Node.Value ?? "";
        verdict = trust.Judge(certificate, between, server.Time.GetUtcNow());
        return NodeCredentials.MayShakeHands(verdict);
    }
}
