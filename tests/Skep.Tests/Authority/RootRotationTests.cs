using System.Security.Cryptography;
using Skep.Manager.Leader;
using Skep.Swarm;
using Skep.Swarm.Clusters;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Transport.Identity;
using static Skep.Tests.Authority.AuthorityScene;

namespace Skep.Tests.Authority;

/// <summary>A6: whole changes of roots, with nodes that renew as they are told to.</summary>
public sealed class RootRotationTests
{
    [Fact]
    public async Task A6_five_rotations_one_after_another_during_writes_end_with_every_node_on_the_new_root()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        List<NodeCredentials> nodes = [scene.Own, await scene.JoinAsync(NodeRole.Manager)];
        for (int worker = 0; worker < 3; worker++)
        {
            nodes.Add(await scene.JoinAsync(NodeRole.Worker));
        }

        for (ulong rotation = 1; rotation <= 5; rotation++)
        {
            RootDigest before = scene.Own.Trust.Digest;
            string token = scene.Cluster.RootCA.JoinTokens.Worker;
            await scene.ChangeRootAsync(new CAConfig { ForceRotate = rotation });
            await TurnAsync(scene, nodes);
            await scene.Manager.CreateAsync($"secret{rotation}");
            await TurnAsync(scene, nodes);
            Assert.Null(scene.Cluster.RootCA.RootRotation);
            await TakeRootsAsync(scene, nodes);
            Assert.All(nodes, node => Assert.Equal(TrustState.Trusted, node.OwnVerdict.State));
            Assert.All(nodes, node => Assert.NotEqual(before, node.Trust.Digest));
            Assert.Equal(scene.Own.Trust.Digest.ToString(), scene.Cluster.RootCA.CACertHash);

            // The token of before pins the old root, and the new one the new.
            await Assert.ThrowsAsync<RefusedException>(
                () => scene.Requests.JoinAsync(JoinToken.Parse(token), NodeAvailability.Active, scene.Stop));
            nodes.Add(await scene.JoinAsync(NodeRole.Worker));
        }

        Assert.Equal(5, scene.Store.Committed.Secrets.Count);
    }

    [Fact]
    public async Task A6_a_node_that_is_down_holds_the_end_up_and_repairs_on_its_return()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        NodeCredentials up = await scene.JoinAsync(NodeRole.Worker);
        NodeCredentials down = await scene.JoinAsync(NodeRole.Worker);
        await ReportAsync(scene, down);
        await scene.ChangeRootAsync(new CAConfig { ForceRotate = 1 });
        for (int turn = 0; turn < 3; turn++)
        {
            await TurnAsync(scene, [scene.Own, up]);
        }

        Assert.NotNull(scene.Cluster.RootCA.RootRotation);
        Assert.Equal(
            IssuanceState.Rotate, scene.Store.Committed.Nodes.Get(down.Node)!.Certificate.Status.State);

        // All of them still talk to each other, and a new node can join with the old root's token.
        Assert.Equal(TrustState.Trusted, up.Certificate.Judge(down.Trust, Now).State);
        NodeCredentials late = await scene.JoinAsync(NodeRole.Worker);
        Assert.Single(late.Certificate.Between);

        await TurnAsync(scene, [scene.Own, up, down, late]);
        await TurnAsync(scene, [scene.Own, up, down, late]);
        Assert.Null(scene.Cluster.RootCA.RootRotation);
        await TakeRootsAsync(scene, [scene.Own, up, down, late]);
        Assert.All(
            (NodeCredentials[])[up, down, late], node => Assert.Equal(scene.Own.Trust.Digest, node.Trust.Digest));
    }

    [Fact]
    public async Task A6_an_aborted_rotation_leaves_every_node_good_under_the_root_in_force()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        NodeCredentials moved = await scene.JoinAsync(NodeRole.Worker);
        NodeCredentials stayed = await scene.JoinAsync(NodeRole.Worker);
        RootDigest root = scene.Own.Trust.Digest;
        await scene.ChangeRootAsync(new CAConfig { ForceRotate = 1 });
        await TurnAsync(scene, [moved]);
        Assert.Single(moved.Certificate.Between);
        await scene.ChangeRootAsync(new CAConfig
        {
            ForceRotate = 1, SigningCACert = scene.Cluster.RootCA.CACert, SigningCAKey = scene.Cluster.RootCA.CAKey,
        });
        Assert.Null(scene.Cluster.RootCA.RootRotation);
        await TakeRootsAsync(scene, [scene.Own, moved, stayed]);
        Assert.Equal((root, TrustState.Trusted), (moved.Trust.Digest, moved.OwnVerdict.State));
        await RenewAsync(scene, moved);
        await RenewAsync(scene, stayed);
        Assert.Empty(moved.Certificate.Between);
        Assert.Equal(TrustState.Trusted, stayed.OwnVerdict.State);
    }

    [Fact]
    public async Task A6_the_end_can_be_reached_from_what_the_store_holds_at_any_moment()
    {
        // A leader that dies leaves the store; the next one opens the CA anew and goes on.
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        NodeCredentials[] nodes = [scene.Own, await scene.JoinAsync(NodeRole.Worker)];
        await scene.ChangeRootAsync(new CAConfig { ForceRotate = 1 });
        await DecideAsync(scene);
        using (CertificateAuthority next = new Skep.Manager.Authority.AuthorityKeeper().Open(scene.Cluster.RootCA)!)
        {
            Assert.Equal(
                scene.Cluster.RootCA.RootRotation!.CrossSignedCACert.ToArray(), next.SignerPem);
        }

        await TurnAsync(scene, nodes);
        await TurnAsync(scene, nodes);
        Assert.Null(scene.Cluster.RootCA.RootRotation);
        Assert.Equal(
            scene.Cluster.RootCA.CACert.ToArray(),
            new Skep.Manager.Authority.AuthorityKeeper().Open(scene.Cluster.RootCA)!.SignerPem);
    }

    // One round of the leader's decision, then each node that is up does what its object says and reports.
    private static async Task TurnAsync(AuthorityScene scene, IReadOnlyList<NodeCredentials> up)
    {
        foreach (NodeCredentials node in up)
        {
            await ReportAsync(scene, node);
        }

        await DecideAsync(scene);
        foreach (NodeCredentials node in up)
        {
            if (scene.Store.Committed.Nodes.Get(node.Node)!.Certificate.Status.State == IssuanceState.Rotate)
            {
                await RenewAsync(scene, node);
                await ReportAsync(scene, node);
            }
        }

        await DecideAsync(scene);
    }

    private static async Task RenewAsync(AuthorityScene scene, NodeCredentials node)
    {
        IssuedIdentity issued = await scene.Requests.RenewAsync(node, scene.Stop);
        node.Replace(issued.Certificate, issued.Trust);
    }

    private static async Task ReportAsync(AuthorityScene scene, NodeCredentials node)
    {
        (byte[] subject, byte[] key) = node.Issuer;
        await scene.ChangeAsync(node.Node, now => now with
        {
            Description = new NodeDescription
            {
                TlsInfo = new NodeTlsInfo
                {
                    TrustRoot = Bytes.CopyOf(node.Trust.Bundle.Span),
                    CertIssuerSubject = Bytes.Owning(subject),
                    CertIssuerPublicKey = Bytes.Owning(key),
                },
            },
        });
    }

    private static Task TakeRootsAsync(AuthorityScene scene, IEnumerable<NodeCredentials> nodes)
    {
        RootTrust trust = RootTrust.Parse(scene.Cluster.RootCA.CACert.Span);
        foreach (NodeCredentials node in nodes)
        {
            node.Replace(trust);
        }

        return Task.CompletedTask;
    }

    private static async Task DecideAsync(AuthorityScene scene)
    {
        Decider decide = new RootRotations(Deciders.NewTokens).Decide;
        Plan plan = decide(scene.Store.Newest, Now, new IdSource(RandomNumberGenerator.Fill));
        await scene.Store.UpdateAsync(
            store =>
            {
                foreach (Change change in plan.Changes)
                {
                    Assert.True(change.TryMake(store));
                }
            },
            scene.Stop);
    }
}
