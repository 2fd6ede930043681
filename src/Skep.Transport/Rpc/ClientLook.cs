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
        RemoteCertificateValidationCallback judge = options.RemoteCertificateValidationCallback!;
        options.RemoteCertificateValidationCallback = (sender, shown, chain, errors) =>
        {
            if (shown is X509Certificate2 given && chain is not null)
            {
                Remember(given, chain);
            }

            return judge(sender, shown, chain, errors);
        };
        return options;
    }

    public RpcPeer ToPeer(ConnectionContext connection) =>
        new(connection, server.Credentials, certificate, between, trust, verdict);

    // The handshake disposes of its own objects when it is over.
    private void Remember(X509Certificate2 given, X509Chain chain)
    {
        ClaimedNode = NodeIdentity.Read(given)?.Node.Value ?? "";
        verdict = RootTrust.JudgeChain(chain, server.Time.GetUtcNow());
        certificate = X509CertificateLoader.LoadCertificate(given.RawDataMemory.Span);
        between = [.. chain.ChainPolicy.ExtraStore.Select(
            static extra => X509CertificateLoader.LoadCertificate(extra.RawDataMemory.Span))];
    }
}
