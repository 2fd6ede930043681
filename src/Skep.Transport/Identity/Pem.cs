using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Skep.Transport.Identity;

/// <summary>Text that is not what a key or certificate must be. The message names no content.</summary>
public sealed class BadCertificateException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Certificates as text, in the one form that SwarmKit writes: 64 columns, no headers, a last newline.
/// </summary>
public static class Pem
{
    public const string CertificateLabel = "CERTIFICATE";

    public static byte[] Write(string label, ReadOnlySpan<byte> der) =>
        Encoding.ASCII.GetBytes(PemEncoding.WriteString(label, der) + "\n");

    public static byte[] Write(IEnumerable<X509Certificate2> certificates) =>
        [.. certificates.SelectMany(certificate => Write(CertificateLabel, certificate.RawDataMemory.Span))];

    /// <summary>
    /// The same blocks without headers, comments and odd white space, so that bundles can be compared.
    /// </summary>
    public static byte[] Normalize(ReadOnlySpan<byte> pem)
    {
        CheckLength(pem);
        return [.. ReadBlocks(pem).SelectMany(block => Write(block.Label, block.Der))];
    }

    /// <summary>Every certificate of a bundle, in order.</summary>
    /// <exception cref="BadCertificateException">None, too many, too long, or something else among them.</exception>
    public static X509Certificate2[] ReadCertificates(ReadOnlySpan<byte> pem)
    {
        CheckLength(pem);
        List<(string Label, byte[] Der)> blocks = ReadBlocks(pem);
        if (blocks.Count == 0)
        {
            throw new BadCertificateException("no valid certificates found");
        }

        return [.. blocks.Select(block => block.Label == CertificateLabel
            ? ReadCertificate(block.Der)
            : throw new BadCertificateException("a bundle holds something that is not a certificate"))];
    }

    public static X509Certificate2 ReadCertificate(ReadOnlySpan<byte> der)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(der);
        }
        catch (CryptographicException e)
        {
            throw new BadCertificateException("a certificate cannot be read", e);
        }
    }

    /// <summary>The blocks of a text with their labels; what stands between them is skipped.</summary>
    internal static List<(string Label, byte[] Der)> ReadBlocks(ReadOnlySpan<byte> pem)
    {
        var blocks = new List<(string, byte[])>();
        ReadOnlySpan<char> rest = Encoding.ASCII.GetString(pem);
        while (PemEncoding.TryFind(rest, out PemFields at))
        {
            if (blocks.Count == IdentityLimits.BundleCertificatesMax)
            {
                throw new BadCertificateException("a certificate bundle holds too many certificates");
            }

            var der = new byte[at.DecodedDataLength];
            bool isDecoded = Convert.TryFromBase64Chars(rest[at.Base64Data], der, out int written);
            Invariant.Holds(isDecoded && written == der.Length);
            blocks.Add((rest[at.Label].ToString(), der));
            rest = rest[at.Location.End..];
        }

        return blocks;
    }

    private static void CheckLength(ReadOnlySpan<byte> pem)
    {
        if (pem.Length > IdentityLimits.BundleBytesMax)
        {
            throw new BadCertificateException("a certificate bundle is too long");
        }
    }
}
