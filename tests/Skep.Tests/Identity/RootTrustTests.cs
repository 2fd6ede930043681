using System.Security.Cryptography.X509Certificates;
using Skep.Transport.Identity;
using static Skep.Tests.Identity.IdentityScene;

namespace Skep.Tests.Identity;

public sealed class RootTrustTests
{
    private readonly CertificateAuthority authority = CertificateAuthority.NewRoot(Now.AddDays(-200));

    [Fact]
    public void A3_a_certificate_of_another_swarm_is_not_trusted()
    {
        using CertificateAuthority other = CertificateAuthority.NewRoot(Now);
        TrustVerdict verdict = other.Issue(ManagerNamed()).Judge(authority.Trust, Now);
        Assert.Equal(TrustState.Untrusted, verdict.State);
        Assert.Null(verdict.Issuer);
    }

    [Fact]
    public void A3_a_chain_that_brings_its_own_root_is_not_trusted()
    {
        using CertificateAuthority other = CertificateAuthority.NewRoot(Now);
        NodeCertificate stranger = other.Issue(ManagerNamed());
        Assert.Equal(TrustState.Untrusted, authority.Trust.Judge(stranger.Leaf, other.Trust.Roots, Now).State);
    }

    [Fact]
    public void A3_a_certificate_that_a_node_signed_is_not_trusted()
    {
        NodeCertificate node = authority.Issue(ManagerNamed());
        using NodeKey key = NodeKey.New();
        var forged = new CertificateRequest(
            node.Leaf.SubjectName, PublicKeyOf(key), System.Security.Cryptography.HashAlgorithmName.SHA256);
        using System.Security.Cryptography.ECDsa signer = node.Leaf.GetECDsaPrivateKey()!;
        using X509Certificate2 leaf = forged.Create(
            node.Leaf.SubjectName,
            X509SignatureGenerator.CreateForECDsa(signer),
            node.NotBefore,
            node.NotAfter,
            [1, 2, 3]);
        Assert.Equal(TrustState.Untrusted, authority.Trust.Judge(leaf, [node.Leaf], Now).State);
    }

    [Fact]
    public void The_issuer_is_named()
    {
        TrustVerdict verdict = authority.Issue(WorkerNamed()).Judge(authority.Trust, Now);
        Assert.Equal(authority.Trust.Roots[0].Thumbprint, verdict.Issuer!.Thumbprint);
    }

    [Fact]
    public void T2_a_clock_59_minutes_behind_is_good_and_one_61_minutes_behind_is_named()
    {
        using CertificateAuthority young = CertificateAuthority.NewRoot(Now);
        NodeCertificate node = young.Issue(ManagerNamed());
        Assert.Equal(TrustState.Trusted, node.Judge(young.Trust, Now.AddMinutes(-59)).State);
        TrustVerdict verdict = node.Judge(young.Trust, Now.AddMinutes(-61));
        Assert.Equal(TrustState.NotYetValid, verdict.State);
        Assert.Contains("clock", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void T3_an_expired_certificate_is_told_from_a_strangers_and_says_since_when()
    {
        NodeCertificate node = authority.Issue(WorkerNamed(), TimeSpan.FromDays(90), Now.AddDays(-100));
        TrustVerdict verdict = node.Judge(authority.Trust, Now);
        Assert.Equal(TrustState.Expired, verdict.State);
        Assert.Contains($"expired at {node.NotAfter:yyyy-MM-dd}", verdict.Reason, StringComparison.Ordinal);

        using CertificateAuthority other = CertificateAuthority.NewRoot(Now.AddDays(-200));
        NodeCertificate stranger = other.Issue(WorkerNamed(), TimeSpan.FromDays(90), Now.AddDays(-100));
        Assert.Equal(TrustState.Untrusted, stranger.Judge(authority.Trust, Now).State);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A6_what_is_issued_between_two_roots_is_good_under_the_old_the_new_and_both(bool isByDocker)
    {
        using CertificateAuthority next = CertificateAuthority.NewRoot(Now);
        using CertificateAuthority between =
            isByDocker ? BetweenByDocker(authority, next) : Between(authority, next);
        NodeCertificate node = between.Issue(ManagerNamed());
        Assert.Single(node.Between);
        var both = RootTrust.Parse([.. authority.Trust.Bundle.Span, .. next.Trust.Bundle.Span]);
        foreach (RootTrust trust in (RootTrust[])[authority.Trust, next.Trust, both])
        {
            Assert.Equal(TrustState.Trusted, node.Judge(trust, Now).State);
            Assert.Equal(TrustState.Trusted, trust.Judge(node.Leaf, node.Between, Now).State);
        }

        Assert.Equal(TrustState.Untrusted, authority.Trust.Judge(node.Leaf, [], Now).State);
        Assert.Equal(TrustState.Trusted, next.Trust.Judge(node.Leaf, [], Now).State);
    }

    [Fact]
    public void A6_a_cross_signed_root_by_a_stranger_or_by_a_node_is_not_believed()
    {
        using CertificateAuthority stranger = CertificateAuthority.NewRoot(Now);
        using CertificateAuthority next = CertificateAuthority.NewRoot(Now);
        using CertificateAuthority between = BetweenByDocker(stranger, next);
        NodeCertificate node = between.Issue(ManagerNamed());
        Assert.Equal(TrustState.Untrusted, node.Judge(authority.Trust, Now).State);
        X509Certificate2[] alongside = [.. node.Between, .. authority.Trust.Roots];
        Assert.Equal(TrustState.Untrusted, authority.Trust.Judge(node.Leaf, alongside, Now).State);
    }

    [Fact]
    public void A6_when_the_move_is_over_only_the_new_root_counts()
    {
        using CertificateAuthority next = CertificateAuthority.NewRoot(Now);
        NodeCertificate old = authority.Issue(ManagerNamed());
        NodeCertificate late = next.Issue(ManagerNamed());
        Assert.Equal(TrustState.Untrusted, old.Judge(next.Trust, Now).State);
        Assert.Equal(TrustState.Untrusted, late.Judge(authority.Trust, Now).State);
    }

    [Fact]
    public void A_cross_signed_root_keeps_its_name_key_and_life()
    {
        using CertificateAuthority next = CertificateAuthority.NewRoot(Now);
        X509Certificate2 crossSigned = Pem.ReadCertificates(authority.CrossSign(next.SignerPem))[0];
        X509Certificate2 root = next.Trust.Roots[0];
        Assert.Equal(root.SubjectName.RawData, crossSigned.SubjectName.RawData);
        Assert.Equal(root.PublicKey.ExportSubjectPublicKeyInfo(), crossSigned.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.Equal((root.NotBefore, root.NotAfter), (crossSigned.NotBefore, crossSigned.NotAfter));
        Assert.Equal(authority.Trust.Roots[0].SubjectName.RawData, crossSigned.IssuerName.RawData);
        Assert.True(authority.Trust.HasSigned(crossSigned));
        Assert.False(next.Trust.HasSigned(authority.Trust.Roots[0]));
    }

    [Fact]
    public void A_bundle_is_kept_byte_for_byte_and_its_digest_covers_all_of_it()
    {
        using CertificateAuthority next = CertificateAuthority.NewRoot(Now);
        byte[] bundle = [.. authority.Trust.Bundle.Span, .. "\n"u8, .. next.Trust.Bundle.Span];
        var trust = RootTrust.Parse(bundle);
        Assert.Equal(bundle, trust.Bundle.ToArray());
        Assert.Equal(2, trust.Roots.Count);
        Assert.NotEqual(authority.Trust.Digest, trust.Digest);
    }

    private static PublicKey PublicKeyOf(NodeKey key)
    {
        string text = System.Text.Encoding.ASCII.GetString(key.NewRequest());
        return CertificateRequest.LoadSigningRequestPem(
            text, System.Security.Cryptography.HashAlgorithmName.SHA256).PublicKey;
    }
}
