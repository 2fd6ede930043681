using System.Security.Cryptography.X509Certificates;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Identity;

namespace Skep.Tests.Identity;

/// <summary>Small builders for the tests of keys and certificates.</summary>
internal static class IdentityScene
{
    public static readonly ClusterId Cluster = new("c1uster000000000000000000");

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static NodeIdentity ManagerNamed(string id = "m1node0000000000000000000") =>
        new(new NodeId(id), NodeRole.Manager, Cluster);

    public static NodeIdentity WorkerNamed(string id = "w1node0000000000000000000") =>
        new(new NodeId(id), NodeRole.Worker, Cluster);

    public static NodeCertificate Issue(
        this CertificateAuthority authority,
        NodeIdentity identity,
        TimeSpan? lifetime = null,
        DateTimeOffset? at = null)
    {
        using NodeKey key = NodeKey.New();
        byte[] chain = authority.Issue(
            key.NewRequest(), identity, lifetime ?? IdentityLimits.NodeLifetime, at ?? Now);
        return NodeCertificate.Load(chain, key);
    }

    /// <summary>The CA as it is while a swarm moves from one root to another.</summary>
    public static CertificateAuthority Between(CertificateAuthority old, CertificateAuthority next)
    {
        byte[] crossSigned = old.CrossSign(next.SignerPem);
        return CertificateAuthority.Load(old.Trust.Bundle.Span, crossSigned, next.ExportKey(), crossSigned);
    }

    /// <summary>
    /// As <see cref="Between"/>, with a cross-signed root as Docker's managers make it: no authority key.
    /// </summary>
    public static CertificateAuthority BetweenByDocker(CertificateAuthority old, CertificateAuthority next)
    {
        using CaKey key = CaKey.Parse(old.ExportKey());
        X509Certificate2 root = next.Trust.Roots[0];
        var request = new CertificateRequest(root.SubjectName, root.PublicKey, key.Hash);
        foreach (X509Extension extension in root.Extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        using X509Certificate2 made = request.Create(
            old.Trust.Roots[0].SubjectName,
            key.Generator,
            root.NotBefore.ToUniversalTime(),
            root.NotAfter.ToUniversalTime(),
            root.SerialNumberBytes.Span);
        byte[] crossSigned = Pem.Write([made]);
        return CertificateAuthority.Load(old.Trust.Bundle.Span, crossSigned, next.ExportKey(), crossSigned);
    }

    public static T Extension<T>(this X509Certificate2 certificate)
        where T : X509Extension => Assert.Single(certificate.Extensions.OfType<T>());
}
