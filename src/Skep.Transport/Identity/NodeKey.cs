using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Skep.Transport.Identity;

/// <summary>A node's own P-256 key. It is made on the node and never leaves it.</summary>
public sealed class NodeKey : IDisposable
{
    private readonly ECDsa key;

    private NodeKey(ECDsa key) => this.key = key;

    public static NodeKey New() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>A signing request with an empty subject: who the node is, the CA decides.</summary>
    public byte[] NewRequest()
    {
        var request = new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256);
        return Pem.Write(SigningRequest.Label, request.CreateSigningRequest());
    }

    internal static NodeKey Import(ReadOnlySpan<byte> pkcs8)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out _);
            return new NodeKey(key);
        }
        catch (CryptographicException e)
        {
            key.Dispose();
            throw new BadCertificateException("the node's private key cannot be read", e);
        }
    }

    /// <summary>The caller zeroes it.</summary>
    internal byte[] Export() => key.ExportPkcs8PrivateKey();

    /// <exception cref="BadCertificateException">The certificate is of another key.</exception>
    internal X509Certificate2 Join(X509Certificate2 certificate)
    {
        try
        {
            return certificate.CopyWithPrivateKey(key);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or CryptographicException)
        {
            throw new BadCertificateException("the certificate is not of the node's key", e);
        }
    }

    public void Dispose() => key.Dispose();
}
