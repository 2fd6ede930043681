using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Skep.Transport.Identity;

/// <summary>Which keys, signatures and CA certificates are good enough.</summary>
internal static class CertificateRules
{
    // OIDs of SHA-256, SHA-384 and SHA-512 with RSA (RFC 4055) and with ECDSA (RFC 5758).
    private static readonly string[] SignatureAlgorithms =
    [
        "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13",
        "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4",
    ];

    // P-256, P-384 and P-521 (RFC 5480).
    private static readonly string[] Curves = ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"];

    /// <exception cref="BadCertificateException">It is no root of its own.</exception>
    public static void CheckRoot(X509Certificate2 root)
    {
        CheckSigner(root);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        bool isSelfSigned = root.SubjectName.RawData.AsSpan().SequenceEqual(root.IssuerName.RawData);
        if (!isSelfSigned || !chain.Build(root) || chain.ChainElements.Count != 1)
        {
            throw new BadCertificateException("a root CA certificate is not self-signed");
        }
    }

    /// <summary>A certificate that signs others: a CA, with a good key and a good signature.</summary>
    public static void CheckSigner(X509Certificate2 signer)
    {
        if (!SignatureAlgorithms.Contains(signer.SignatureAlgorithm.Value))
        {
            throw new BadCertificateException(
                $"unsupported signature algorithm: {signer.SignatureAlgorithm.FriendlyName}");
        }

        CheckKey(signer.PublicKey);
        bool isAuthority = signer.Extensions.OfType<X509BasicConstraintsExtension>().Any(e => e.CertificateAuthority);
        X509KeyUsageExtension? use = signer.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
        if (!isAuthority || use?.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign) is false)
        {
            throw new BadCertificateException("a certificate of the CA is not one that may sign others");
        }
    }

    /// <exception cref="BadCertificateException">The key is weak, or of a kind that is not used here.</exception>
    public static void CheckKey(PublicKey key)
    {
        try
        {
            using ECDsa? elliptic = key.GetECDsaPublicKey();
            using RSA? rsa = key.GetRSAPublicKey();
            bool isGood = (elliptic, rsa) switch
            {
                ({ } ec, _) => Curves.Contains(ec.ExportParameters(false).Curve.Oid.Value),
                (_, { } r) => r.KeySize is >= IdentityLimits.RsaBitsMin and <= IdentityLimits.RsaBitsMax
                    && r.ExportParameters(false).Exponent is [_, _, ..],
                _ => false,
            };
            if (!isGood)
            {
                throw new BadCertificateException("the public key is weak or of an unsupported kind");
            }
        }
        catch (CryptographicException e)
        {
            throw new BadCertificateException("the public key cannot be read", e);
        }
    }
}
