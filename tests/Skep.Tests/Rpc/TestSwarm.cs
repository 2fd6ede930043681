using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Skep.Transport.Rpc;

namespace Skep.Tests.Rpc;

/// <summary>A swarm's root and the certificates it gives, without any of the code that is under test.</summary>
internal sealed class TestSwarm
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 root;
    private readonly string cluster;

    public TestSwarm(string cluster)
    {
        this.cluster = cluster;
        var request = new CertificateRequest("CN=swarm-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 1, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        root = request.CreateSelfSigned(Now.AddDays(-30), Now.AddYears(20));
    }

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public X509Certificate2 Manager(string node) => Issue(node, "swarm-manager", Now.AddDays(90));

    public X509Certificate2 Worker(string node) => Issue(node, "swarm-worker", Now.AddDays(90));

    public X509Certificate2 Expired(string node) => Issue(node, "swarm-worker", Now.AddHours(-1));

    public RpcIdentity Identity(X509Certificate2 certificate) => new(certificate, [], [root]);

    /// <summary>What a client of this swarm connects with.</summary>
    /// <param name="shown">Null: no certificate.</param>
    public SslClientAuthenticationOptions Client(X509Certificate2? shown) => new()
    {
        TargetHost = "swarm-manager",
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http2],
        ClientCertificateContext = shown is null ? null : SslStreamCertificateContext.Create(shown, null, true),
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
    };

    private X509Certificate2 Issue(string node, string role, DateTimeOffset until)
    {
        using ECDsa own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"O={cluster}, OU={role}, CN={node}", own, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(role);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 issued = request.Create(
            root.SubjectName,
            X509SignatureGenerator.CreateForECDsa(key),
            Now.AddDays(-2),
            until,
            RandomNumberGenerator.GetBytes(16));
        return issued.CopyWithPrivateKey(own);
    }
}
