using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Identity;
using static Skep.Tests.Authority.AuthorityScene;

namespace Skep.Tests.Authority;

/// <summary>What becomes of the CA in the cluster object when its user changes the settings.</summary>
public sealed class RootChangesTests
{
    [Fact]
    public async Task Nothing_asked_changes_nothing()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        Assert.Equal(scene.Cluster.RootCA, await ChangeAsync(scene, CAConfig.Empty));
    }

    [Fact]
    public async Task A6_a_forced_rotation_makes_a_new_root_that_the_old_one_has_signed()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        RootCA root = await ChangeAsync(scene, new CAConfig { ForceRotate = 1 });
        Assert.Equal((scene.Cluster.RootCA.CACert, scene.Cluster.RootCA.CAKey, 1UL),
            (root.CACert, root.CAKey, root.LastForcedRotation));
        RootTrust next = RootTrust.Parse(root.RootRotation!.CACert.Span);
        Assert.NotEqual(scene.Own.Trust.Digest, next.Digest);
        Assert.True(scene.Own.Trust.HasSigned(Pem.ReadCertificates(root.RootRotation.CrossSignedCACert.Span)[0]));
        using CertificateAuthority between = scene.Keeper.Open(root)!;
        NodeCertificate node =
            Issue(between, new NodeIdentity(new NodeId("n"), NodeRole.Worker, SwarmId), Now);
        Assert.Equal(TrustState.Trusted, node.Judge(scene.Own.Trust, Now).State);
        Assert.Equal(TrustState.Trusted, node.Judge(next, Now).State);
    }

    [Fact]
    public async Task A6_a_rotation_under_way_is_replaced_by_another_and_still_signed_by_the_root_in_force()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        await scene.ChangeRootAsync(new CAConfig { ForceRotate = 1 });
        Bytes first = scene.Cluster.RootCA.RootRotation!.CACert;
        RootCA root = await ChangeAsync(scene, new CAConfig { ForceRotate = 2 });
        Assert.NotEqual(first, root.RootRotation!.CACert);
        Assert.True(scene.Own.Trust.HasSigned(Pem.ReadCertificates(root.RootRotation.CrossSignedCACert.Span)[0]));
    }

    [Fact]
    public async Task A6_a_rotation_is_given_up_by_asking_for_the_root_in_force()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        await scene.ChangeRootAsync(new CAConfig { ForceRotate = 1 });
        RootCA root = await ChangeAsync(scene, new CAConfig
        {
            ForceRotate = 1, SigningCACert = scene.Cluster.RootCA.CACert, SigningCAKey = scene.Cluster.RootCA.CAKey,
        });
        Assert.Null(root.RootRotation);
        Assert.Equal(scene.Cluster.RootCA.CACert, root.CACert);
        Assert.Equal(scene.Cluster.RootCA.CAKey, root.CAKey);
    }

    [Fact]
    public async Task A_given_root_is_gone_over_to()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        using CertificateAuthority given = CertificateAuthority.NewRoot(Now);
        RootCA root = await ChangeAsync(scene, Given(given));
        Assert.Equal(given.SignerPem, root.RootRotation!.CACert.ToArray());
        Assert.Equal(
            TrustState.Trusted,
            Issue(scene.Keeper.Open(root)!, scene.Own.Certificate.Identity, Now).Judge(given.Trust, Now).State);
    }

    [Fact]
    public async Task What_is_wrong_with_a_given_root_is_said_in_swarmkits_words()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        using CertificateAuthority given = CertificateAuthority.NewRoot(Now);
        using CertificateAuthority other = CertificateAuthority.NewRoot(Now);
        using CertificateAuthority old = CertificateAuthority.NewRoot(Now.AddDays(-7000));
        CAConfig good = Given(given);
        await RefusedAsync(
            scene,
            new CAConfig { SigningCAKey = good.SigningCAKey },
            "if a signing CA key is provided, the signing CA cert must also be provided");
        await RefusedAsync(scene, good with { SigningCAKey = Given(other).SigningCAKey }, "certificate key mismatch");
        await RefusedAsync(
            scene,
            good with { SigningCACert = Bytes.Owning([.. given.SignerPem, .. other.SignerPem]) },
            "the desired CA certificate cannot contain multiple certificates");
        await RefusedAsync(scene, Given(old), "CA certificate expires too soon");
        await RefusedAsync(
            scene,
            good with { SigningCAKey = Bytes.Empty },
            "there must be at least one valid, reachable external CA corresponding to the desired CA certificate");
        await RefusedAsync(scene, good with { SigningCACert = Bytes.Utf8("x") }, "no valid certificates found");
    }

    [Fact]
    public async Task A_refusal_never_repeats_a_key()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        using CertificateAuthority given = CertificateAuthority.NewRoot(Now);
        Bytes key = Bytes.Utf8("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
        RefusedException refusal = await Assert.ThrowsAsync<RefusedException>(
            () => ChangeAsync(scene, Given(given) with { SigningCAKey = key }));
        Assert.DoesNotContain("c2VjcmV0", refusal.ToString(), StringComparison.Ordinal);
    }

    internal static CAConfig Given(CertificateAuthority given) => new()
    {
        SigningCACert = Bytes.Owning(given.SignerPem), SigningCAKey = Bytes.Owning(given.ExportKey()),
    };

    private static Task<RootCA> ChangeAsync(AuthorityScene scene, CAConfig wanted) =>
        scene.Changes.ChangeAsync(scene.Cluster, wanted, scene.Stop);

    private static async Task RefusedAsync(AuthorityScene scene, CAConfig wanted, string words)
    {
        RefusedException refusal =
            await Assert.ThrowsAsync<RefusedException>(() => ChangeAsync(scene, wanted));
        Assert.Equal(ErrorKind.Invalid, refusal.Kind);
        Assert.Equal($"rpc error: code = InvalidArgument desc = {words}", refusal.Message);
    }
}
