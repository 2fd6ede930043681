using System.Security.Cryptography.X509Certificates;

namespace Skep.Transport.Identity;

/// <summary>A CA that can sign: the roots it is checked against, its own certificate and key.</summary>
/// <remarks>
/// <para>
/// Its certificate is a root of the trust, except while the swarm moves to a new root. Then nodes trust the old root
/// only, the signer is the new root's key under a certificate that the old root signed (cross-signed), and that
/// certificate is appended to all it issues. So what is issued is good under the old root, with the appended one, and
/// under the new root without, and nodes may change their roots one by one.
/// </para>
/// Thread-safe. Disposing it frees the key.
/// </remarks>
public sealed class CertificateAuthority : IDisposable
{
    private readonly X509Certificate2 signer;
    private readonly CaKey key;
    private readonly byte[] appended;

    private CertificateAuthority(RootTrust trust, X509Certificate2 signer, CaKey key, byte[] appended)
    {
        Trust = trust;
        this.signer = signer;
        this.key = key;
        this.appended = appended;
    }

    public RootTrust Trust { get; }

    /// <summary>PEM of the certificate that signs.</summary>
    public byte[] SignerPem => Pem.Write([signer]);

    /// <summary>A new root with a new P-256 key.</summary>
    public static CertificateAuthority NewRoot(DateTimeOffset now)
    {
        CaKey key = CaKey.NewP256();
        var subject = new X500DistinguishedName($"CN={NodeIdentity.AuthorityName}");
        var request = new CertificateRequest(subject, key.Generator.PublicKey, key.Hash);
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        DateTimeOffset from = CertificateIssuing.StartOf(now);
        X509Certificate2 root = request.Create(
            subject, key.Generator, from, from + IdentityLimits.RootLifetime, CertificateIssuing.NewSerial());
        return new CertificateAuthority(RootTrust.Parse(Pem.Write([root])), root, key, []);
    }

    /// <summary>A CA from the store or from a user.</summary>
    /// <param name="roots">The bundle that nodes trust.</param>
    /// <param name="signer">PEM; its first certificate signs.</param>
    /// <param name="key">PEM of its private key.</param>
    /// <param name="appended">PEM of what is appended to every certificate issued; may be empty.</param>
    /// <exception cref="BadCertificateException">The parts do not fit together.</exception>
    public static CertificateAuthority Load(
        ReadOnlySpan<byte> roots,
        ReadOnlySpan<byte> signer,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> appended)
    {
        RootTrust trust = RootTrust.Parse(roots);
        X509Certificate2 certificate = Pem.ReadCertificates(signer)[0];
        CertificateRules.CheckSigner(certificate);
        X509Certificate2[] between = appended.IsEmpty ? [] : Pem.ReadCertificates(appended);
        if (!trust.HasSigned(certificate))
        {
            throw new BadCertificateException("the signing CA certificate does not lead to a root CA certificate");
        }

        if (between.Length > 0 && !IsSameAuthority(between[0], certificate))
        {
            throw new BadCertificateException("the intermediate CA certificate is not of the signing CA");
        }

        CaKey signingKey = CaKey.Parse(key);
        if (!signingKey.IsOf(certificate))
        {
            signingKey.Dispose();
            throw new BadCertificateException("certificate key mismatch");
        }

        return new CertificateAuthority(trust, certificate, signingKey, appended.ToArray());
    }

    /// <summary>The CA while a swarm moves from one root to another.</summary>
    /// <param name="roots">What nodes trust still.</param>
    /// <param name="oldKey">Key of the old root; empty when an external CA has it.</param>
    /// <param name="next">The new root.</param>
    /// <param name="nextKey">Key of the new root.</param>
    /// <param name="crossSigned">The new root, signed by the old.</param>
    /// <exception cref="BadCertificateException">The parts do not fit together.</exception>
    public static CertificateAuthority LoadBetween(
        ReadOnlySpan<byte> roots,
        ReadOnlySpan<byte> oldKey,
        ReadOnlySpan<byte> next,
        ReadOnlySpan<byte> nextKey,
        ReadOnlySpan<byte> crossSigned)
    {
        byte[] between = crossSigned.ToArray();
        if (!oldKey.IsEmpty && !CrossSigned.NamesSigner(Pem.ReadCertificates(between)[0]))
        {
            // A Docker manager made it, and OpenSSL would take it for self-signed: ours says by which key it is signed.
            using CertificateAuthority old = Load(roots, roots, oldKey, []);
            between = old.CrossSign(next);
        }

        return Load(roots, between, nextKey, between);
    }

    /// <summary>Signs a node's request for the identity that our own records give it.</summary>
    /// <returns>PEM: the certificate, then what is appended.</returns>
    /// <exception cref="BadCertificateException">The request is not acceptable.</exception>
    public byte[] Issue(ReadOnlySpan<byte> request, NodeIdentity identity, TimeSpan lifetime, DateTimeOffset now)
    {
        SigningRequest asked = SigningRequest.Parse(request);
        if (key.Generator.PublicKey.ExportSubjectPublicKeyInfo().AsSpan()
            .SequenceEqual(asked.Key.ExportSubjectPublicKeyInfo()))
        {
            throw new BadCertificateException("the certificate request is for the key of the CA");
        }

        using X509Certificate2 issued =
            CertificateIssuing.Sign(asked.Key, identity, lifetime, now, signer, key);
        return [.. Pem.Write([issued]), .. appended];
    }

    /// <summary>The other root's certificate, signed by this CA: what both roots' followers can check.</summary>
    /// <returns>PEM.</returns>
    public byte[] CrossSign(ReadOnlySpan<byte> otherRoot)
    {
        X509Certificate2 other = Pem.ReadCertificates(otherRoot)[0];
        CertificateRules.CheckSigner(other);
        using X509Certificate2 crossSigned = CertificateIssuing.CrossSign(other, signer, key);
        return Pem.Write([crossSigned]);
    }

    /// <summary>A request by which another CA cross-signs this one.</summary>
    public byte[] NewCrossSignRequest()
    {
        CertificateRequest request = key.NewRequest(signer.SubjectName);
        foreach (X509Extension extension in signer.Extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        return Pem.Write(SigningRequest.Label, request.CreateSigningRequest());
    }

    /// <summary>The certificate that signs.</summary>
    public X509Certificate2 Signer => signer;

    /// <summary>The private key in PEM: a secret, for the store. The caller zeroes it.</summary>
    public byte[] ExportKey() => key.Export();

    public void Dispose() => key.Dispose();

    private static bool IsSameAuthority(X509Certificate2 one, X509Certificate2 other) =>
        one.SubjectName.RawData.AsSpan().SequenceEqual(other.SubjectName.RawData)
        && one.PublicKey.ExportSubjectPublicKeyInfo().AsSpan()
            .SequenceEqual(other.PublicKey.ExportSubjectPublicKeyInfo());
}
