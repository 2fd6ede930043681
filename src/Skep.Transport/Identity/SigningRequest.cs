using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Skep.Transport.Identity;

/// <summary>What is taken from a stranger's signing request: its public key, and nothing else.</summary>
/// <remarks>
/// Subject, names and extensions that it asks for are not even read. Its own signature proves that the asker has the
/// private key, so that nobody gets a certificate for another's.
/// </remarks>
public sealed class SigningRequest
{
    internal const string Label = "CERTIFICATE REQUEST";

    // What older tools write (RFC 7468 section 7).
    private const string OldLabel = "NEW CERTIFICATE REQUEST";

    private SigningRequest(PublicKey key) => Key = key;

    public PublicKey Key { get; }

    /// <exception cref="BadCertificateException">It is not one well-formed request with a good key.</exception>
    public static SigningRequest Parse(ReadOnlySpan<byte> pem)
    {
        if (pem.Length > IdentityLimits.RequestBytesMax)
        {
            throw new BadCertificateException("the certificate request is too long");
        }

        string text = Encoding.ASCII.GetString(pem).Trim();
        bool isOneBlock = PemEncoding.TryFind(text, out PemFields at)
            && at.Location.Start.Value == 0
            && at.Location.End.Value == text.Length
            && text[at.Label] is Label or OldLabel;
        if (!isOneBlock)
        {
            throw new BadCertificateException("the certificate request is not one block of PEM");
        }

        try
        {
            byte[] der = Convert.FromBase64String(text[at.Base64Data]);
            CertificateRequest request = CertificateRequest.LoadSigningRequest(
                der, HashAlgorithmName.SHA256, out int consumed, CertificateRequestLoadOptions.Default);
            if (consumed != der.Length)
            {
                throw new BadCertificateException("the certificate request has something behind it");
            }

            CertificateRules.CheckKey(request.PublicKey);
            return new SigningRequest(request.PublicKey);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or NotSupportedException)
        {
            throw new BadCertificateException("the certificate request cannot be read, or is not signed by its key", e);
        }
    }
}
