using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Skep.Transport.Identity;
using static Skep.Tests.Identity.IdentityScene;

namespace Skep.Tests.Identity;

/// <summary>Handshakes between two nodes with the options that <see cref="NodeCredentials"/> makes.</summary>
public sealed class TlsTests
{
    private readonly CertificateAuthority authority = CertificateAuthority.NewRoot(Now.AddDays(-200));

    [Fact]
    public async Task Two_nodes_of_a_swarm_know_each_other()
    {
        Handshake seen = await ShakeAsync(
            Credentials(authority, ManagerNamed("m")), Credentials(authority, WorkerNamed("w")));
        Assert.True(seen.IsDone);
        Assert.Equal(WorkerNamed("w"), seen.ClientSeen);
        Assert.Equal(ManagerNamed("m"), seen.ServerSeen);
    }

    [Fact]
    public async Task A3_a_node_of_another_swarm_is_refused_by_both_sides()
    {
        using CertificateAuthority other = CertificateAuthority.NewRoot(Now);
        NodeCredentials ours = Credentials(authority, ManagerNamed("m"));
        NodeCredentials theirs = Credentials(other, ManagerNamed("m"));
        Assert.False((await ShakeAsync(ours, theirs)).IsDone);

        // It takes us for its own, and is still refused.
        var gullible = new NodeCredentials(theirs.Certificate, authority.Trust, TimeProvider.System);
        Assert.False((await ShakeAsync(ours, gullible)).IsDone);
    }

    [Fact]
    public async Task A_joiner_without_a_certificate_gets_through_the_handshake()
    {
        NodeCredentials manager = Credentials(authority, ManagerNamed("m"));
        Handshake seen = await ShakeAsync(manager, NodeCredentials.AnonymousOptions(
            authority.Trust, NodeIdentity.AuthorityName, TimeProvider.System));
        Assert.True(seen.IsDone);
        Assert.Null(seen.ClientSeen);
    }

    [Fact]
    public async Task A_worker_cannot_pass_for_a_manager()
    {
        Handshake seen = await ShakeAsync(
            Credentials(authority, WorkerNamed("w")), Credentials(authority, WorkerNamed("x")));
        Assert.False(seen.IsDone);
    }

    [Fact]
    public async Task T3_an_expired_client_gets_through_to_renew_and_is_seen_as_expired()
    {
        NodeCredentials manager = Credentials(authority, ManagerNamed("m"));
        NodeCertificate expired = authority.Issue(WorkerNamed("w"), TimeSpan.FromDays(90), Now.AddDays(-100));
        var worker = new NodeCredentials(expired, authority.Trust, TimeProvider.System);
        Handshake seen = await ShakeAsync(manager, worker);
        Assert.True(seen.IsDone);
        Assert.Equal(TrustState.Expired, manager.Trust.Judge(seen.ClientCertificate!, [], Now).State);
        Assert.Equal(TrustState.Expired, worker.OwnVerdict.State);
    }

    [Fact]
    public async Task T3_an_expired_server_is_refused_with_the_reason()
    {
        NodeCertificate expired = authority.Issue(ManagerNamed("m"), TimeSpan.FromDays(90), Now.AddDays(-100));
        var manager = new NodeCredentials(expired, authority.Trust, TimeProvider.System);
        Handshake seen = await ShakeAsync(manager, Credentials(authority, WorkerNamed("w")));
        Assert.False(seen.IsDone);
        Assert.Contains("expired at", seen.ClientError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A6_nodes_on_both_sides_of_a_change_of_roots_talk_to_each_other()
    {
        using CertificateAuthority next = CertificateAuthority.NewRoot(Now);
        using CertificateAuthority between = Between(authority, next);
        NodeCredentials behind = Credentials(authority, ManagerNamed("a"));
        NodeCredentials renewed = new(between.Issue(ManagerNamed("b")), authority.Trust, TimeProvider.System);
        NodeCredentials over = new(between.Issue(ManagerNamed("c")), next.Trust, TimeProvider.System);
        foreach ((NodeCredentials one, NodeCredentials other) in
            ((NodeCredentials, NodeCredentials)[])[(behind, renewed), (renewed, over)])
        {
            Assert.True((await ShakeAsync(one, other)).IsDone);
            Assert.True((await ShakeAsync(other, one)).IsDone);
        }

        Assert.False((await ShakeAsync(behind, over)).IsDone);
    }

    [Fact]
    public async Task A6_a_docker_managers_chain_is_believed_though_its_middle_looks_self_signed()
    {
        using CertificateAuthority next = CertificateAuthority.NewRoot(Now);
        using CertificateAuthority between = BetweenByDocker(authority, next);
        NodeCredentials behind = Credentials(authority, ManagerNamed("a"));
        NodeCertificate issued = between.Issue(WorkerNamed("w"));
        Assert.Equal(TrustState.Trusted, behind.Trust.Judge(issued.Leaf, issued.Between, Now).State);

        // .NET does not send such a chain whole, so the old certificate is shown until the new root is trusted.
        NodeCredentials worker = Credentials(authority, WorkerNamed("w"));
        NodeCertificate first = worker.Certificate;
        worker.Replace(issued);
        Assert.Same(issued, worker.Certificate);
        Handshake during = await ShakeAsync(behind, worker);
        Assert.Equal(first.Leaf.Thumbprint, during.ClientCertificate!.Thumbprint);
        Assert.Equal(next.Trust.Roots[0].PublicKey.ExportSubjectPublicKeyInfo(), worker.Issuer.PublicKey);

        worker.Replace(next.Trust);
        Handshake after = await ShakeAsync(Credentials(next, ManagerNamed("b")), worker);
        Assert.Equal(issued.Leaf.Thumbprint, after.ClientCertificate!.Thumbprint);
    }

    [Fact]
    public async Task A_replaced_certificate_serves_the_next_handshake()
    {
        NodeCredentials manager = Credentials(authority, ManagerNamed("m"));
        int changes = 0;
        manager.Changed += () => changes++;
        NodeCertificate second = authority.Issue(ManagerNamed("m"));
        manager.Replace(second);
        Handshake seen = await ShakeAsync(manager, Credentials(authority, WorkerNamed("w")));
        Assert.Equal(second.Leaf.Thumbprint, seen.ServerCertificate!.Thumbprint);
        Assert.Equal(1, changes);
    }

    [Fact]
    public void Roots_under_which_we_ourselves_would_be_strangers_are_refused()
    {
        using CertificateAuthority other = CertificateAuthority.NewRoot(Now);
        NodeCredentials node = Credentials(authority, WorkerNamed("w"));
        var error = Assert.Throws<BadCertificateException>(() => node.Replace(other.Trust));
        Assert.Equal("new root CA does not match existing TLS credentials", error.Message);
        Assert.Same(authority.Trust, node.Trust);
        Assert.Equal(authority.Trust.Roots[0].PublicKey.ExportSubjectPublicKeyInfo(), node.Issuer.PublicKey);
        Assert.Equal(authority.Trust.Roots[0].SubjectName.RawData, node.Issuer.Subject);
    }

    private static NodeCredentials Credentials(CertificateAuthority authority, NodeIdentity identity) =>
        new(authority.Issue(identity), authority.Trust, TimeProvider.System);

    private static Task<Handshake> ShakeAsync(NodeCredentials server, NodeCredentials client) =>
        ShakeAsync(server, client.ClientOptions(NodeIdentity.ManagerName));

    private static async Task<Handshake> ShakeAsync(NodeCredentials server, SslClientAuthenticationOptions client)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var outgoing = new TcpClient();
        await outgoing.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using TcpClient incoming = await listener.AcceptTcpClientAsync();
        await using var serverSide = new SslStream(incoming.GetStream());
        await using var clientSide = new SslStream(outgoing.GetStream());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Task<string?> accepted = EndAsync(serverSide, async () =>
        {
            await serverSide.AuthenticateAsServerAsync(server.ServerOptions(), patience.Token);
            await serverSide.WriteAsync("!"u8.ToArray(), patience.Token);
        });
        Task<string?> connected = EndAsync(clientSide, async () =>
        {
            await clientSide.AuthenticateAsClientAsync(client, patience.Token);

            // With TLS 1.3 the client believes itself done before the server has looked at its certificate.
            Assert.Equal(1, await clientSide.ReadAsync(new byte[1], patience.Token));
        });
        string? serverError = await accepted;
        string? clientError = await connected;
        bool isDone = serverError is null && clientError is null;
        X509Certificate2? clientCertificate = isDone ? serverSide.RemoteCertificate as X509Certificate2 : null;
        X509Certificate2? serverCertificate = isDone ? clientSide.RemoteCertificate as X509Certificate2 : null;
        return new Handshake(
            isDone,
            clientError ?? "",
            clientCertificate is null ? null : NodeIdentity.Read(clientCertificate),
            serverCertificate is null ? null : NodeIdentity.Read(serverCertificate),
            clientCertificate is null ? null : X509CertificateLoader.LoadCertificate(clientCertificate.RawData),
            serverCertificate is null ? null : X509CertificateLoader.LoadCertificate(serverCertificate.RawData));
    }

    private static async Task<string?> EndAsync(SslStream stream, Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or Xunit.Sdk.XunitException)
        {
            stream.Close();
            return e.Message;
        }
    }

    private sealed record Handshake(
        bool IsDone,
        string ClientError,
        NodeIdentity? ClientSeen,
        NodeIdentity? ServerSeen,
        X509Certificate2? ClientCertificate,
        X509Certificate2? ServerCertificate);
}
