using Google.Protobuf;
using Skep.Swarm;
using Skep.Swarm.Clusters;
using Skep.Swarm.Objects;
using Skep.Transport.Contracts;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;
using static Skep.Tests.Authority.AuthorityScene;
using Cluster = Skep.Swarm.Objects.Cluster;
using EncryptionConfig = Skep.Swarm.Objects.EncryptionConfig;
using EncryptionKey = Skep.Swarm.Objects.EncryptionKey;
using IssuanceStatus = Skep.Swarm.Objects.IssuanceStatus;
using Node = Skep.Swarm.Objects.Node;
using NodeAvailability = Skep.Swarm.Objects.NodeAvailability;
using NodeRole = Skep.Swarm.Objects.NodeRole;
using NodeSpec = Skep.Swarm.Objects.NodeSpec;

namespace Skep.Tests.Authority;

/// <summary>Joining and renewing through the real port, by the real client.</summary>
public sealed class CertificateServicesTests
{
    [Fact]
    public async Task A_token_makes_a_node_of_its_role_with_its_certificate()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        foreach (NodeRole role in (NodeRole[])[NodeRole.Worker, NodeRole.Manager])
        {
            NodeCredentials joined = await scene.JoinAsync(role);
            Assert.Equal((role, SwarmId), (joined.Role, joined.Cluster));
            Assert.Equal(TrustState.Trusted, joined.OwnVerdict.State);
            Node node = scene.Store.Committed.Nodes.Get(joined.Node)!;
            Assert.Equal((role, role), (node.Role, node.Spec.DesiredRole));
            Assert.Equal(NodeMembership.Accepted, node.Spec.Membership);
            Assert.Equal(IssuanceState.Issued, node.Certificate.Status.State);
            Assert.Equal((node.Id.Value, role), (node.Certificate.CN, node.Certificate.Role));
            Assert.Equal(joined.Certificate.ChainPem.ToArray(), node.Certificate.Pem.ToArray());
            Assert.Equal(4789U, node.VxlanUdpPort);
        }
    }

    [Fact]
    public async Task A1_a_wrong_secret_is_refused_in_dockers_words_and_writes_nothing()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        string good = scene.Cluster.RootCA.JoinTokens.Worker;
        string wrong = good[..^1] + (good[^1] == 'a' ? 'b' : 'a');
        RefusedException refusal = await RefusedAsync(scene, wrong);
        Assert.Equal(ErrorKind.Invalid, refusal.Kind);
        Assert.Equal(
            "rpc error: code = InvalidArgument desc = A valid join token is necessary to join this cluster",
            refusal.Message);
        Assert.Equal(1, scene.Store.Committed.Nodes.Count);
    }

    [Fact]
    public async Task A1_a_wrong_digest_stops_the_joiner_before_it_sends_anything()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        string good = scene.Cluster.RootCA.JoinTokens.Worker;
        string wrong = JoinToken.New(RootDigest.Of("another"u8)).Text[..60] + good[60..];
        RefusedException refusal = await RefusedAsync(scene, wrong);
        Assert.StartsWith(
            "remote CA does not match fingerprint. Expected: ", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, scene.Store.Committed.Nodes.Count);
    }

    [Fact]
    public async Task A1_a_rotated_token_is_dead_at_once_and_nodes_that_joined_with_it_live_on()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        NodeCredentials before = await scene.JoinAsync(NodeRole.Worker);
        string old = scene.Cluster.RootCA.JoinTokens.Worker;
        await scene.ChangeAsync(cluster => cluster with
        {
            RootCA = cluster.RootCA with
            {
                JoinTokens = cluster.RootCA.JoinTokens with { Worker = JoinToken.New(scene.Own.Trust.Digest).Text },
            },
        });
        Assert.Equal(ErrorKind.Invalid, (await RefusedAsync(scene, old)).Kind);
        await scene.JoinAsync(NodeRole.Worker);
        await scene.Requests.RenewAsync(before, scene.Stop);
    }

    [Fact]
    public async Task A1_a_megabyte_of_token_is_refused()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        var request = new IssueNodeCertificateRequest { Token = new string('a', 1 << 20), Csr = NewRequest() };
        Assert.Equal(RpcStatus.ResourceExhausted, (await RefusedCallAsync(scene, request)).Status);
        request.Token = new string('a', 10_000);
        Assert.Equal(RpcStatus.InvalidArgument, (await RefusedCallAsync(scene, request)).Status);
        Assert.Equal(1, scene.Store.Committed.Nodes.Count);
    }

    [Fact]
    public async Task A2_garbage_is_refused_before_anything_is_written_even_with_a_token()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        foreach (byte[] csr in (byte[][])[[], [1, 2, 3], new byte[1 << 20]])
        {
            var request = new IssueNodeCertificateRequest
            {
                Token = scene.Cluster.RootCA.JoinTokens.Manager,
                Csr = ByteString.CopyFrom(csr),
            };
            RpcStatus status = (await RefusedCallAsync(scene, request)).Status;
            Assert.True(status is RpcStatus.InvalidArgument or RpcStatus.ResourceExhausted);
        }

        Assert.Equal(1, scene.Store.Committed.Nodes.Count);
    }

    [Fact]
    public async Task A_renewal_keeps_the_name_and_takes_a_new_key_and_the_role_that_was_decided()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        NodeCredentials node = await scene.JoinAsync(NodeRole.Worker);
        IssuedIdentity second = await scene.Requests.RenewAsync(node, scene.Stop);
        Assert.Equal(node.Certificate.Identity, second.Certificate.Identity);
        Assert.NotEqual(
            node.Certificate.Leaf.PublicKey.ExportSubjectPublicKeyInfo(),
            second.Certificate.Leaf.PublicKey.ExportSubjectPublicKeyInfo());

        // What the user wants is not enough: the quorum's own word counts.
        await scene.ChangeAsync(node.Node, now => now with { Spec = now.Spec with { DesiredRole = NodeRole.Manager } });
        Assert.Equal(
            NodeRole.Worker, (await scene.Requests.RenewAsync(node, scene.Stop)).Certificate.Identity.Role);
        await scene.ChangeAsync(node.Node, now => now with { Role = NodeRole.Manager });
        Assert.Equal(
            NodeRole.Manager, (await scene.Requests.RenewAsync(node, scene.Stop)).Certificate.Identity.Role);
    }

    [Fact]
    public async Task A3_a_node_that_is_not_there_or_was_removed_cannot_renew()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        NodeCredentials node = await scene.JoinAsync(NodeRole.Worker);
        await scene.Store.UpdateAsync(store => store.Delete(store.Nodes.Get(node.Node)!), scene.Stop);
        RefusedException gone = await Assert.ThrowsAsync<RefusedException>(
            () => scene.Requests.RenewAsync(node, scene.Stop));
        Assert.Contains(
            $"node {node.Node} not found when attempting to renew certificate", gone.Message, StringComparison.Ordinal);
        scene.Remove(node.Node);
        RefusedException removed = await Assert.ThrowsAsync<RefusedException>(
            () => scene.Requests.RenewAsync(node, scene.Stop));
        Assert.Contains($"node {node.Node} was removed from swarm", removed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T3_a_member_renews_with_its_expired_certificate()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        NodeCredentials node = await ExpiredAsync(scene);
        IssuedIdentity renewed = await scene.Requests.RenewAsync(node, scene.Stop);
        Assert.Equal(TrustState.Trusted, renewed.Certificate.Judge(renewed.Trust, Now).State);
        Assert.Equal(node.Node, renewed.Certificate.Identity.Node);
    }

    [Fact]
    public async Task T3_an_expired_certificate_counts_for_nothing_once_a_newer_one_is_alive()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        NodeCredentials kept = await ExpiredAsync(scene);
        await scene.Requests.RenewAsync(kept, scene.Stop);
        RefusedException refusal = await Assert.ThrowsAsync<RefusedException>(
            () => scene.Requests.RenewAsync(kept, scene.Stop));
        Assert.Equal(ErrorKind.Forbidden, refusal.Kind);
        Assert.Contains("has expired, and a newer one was issued", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_only_manager_renews_through_its_own_socket_also_when_its_certificate_is_over()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        NodeCertificate expired = Issue(scene.Authority, scene.Own.Certificate.Identity, Now.AddDays(-200));
        scene.Own.Replace(expired);
        using var local = RpcChannel.ToUnixSocket(scene.LocalSocket);
        IssuedIdentity renewed = await scene.OwnRequests(local).RenewAsync(scene.Own, scene.Stop);
        Assert.Equal(scene.Own.Certificate.Identity, renewed.Certificate.Identity);
        Assert.Equal(TrustState.Trusted, renewed.Certificate.Judge(renewed.Trust, Now).State);
    }

    [Fact]
    public async Task The_unlock_key_is_given_to_managers_only()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        var key = UnlockKey.New();
        Cluster locked = await scene.ChangeAsync(cluster => cluster with
        {
            Spec = cluster.Spec with { EncryptionConfig = new EncryptionConfig { AutoLockManagers = true } },
            UnlockKeys =
            [
                new EncryptionKey
                {
                    Subsystem = ClusterChanges.ManagerSubsystem, Key = Bytes.Owning(key.ToBytes()),
                },
            ],
        });
        JoinToken token = JoinToken.Parse(scene.Cluster.RootCA.JoinTokens.Manager);
        IssuedIdentity manager = await scene.Requests.JoinAsync(token, NodeAvailability.Drain, scene.Stop);
        Assert.Equal((key, locked.Meta.Version.Index), (manager.UnlockKey, manager.LockVersion));
        Assert.Equal(
            NodeAvailability.Drain,
            scene.Store.Committed.Nodes.Get(manager.Certificate.Identity.Node)!.Spec.Availability);

        NodeCredentials worker = await scene.JoinAsync(NodeRole.Worker);
        foreach (Func<System.Net.Security.SslClientAuthenticationOptions> tls in
            (Func<System.Net.Security.SslClientAuthenticationOptions>[])
            [
                () => worker.ClientOptions(NodeIdentity.AuthorityName),
                () => NodeCredentials.AnonymousOptions(worker.Trust, NodeIdentity.AuthorityName, TimeProvider.System),
            ])
        {
            using var channel = RpcChannel.ToNode(scene.Address, new RpcChannelOptions { Tls = tls });
            RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => channel.CallAsync(
                SwarmKitMethods.CA.GetUnlockKey, new GetUnlockKeyRequest(), scene.Stop));
            Assert.Equal(RpcStatus.PermissionDenied, refusal.Status);
        }
    }

    [Fact]
    public async Task What_a_leader_before_us_left_pending_is_signed()
    {
        await using AuthorityScene scene = await AuthorityScene.StartAsync();
        using NodeKey key = NodeKey.New();
        Bytes csr = Bytes.Owning(key.NewRequest());
        Node left = await scene.Store.UpdateAsync(
            store => store.Create(new Node
            {
                Id = new NodeId("left"),
                Spec = new NodeSpec { Membership = NodeMembership.Accepted },
                Certificate = new()
                {
                    CN = "left",
                    Csr = csr,
                    Status = new IssuanceStatus { State = IssuanceState.Pending },
                },
            }),
            scene.Stop);
        scene.Run(scene.Signing.RunAsync);
        await scene.UntilAsync(
            now => now.Nodes.Get(left.Id)!.Certificate.Status.State == IssuanceState.Issued);
        await scene.ChangeAsync(left.Id, now => now with
        {
            Certificate = now.Certificate with
            {
                Csr = Bytes.Utf8("garbage"), Status = new IssuanceStatus { State = IssuanceState.Renew },
            },
        });
        await scene.UntilAsync(
            now => now.Nodes.Get(left.Id)!.Certificate.Status.State == IssuanceState.Failed);
    }

    private static async Task<NodeCredentials> ExpiredAsync(AuthorityScene scene)
    {
        NodeCredentials joined = await scene.JoinAsync(NodeRole.Worker);
        NodeCertificate expired = Issue(scene.Authority, joined.Certificate.Identity, Now.AddDays(-200));
        await scene.ChangeAsync(joined.Node, now => now with
        {
            Certificate = now.Certificate with { Pem = Bytes.CopyOf(expired.ChainPem.Span) },
        });
        return new NodeCredentials(expired, joined.Trust, TimeProvider.System);
    }

    private static ByteString NewRequest()
    {
        using NodeKey key = NodeKey.New();
        return ByteString.CopyFrom(key.NewRequest());
    }

    private static Task<RefusedException> RefusedAsync(AuthorityScene scene, string token) =>
        Assert.ThrowsAsync<RefusedException>(
            () => scene.Requests.JoinAsync(JoinToken.Parse(token), NodeAvailability.Active, scene.Stop));

    private static async Task<RpcException> RefusedCallAsync(AuthorityScene scene, IssueNodeCertificateRequest request)
    {
        using var channel = RpcChannel.ToNode(scene.Address, new RpcChannelOptions
        {
            Tls = () => NodeCredentials.AnonymousOptions(
                scene.Own.Trust, NodeIdentity.AuthorityName, TimeProvider.System),
        });
        return await Assert.ThrowsAsync<RpcException>(
            () => channel.CallAsync(SwarmKitMethods.NodeCA.IssueNodeCertificate, request, scene.Stop));
    }
}
