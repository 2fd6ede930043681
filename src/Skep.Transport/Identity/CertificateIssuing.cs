using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Skep.Transport.Identity;

/// <summary>The contents of the certificates that a swarm's CA makes.</summary>
internal static class CertificateIssuing
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private const string AuthorityKeyIdentifier = "2.5.29.35";

    /// <summary>When a certificate made now begins: an hour back, on a whole second as X.509 has it.</summary>
    public static DateTimeOffset StartOf(DateTimeOffset now)
    {
        DateTimeOffset from = now.ToUniversalTime() - IdentityLimits.Backdate;
        return from - TimeSpan.FromTicks(from.Ticks % TimeSpan.TicksPerSecond);
    }

    /// <summary>Random, positive, and not to be told in advance (RFC 5280 4.1.2.2).</summary>
    public static byte[] NewSerial()
    {
        byte[] serial = RandomNumberGenerator.GetBytes(IdentityLimits.SerialBytes);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        return serial;
    }

    public static X509Certificate2 Sign(
        PublicKey owner,
        NodeIdentity identity,
        TimeSpan lifetime,
        DateTimeOffset now,
        X509Certificate2 signer,
        CaKey key)
    {
        var request = new CertificateRequest(identity.ToSubject(), owner, key.Hash);
        var names = new SubjectAlternativeNameBuilder();
        foreach (string name in identity.DnsNames)
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(owner, critical: false));
        AddAuthorityKey(request, signer);
        request.CertificateExtensions.Add(names.Build());

        TimeSpan life = lifetime < IdentityLimits.NodeLifetimeMin ? IdentityLimits.NodeLifetime : lifetime;
        DateTimeOffset from = StartOf(now);
        DateTimeOffset until = from + IdentityLimits.Backdate + life;
        return request.Create(signer.SubjectName, key.Generator, from, until, NewSerial());
    }

    /// <summary>The same subject, key, life and rights; only the signature and its traces are the signer's.</summary>
    public static X509Certificate2 CrossSign(X509Certificate2 other, X509Certificate2 signer, CaKey key)
    {
        var request = new CertificateRequest(other.SubjectName, other.PublicKey, key.Hash);
        foreach (X509Extension extension in other.Extensions)
        {
            if (extension.Oid?.Value is not (AuthorityKeyIdentifier or SubjectAlternativeName))
            {
                request.CertificateExtensions.Add(extension);
            }
        }

        AddAuthorityKey(request, signer);
        return request.Create(
            signer.SubjectName,
            key.Generator,
            other.NotBefore.ToUniversalTime(),
            other.NotAfter.ToUniversalTime(),
            NewSerial());
    }

    // A swarm's roots all have one subject, so it is this identifier that finds the right one among them.
    private static void AddAuthorityKey(CertificateRequest request, X509Certificate2 signer)
    {
        X509SubjectKeyIdentifierExtension? id =
            signer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault();
        if (id is not null)
        {
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(id));
        }
    }
}
