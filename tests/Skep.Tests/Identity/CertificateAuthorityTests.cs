using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Skep.Transport.Identity;
using static Skep.Tests.Identity.IdentityScene;

namespace Skep.Tests.Identity;

public sealed class CertificateAuthorityTests
{
    private const string SignedWithSha1 = """
        -----BEGIN CERTIFICATE-----
        MIIBbTCCARSgAwIBAgIUaT4+67T2XdNyZAv2+C8zJWWGK4UwCQYHKoZIzj0EATAM
        MQowCAYDVQQDDAFyMCAXDTI2MTEyMjEzNDM1NFoYDzIxMjYxMDI5MTM0MzU0WjAM
        MQowCAYDVQQDDAFyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEB52R1B+s9zu
        DqKmurRWFKvLjQLvJSlBevKbiTr358NrUflmObXp+dPOi19yNgoL16KIoogjK1/8
        11lA1xuOA6NTMFEwHQYDVR0OBBYEFHQ9rF1Y00loKyw7dxFZfykg2sK/MB8GA1Ud
        IwQYMBaAFHQ9rF1Y00loKyw7dxFZfykg2sK/MA8GA1UdEwEB/wQFMAMBAf8wCQYH
        KoZIzj0EAQNIADBFAiEAuJkdwYScS6BP5finSftTYSxGdiHwZ11qtHsyl8ecYXsC
        IF/WA93Hz7JpY+I5ea8BBmMYrNTvgiioD5NHPeOm6ch2
        -----END CERTIFICATE-----
        """;

    private readonly CertificateAuthority authority = CertificateAuthority.NewRoot(Now);

    [Fact]
    public void A_self_made_root_is_named_and_lives_as_swarmkits()
    {
        X509Certificate2 root = Assert.Single(authority.Trust.Roots);
        Assert.Equal("CN=swarm-ca", root.Subject);
        Assert.Equal("1.2.840.10045.4.3.2", root.SignatureAlgorithm.Value);
        Assert.True(root.Extension<X509BasicConstraintsExtension>().CertificateAuthority);
        Assert.Equal(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign,
            root.Extension<X509KeyUsageExtension>().KeyUsages);
        Assert.Equal(TimeSpan.FromDays(7300), root.NotAfter - root.NotBefore);
        Assert.InRange(Now - root.NotBefore, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        Assert.Equal(RootDigest.Of(authority.Trust.Bundle.Span), authority.Trust.Digest);
    }

    [Fact]
    public void A_managers_certificate_says_what_swarmkits_says()
    {
        NodeCertificate node = authority.Issue(ManagerNamed("abc"), TimeSpan.FromDays(90));
        Assert.Equal("O=c1uster000000000000000000, OU=swarm-manager, CN=abc", InOrder(node.Leaf));
        Assert.Equal(ManagerNamed("abc"), node.Identity);
        Assert.Equal(
            ["swarm-manager", "abc", "swarm-ca"],
            node.Leaf.Extension<X509SubjectAlternativeNameExtension>().EnumerateDnsNames());
        Assert.Equal(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment,
            node.Leaf.Extension<X509KeyUsageExtension>().KeyUsages);
        Assert.Equal(
            ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
            node.Leaf.Extension<X509EnhancedKeyUsageExtension>().EnhancedKeyUsages.Cast<Oid>().Select(o => o.Value));
        Assert.False(node.Leaf.Extension<X509BasicConstraintsExtension>().CertificateAuthority);
        Assert.Equal(TimeSpan.FromDays(90) + TimeSpan.FromHours(1), node.NotAfter - node.NotBefore);
        Assert.Empty(node.Between);
        Assert.Equal(TrustState.Trusted, node.Judge(authority.Trust, Now).State);
    }

    [Fact]
    public void A_workers_certificate_does_not_answer_to_a_managers_names()
    {
        NodeCertificate node = authority.Issue(WorkerNamed("abc"));
        Assert.Equal(
            ["swarm-worker", "abc"], node.Leaf.Extension<X509SubjectAlternativeNameExtension>().EnumerateDnsNames());
    }

    [Fact]
    public void A_life_under_an_hour_is_taken_for_the_default()
    {
        NodeCertificate node = authority.Issue(WorkerNamed(), TimeSpan.FromMinutes(59));
        Assert.Equal(TimeSpan.FromDays(90) + TimeSpan.FromHours(1), node.NotAfter - node.NotBefore);
    }

    [Fact]
    public void A2_what_a_request_asks_for_is_not_given()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var asked = new CertificateRequest(
            "CN=victim, OU=swarm-manager, O=other", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("swarm-manager");
        asked.CertificateExtensions.Add(names.Build());
        asked.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        asked.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        byte[] request = Encoding.ASCII.GetBytes(asked.CreateSigningRequestPem());

        byte[] chain = authority.Issue(request, WorkerNamed("abc"), IdentityLimits.NodeLifetime, Now);
        X509Certificate2 leaf = Pem.ReadCertificates(chain)[0];
        Assert.Equal(WorkerNamed("abc"), NodeIdentity.Read(leaf));
        Assert.False(leaf.Extension<X509BasicConstraintsExtension>().CertificateAuthority);
        Assert.Equal(
            ["swarm-worker", "abc"], leaf.Extension<X509SubjectAlternativeNameExtension>().EnumerateDnsNames());
        Assert.False(leaf.Extension<X509KeyUsageExtension>().KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign));
    }

    public static TheoryData<string, byte[]> Unacceptable()
    {
        using NodeKey key = NodeKey.New();
        byte[] good = key.NewRequest();
        string text = Encoding.ASCII.GetString(good);
        byte[] der = Convert.FromBase64String(
            string.Concat(text.Split('\n').Where(line => !line.StartsWith('-'))));
        byte[] foreign = [.. der];
        foreign[^1] ^= 1;
        using RSA weak = RSA.Create(1024);
        using ECDsa odd = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1"));
        return new TheoryData<string, byte[]>
        {
            { "nothing", [] },
            { "no request", "hello"u8.ToArray() },
            { "a megabyte", Encoding.ASCII.GetBytes(text + new string('\n', 1 << 20)) },
            { "two requests", [.. good, .. good] },
            { "something before it", [.. "hello\n"u8, .. good] },
            { "a certificate", CertificateAuthority.NewRoot(Now).SignerPem },
            { "a bad signature", Pem.Write("CERTIFICATE REQUEST", foreign) },
            { "a tail", Pem.Write("CERTIFICATE REQUEST", [.. der, 0]) },
            { "half", Pem.Write("CERTIFICATE REQUEST", der[..(der.Length / 2)]) },
            {
                "a weak key",
                Csr(new CertificateRequest("", weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            },
            { "an odd curve", Csr(new CertificateRequest("", odd, HashAlgorithmName.SHA256)) },
        };
    }

    [Theory, MemberData(nameof(Unacceptable))]
    public void A2_an_unacceptable_request_is_refused(string what, byte[] request)
    {
        Assert.NotEmpty(what);
        Assert.Throws<BadCertificateException>(
            () => authority.Issue(request, WorkerNamed(), IdentityLimits.NodeLifetime, Now));
    }

    [Fact]
    public void A2_a_request_for_the_key_of_the_CA_is_refused()
    {
        Assert.Throws<BadCertificateException>(
            () => authority.Issue(authority.NewCrossSignRequest(), WorkerNamed(), IdentityLimits.NodeLifetime, Now));
    }

    [Fact]
    public void A_request_with_a_good_rsa_key_is_signed()
    {
        using RSA key = RSA.Create(2048);
        byte[] request =
            Csr(new CertificateRequest("", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        byte[] chain = authority.Issue(request, WorkerNamed(), IdentityLimits.NodeLifetime, Now);
        Assert.Equal(
            TrustState.Trusted, authority.Trust.Judge(Pem.ReadCertificates(chain)[0], [], Now).State);
    }

    [Fact]
    public void A_ca_is_loaded_again_from_what_the_store_keeps_of_it()
    {
        using CertificateAuthority again = CertificateAuthority.Load(
            authority.Trust.Bundle.Span, authority.SignerPem, authority.ExportKey(), []);
        Assert.Equal(TrustState.Trusted, again.Issue(ManagerNamed()).Judge(authority.Trust, Now).State);
    }

    [Fact]
    public void Keys_in_the_older_forms_are_read_too()
    {
        using RSA rsa = RSA.Create(2048);
        AssertUsable(Root(new CertificateRequest("CN=r", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            rsa.ExportRSAPrivateKeyPem(), rsa.ExportPkcs8PrivateKeyPem());
        foreach (ECCurve curve in (ECCurve[])[ECCurve.NamedCurves.nistP384, ECCurve.NamedCurves.nistP521])
        {
            using ECDsa elliptic = ECDsa.Create(curve);
            AssertUsable(Root(new CertificateRequest("CN=e", elliptic, HashAlgorithmName.SHA384)),
                elliptic.ExportECPrivateKeyPem(), elliptic.ExportPkcs8PrivateKeyPem());
        }
    }

    [Fact]
    public void A_key_of_another_ca_is_refused()
    {
        using CertificateAuthority other = CertificateAuthority.NewRoot(Now);
        var error = Assert.Throws<BadCertificateException>(() => CertificateAuthority.Load(
            authority.Trust.Bundle.Span, authority.SignerPem, other.ExportKey(), []));
        Assert.Equal("certificate key mismatch", error.Message);
    }

    [Fact]
    public void A_signer_that_the_roots_do_not_know_is_refused()
    {
        using CertificateAuthority other = CertificateAuthority.NewRoot(Now);
        Assert.Throws<BadCertificateException>(() => CertificateAuthority.Load(
            authority.Trust.Bundle.Span, other.SignerPem, other.ExportKey(), []));
    }

    [Fact]
    public void A_root_that_is_no_ca_or_not_self_signed_or_weakly_signed_is_refused()
    {
        NodeCertificate leaf = authority.Issue(ManagerNamed());
        Assert.Throws<BadCertificateException>(() => RootTrust.Parse(leaf.ChainPem.Span));
        using CertificateAuthority other = CertificateAuthority.NewRoot(Now);
        Assert.Throws<BadCertificateException>(() => RootTrust.Parse(authority.CrossSign(other.SignerPem)));
        Assert.Throws<BadCertificateException>(() => RootTrust.Parse(Encoding.ASCII.GetBytes(SignedWithSha1)));
        Assert.Throws<BadCertificateException>(() => RootTrust.Parse("nothing"u8));
        Assert.Throws<BadCertificateException>(() => RootTrust.Parse(
            [.. authority.Trust.Bundle.Span, .. authority.ExportKey()]));
    }

    private static void AssertUsable(byte[] root, params string[] keys)
    {
        foreach (string key in keys)
        {
            using CertificateAuthority loaded =
                CertificateAuthority.Load(root, root, Encoding.ASCII.GetBytes(key), []);
            Assert.Equal(TrustState.Trusted, loaded.Issue(WorkerNamed()).Judge(loaded.Trust, Now).State);
        }
    }

    private static byte[] Root(CertificateRequest request)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 root = request.CreateSelfSigned(Now.AddDays(-1), Now.AddYears(5));
        return Pem.Write([root]);
    }

    private static byte[] Csr(CertificateRequest request) =>
        Encoding.ASCII.GetBytes(request.CreateSigningRequestPem());

    private static string InOrder(X509Certificate2 certificate) => string.Join(", ", certificate.SubjectName
        .EnumerateRelativeDistinguishedNames(reversed: false)
        .Select(part => part.GetSingleElementType().FriendlyName + "=" + part.GetSingleElementValue()));
}
