using Skep.Manager.Authority;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Identity;
using static Skep.Tests.Authority.AuthorityScene;

namespace Skep.Tests.Authority;

public sealed class ExternalAuthorityTests
{
    private static readonly NodeIdentity Node = new(new NodeId("n1"), NodeRole.Worker, SwarmId);

    private readonly CertificateAuthority authority = CertificateAuthority.NewRoot(Now.AddDays(-2));

    [Fact]
    public async Task A_request_is_worded_as_cfssl_wants_it_and_its_answer_is_the_chain()
    {
        await using var server = new ExternalAuthorityServer(authority);
        using NodeKey key = NodeKey.New();
        byte[] chain = await SignAsync(server, key);
        Assert.Equal(TrustState.Trusted, NodeCertificate.Load(chain, key).Judge(authority.Trust, Now).State);
        var request = Assert.Single(server.Requests);
        Assert.Equal(["swarm-worker", "n1"], request.GetProperty("hosts").EnumerateArray().Select(h => h.GetString()));
        Assert.Equal("n1", request.GetProperty("subject").GetProperty("CN").GetString());
        var name = request.GetProperty("subject").GetProperty("names")[0];
        Assert.Equal(
            ("swarm-worker", SwarmId.Value), (name.GetProperty("OU").GetString(), name.GetProperty("O").GetString()));
        Assert.StartsWith(
            "-----BEGIN CERTIFICATE REQUEST-----",
            request.GetProperty("certificate_request").GetString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, "{}", true)]
    [InlineData(200, "no json", true)]
    [InlineData(200, """{"success":false,"errors":[{"code":5100,"message":"no"}]}""", false)]
    [InlineData(200, """{"success":true,"result":{"certificate":"x"}}""", false)]
    public async Task An_answer_that_is_none_is_told_from_a_refusal(int status, string body, bool mayWorkLater)
    {
        await using var server = new ExternalAuthorityServer(authority) { Instead = (status, body) };
        using NodeKey key = NodeKey.New();
        var error = await Assert.ThrowsAsync<NotSignedException>(() => SignAsync(server, key));
        Assert.Equal(mayWorkLater, error.MayWorkLater);
    }

    [Fact]
    public async Task An_endless_answer_is_cut_off()
    {
        await using var server = new ExternalAuthorityServer(authority)
        {
            Instead = (200, new string(' ', AuthorityLimits.ExternalAnswerBytesMax + 1)),
        };
        using NodeKey key = NodeKey.New();
        Assert.True((await Assert.ThrowsAsync<NotSignedException>(() => SignAsync(server, key))).MayWorkLater);
    }

    [Fact]
    public async Task A_certificate_for_somebody_else_is_not_taken()
    {
        await using var server = new ExternalAuthorityServer(authority)
        {
            Wrong = Node with { Role = NodeRole.Manager },
        };
        using NodeKey key = NodeKey.New();
        var error = await Assert.ThrowsAsync<NotSignedException>(() => SignAsync(server, key));
        Assert.False(error.MayWorkLater);
        Assert.Contains("another subject or key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_of_another_root_is_not_asked_and_not_reachable()
    {
        using CertificateAuthority other = CertificateAuthority.NewRoot(Now);
        await using var server = new ExternalAuthorityServer(other);
        using NodeKey key = NodeKey.New();
        Assert.True((await Assert.ThrowsAsync<NotSignedException>(() => SignAsync(server, key))).MayWorkLater);
        Assert.Empty(server.Requests);
        Assert.False(await Signer().IsReachableAsync(server.Url, authority.Trust, CancellationToken.None));
        Assert.False(await Signer().IsReachableAsync("http://127.0.0.1:1/", authority.Trust, CancellationToken.None));
    }

    [Fact]
    public async Task The_next_url_is_asked_when_the_first_is_away()
    {
        await using var server = new ExternalAuthorityServer(authority);
        using NodeKey key = NodeKey.New();
        byte[] chain = await Signer().SignAsync(
            ["https://127.0.0.1:1/", server.Url], authority.Trust, key.NewRequest(), Node, default, default);
        Assert.Equal(Node, NodeCertificate.Load(chain, key).Identity);
    }

    [Fact]
    public async Task A_swarm_with_an_external_ca_takes_nodes_in_and_goes_over_to_a_root_of_its_own()
    {
        var config = new CAConfig { ExternalCAs = [new ExternalCA { Url = "https://127.0.0.1:1/" }] };
        await using AuthorityScene scene = await AuthorityScene.StartAsync(config);
        await using var server = new ExternalAuthorityServer(scene.Authority);
        await scene.ChangeAsync(cluster => cluster with
        {
            Spec = cluster.Spec with { CAConfig = config with { ExternalCAs = [new ExternalCA { Url = server.Url }] } },
        });
        scene.Run(scene.Signing.RunAsync);
        NodeCredentials joined = await scene.JoinAsync(NodeRole.Worker);
        Assert.Equal(TrustState.Trusted, joined.OwnVerdict.State);

        await scene.ChangeRootAsync(scene.Cluster.Spec.CAConfig with { ForceRotate = 1 });
        Assert.Equal("CA", server.Requests[^1].GetProperty("profile").GetString());
        Assert.Equal(
            "2.5.29.19", server.Requests[^1].GetProperty("extensions")[0].GetProperty("id").GetString());
        Assert.True(scene.Own.Trust.HasSigned(
            Pem.ReadCertificates(scene.Cluster.RootCA.RootRotation!.CrossSignedCACert.Span)[0]));
        IssuedIdentity renewed = await scene.Requests.RenewAsync(joined, scene.Stop);
        Assert.Single(renewed.Certificate.Between);
    }

    private ExternalSigner Signer() => new(
        new NodeCredentials(
            Issue(authority, new NodeIdentity(ManagerId, NodeRole.Manager, SwarmId), Now),
            authority.Trust,
            TimeProvider.System),
        TimeProvider.System);

    private Task<byte[]> SignAsync(ExternalAuthorityServer server, NodeKey key) => Signer().SignAsync(
        [server.Url], authority.Trust, key.NewRequest(), Node, ReadOnlyMemory<byte>.Empty, CancellationToken.None);
}
