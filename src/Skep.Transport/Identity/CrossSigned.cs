using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Skep.Transport.Identity;

/// <summary>Finds the CA certificates, among those that a peer sent, that a root of ours has signed.</summary>
/// <remarks>
/// All roots of a swarm have one name, so a root that another one signed has the same name as subject and as issuer.
/// The ones that Docker's managers make do not carry the identifier of the signing key either. OpenSSL takes such a
/// certificate for self-signed, by its looks, and ends the chain there with an error. So the one step that OpenSSL will
/// not do is done here: the signature on the certificate is checked with the root's key, and what passes is given to
/// OpenSSL as an anchor. It still checks everything else of the chain.
/// </remarks>
internal static class CrossSigned
{
    // SHA-256, SHA-384 and SHA-512 with RSA (RFC 4055) and with ECDSA (RFC 5758).
    private static readonly Dictionary<string, (HashAlgorithmName Hash, bool IsRsa)> Algorithms = new()
    {
        ["1.2.840.113549.1.1.11"] = (HashAlgorithmName.SHA256, true),
        ["1.2.840.113549.1.1.12"] = (HashAlgorithmName.SHA384, true),
        ["1.2.840.113549.1.1.13"] = (HashAlgorithmName.SHA512, true),
        ["1.2.840.10045.4.3.2"] = (HashAlgorithmName.SHA256, false),
        ["1.2.840.10045.4.3.3"] = (HashAlgorithmName.SHA384, false),
        ["1.2.840.10045.4.3.4"] = (HashAlgorithmName.SHA512, false),
    };

    /// <param name="sent">Certificates of unknown worth.</param>
    public static X509Certificate2[] Find(
        IEnumerable<X509Certificate2> sent, IEnumerable<X509Certificate2> roots)
    {
        var found = new List<X509Certificate2>();
        foreach (X509Certificate2 certificate in sent.Take(IdentityLimits.BundleCertificatesMax))
        {
            if (LooksSelfSigned(certificate) && IsAuthority(certificate) && IsSignedByAny(certificate, roots))
            {
                found.Add(certificate);
            }
        }

        return [.. found];
    }

    /// <summary>Whether one of the roots has signed it.</summary>
    public static bool IsSignedByAny(X509Certificate2 certificate, IEnumerable<X509Certificate2> roots) =>
        roots.Any(root =>
            certificate.IssuerName.RawData.AsSpan().SequenceEqual(root.SubjectName.RawData)
            && IsSignedBy(certificate, root));

    /// <summary>Whether it says by which key it was signed, so that nobody takes it for self-signed.</summary>
    public static bool NamesSigner(X509Certificate2 certificate) =>
        !LooksSelfSigned(certificate)
        || certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().Any();

    private static bool LooksSelfSigned(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static bool IsAuthority(X509Certificate2 certificate)
    {
        try
        {
            CertificateRules.CheckSigner(certificate);
            return true;
        }
        catch (BadCertificateException)
        {
            return false;
        }
    }

    /// <remarks>
    /// RFC 5280 4.1: Certificate is a sequence of tbsCertificate, signatureAlgorithm and signatureValue; the signature
    /// is over the first of them as it stands in the DER.
    /// </remarks>
    private static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 root)
    {
        try
        {
            var outer = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.DER);
            AsnReader whole = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            ReadOnlyMemory<byte> signed = whole.ReadEncodedValue();
            string algorithm = whole.ReadSequence().ReadObjectIdentifier();
            byte[] signature = whole.ReadBitString(out int unusedBits);
            whole.ThrowIfNotEmpty();
            return unusedBits == 0
                && algorithm == certificate.SignatureAlgorithm.Value
                && Algorithms.TryGetValue(algorithm, out var known)
                && Verify(signed.Span, signature, root, known.Hash, known.IsRsa);
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            return false;
        }
    }

    private static bool Verify(
        ReadOnlySpan<byte> signed, byte[] signature, X509Certificate2 root, HashAlgorithmName hash, bool isRsa)
    {
        if (isRsa)
        {
            using RSA? rsa = root.GetRSAPublicKey();
            return rsa is not null && rsa.VerifyData(signed, signature, hash, RSASignaturePadding.Pkcs1);
        }

        using ECDsa? elliptic = root.GetECDsaPublicKey();
        return elliptic is not null
            && elliptic.VerifyData(signed, signature, hash, DSASignatureFormat.Rfc3279DerSequence);
    }
}
