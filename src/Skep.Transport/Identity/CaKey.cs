using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Skep.Transport.Identity;

/// <summary>The private key of a CA, ready to sign.</summary>
/// <remarks>
/// Held by managers only, in memory and in the encrypted log; its text form is zeroed by who asks for it.
/// </remarks>
internal sealed class CaKey : IDisposable
{
    private readonly AsymmetricAlgorithm key;

    private CaKey(AsymmetricAlgorithm key)
    {
        this.key = key;
        (Generator, Hash) = key switch
        {
            ECDsa elliptic => (X509SignatureGenerator.CreateForECDsa(elliptic), elliptic.KeySize switch
            {
                <= 256 => HashAlgorithmName.SHA256,
                <= 384 => HashAlgorithmName.SHA384,
                _ => HashAlgorithmName.SHA512,
            }),
            RSA rsa => (X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1), HashAlgorithmName.SHA256),
            _ => throw new BadCertificateException("the private key is of an unsupported kind"),
        };
    }

    public X509SignatureGenerator Generator { get; }

    public HashAlgorithmName Hash { get; }

    public static CaKey NewP256() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads "PRIVATE KEY" (PKCS#8), "EC PRIVATE KEY" (RFC 5915) and "RSA PRIVATE KEY" (PKCS#1).</summary>
    /// <exception cref="BadCertificateException">It is none of them, or encrypted.</exception>
    public static CaKey Parse(ReadOnlySpan<byte> pem)
    {
        if (pem.Length > IdentityLimits.RequestBytesMax)
        {
            throw new BadCertificateException("malformed private key");
        }

        var text = new char[pem.Length];
        Encoding.Latin1.GetChars(pem, text);
        try
        {
            return new CaKey(Import(text));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new BadCertificateException("malformed private key", e);
        }
        finally
        {
            text.AsSpan().Clear();
        }
    }

    public bool IsOf(X509Certificate2 certificate) =>
        Generator.PublicKey.ExportSubjectPublicKeyInfo().AsSpan()
            .SequenceEqual(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>PKCS#8 in PEM: a secret. The caller zeroes it.</summary>
    public byte[] Export()
    {
        byte[] der = key.ExportPkcs8PrivateKey();
        try
        {
            return Pem.Write("PRIVATE KEY", der);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    /// <summary>A signing request with the CA's own key, for another CA that shall cross-sign it.</summary>
    public CertificateRequest NewRequest(X500DistinguishedName subject) => key switch
    {
        ECDsa elliptic => new CertificateRequest(subject, elliptic, Hash),
        _ => new CertificateRequest(subject, (RSA)key, Hash, RSASignaturePadding.Pkcs1),
    };

    public void Dispose() => key.Dispose();

    private static AsymmetricAlgorithm Import(char[] text)
    {
        PemFields at = PemEncoding.Find(text);
        ReadOnlySpan<char> label = text.AsSpan()[at.Label];
        bool isRsa = label is "RSA PRIVATE KEY";
        if (!isRsa && label is not ("PRIVATE KEY" or "EC PRIVATE KEY"))
        {
            throw new CryptographicException("not a private key");
        }

        if (!isRsa)
        {
            var elliptic = ECDsa.Create();
            try
            {
                elliptic.ImportFromPem(text);
                return elliptic;
            }
            catch (CryptographicException) when (text.AsSpan()[at.Label] is "PRIVATE KEY")
            {
                // PKCS#8 says what it holds only inside: not an elliptic curve, so it is tried as RSA.
                elliptic.Dispose();
            }
        }

        var rsa = RSA.Create();
        rsa.ImportFromPem(text);
        return rsa;
    }
}
