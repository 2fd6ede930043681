using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Skep.Transport.Identity;

/// <summary>A node's certificate with its key and what stands between it and a root, as issued.</summary>
/// <remarks>
/// Immutable and thread-safe. Never disposed by hand: connections of unknown life use it after it was replaced.
/// </remarks>
public sealed class NodeCertificate
{
    private readonly byte[] pem;

    private NodeCertificate(byte[] pem, NodeIdentity identity, X509Certificate2 leaf, X509Certificate2[] between)
    {
        this.pem = pem;
        Identity = identity;
        Leaf = leaf;
        Between = between;
    }

    public NodeIdentity Identity { get; }

    /// <summary>The node's own certificate, with its private key.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>What follows it in the chain: the cross-signed CA during a change of roots, else nothing.</summary>
    public IReadOnlyList<X509Certificate2> Between { get; }

    /// <summary>The whole chain in PEM, as it was issued.</summary>
    public ReadOnlyMemory<byte> ChainPem => pem;

    public DateTimeOffset NotBefore => Leaf.NotBefore.ToUniversalTime();

    public DateTimeOffset NotAfter => Leaf.NotAfter.ToUniversalTime();

    /// <summary>DER of the issuer's name: what a node reports, so that managers see who has the new root.</summary>
    public byte[] IssuerSubject => Leaf.IssuerName.RawData;

    /// <summary>Joins a chain to the key it was asked for.</summary>
    /// <exception cref="BadCertificateException">It is not the certificate of a node, or not of this key.</exception>
    public static NodeCertificate Load(ReadOnlySpan<byte> chain, NodeKey key)
    {
        X509Certificate2[] all = Pem.ReadCertificates(chain);
        NodeIdentity identity = NodeIdentity.Read(all[0])
            ?? throw new BadCertificateException("the certificate is not the one of a node");
        return new NodeCertificate(chain.ToArray(), identity, key.Join(all[0]), all[1..]);
    }

    /// <summary>Follows it up to a root of the swarm.</summary>
    public TrustVerdict Judge(RootTrust trust, DateTimeOffset now) => trust.Judge(Leaf, Between, now);

    /// <summary>PKCS#8, for the key file. The caller zeroes it.</summary>
    internal byte[] ExportKey()
    {
        using ECDsa key = Leaf.GetECDsaPrivateKey() ?? throw new BadCertificateException("the node has no key");
        return key.ExportPkcs8PrivateKey();
    }
}
