using Skep.Transport.Contracts;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;

namespace Skep.Tests.Rpc;

public sealed class RpcRightsTests
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Theory]
    [InlineData(RpcAccess.Anyone, "nobody", true)]
    [InlineData(RpcAccess.Anyone, "worker", true)]
    [InlineData(RpcAccess.Anyone, "manager", true)]
    [InlineData(RpcAccess.Node, "nobody", false)]
    [InlineData(RpcAccess.Node, "worker", true)]
    [InlineData(RpcAccess.Node, "manager", true)]
    [InlineData(RpcAccess.Manager, "nobody", false)]
    [InlineData(RpcAccess.Manager, "worker", false)]
    [InlineData(RpcAccess.Manager, "manager", true)]
    [InlineData(RpcAccess.Worker, "manager", false)]
    [InlineData(RpcAccess.Worker, "worker", true)]
    [InlineData(RpcAccess.None, "manager", false)]
    public async Task Only_the_roles_that_a_method_names_reach_it(RpcAccess access, string role, bool isLetIn)
    {
        await using TestServer server = await TestServer.StartAsync(RpcServerTests.Echo(access));
        RpcChannel channel = role switch
        {
            "manager" => server.AsManager(),
            "worker" => server.AsWorker(),
            _ => server.AsNobody(),
        };
        if (isLetIn)
        {
            await channel.CallAsync(TestServer.Unary, RpcServerTests.Ask(""), Never);
            return;
        }

        RpcException error = await RpcServerTests.FailAsync(channel, TestServer.Unary);
        Assert.Equal(RpcStatus.PermissionDenied, error.Status);
    }

    [Fact]
    public async Task A_certificate_of_another_swarm_does_not_get_through_the_handshake()
    {
        await using TestServer server = await TestServer.StartAsync(RpcServerTests.Echo(RpcAccess.Anyone));
        var other = new TestSwarm("swarm-1");
        RpcException error = await RpcServerTests.FailAsync(server.With(other.Manager("manager-2")), TestServer.Unary);
        Assert.Equal(RpcStatus.Unavailable, error.Status);
    }

    [Fact]
    public async Task An_expired_certificate_reaches_only_what_is_open_to_anyone()
    {
        RpcCaller? seen = null;
        var routes = RpcServerTests.Echo(RpcAccess.Node).Unary(
            TestServer.Method("Renew"), RpcAccess.Anyone, (request, caller, _) =>
            {
                seen = caller;
                return Task.FromResult(RpcServerTests.Answer(request));
            });
        await using TestServer server = await TestServer.StartAsync(routes);
        RpcChannel channel = server.With(server.Swarm.Expired("worker-9"));
        RpcException error = await RpcServerTests.FailAsync(channel, TestServer.Unary);
        Assert.Equal(RpcStatus.PermissionDenied, error.Status);
        await channel.CallAsync(TestServer.Method("Renew"), RpcServerTests.Ask(""), Never);
        Assert.True(seen!.IsExpired);
        Assert.Equal("worker-9", seen.Node.Value);
    }

    [Fact]
    public async Task A_removed_node_is_refused_on_the_connection_it_has()
    {
        await using TestServer server = await TestServer.StartAsync(RpcServerTests.Echo(RpcAccess.Anyone));
        RpcChannel channel = server.AsWorker();
        await channel.CallAsync(TestServer.Unary, RpcServerTests.Ask(""), Never);
        server.Removed.Add("worker-1");
        RpcException error = await RpcServerTests.FailAsync(channel, TestServer.Unary);
        Assert.Equal(
            (RpcStatus.PermissionDenied, "Permission denied: node worker-1 was removed from swarm"),
            (error.Status, error.Detail));
    }

    [Fact]
    public async Task Streams_of_a_removed_node_are_cut_and_others_stay()
    {
        var routes = new RpcRoutes().ServerStream(
            TestServer.Server, RpcAccess.Node, async (request, writer, _, stop) =>
            {
                await writer.WriteAsync(RpcServerTests.Answer(request), stop);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            });
        await using TestServer server = await TestServer.StartAsync(routes);
        await using var removed = Stream(server.AsWorker(), Never);
        using var stop = new CancellationTokenSource();
        await using var stays = Stream(server.With(server.Swarm.Worker("worker-2")), stop.Token);
        Assert.True(await removed.MoveNextAsync());
        Assert.True(await stays.MoveNextAsync());
        server.Removed.Add("worker-1");
        server.Rpc.Recheck();
        await Assert.ThrowsAsync<RpcException>(async () => await removed.MoveNextAsync())
            .WaitAsync(TimeSpan.FromSeconds(60));
        Task<bool> next = stays.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task A_connection_loses_its_rights_with_the_root_that_gave_them()
    {
        await using TestServer server = await TestServer.StartAsync(RpcServerTests.Echo(RpcAccess.Node));
        RpcChannel channel = server.AsWorker();
        await channel.CallAsync(TestServer.Unary, RpcServerTests.Ask(""), Never);
        var next = new TestSwarm("swarm-1");
        NodeCredentials renewed = next.Manager("manager-1");
        server.Credentials.Replace(renewed.Certificate, renewed.Trust);
        RpcException error = await RpcServerTests.FailAsync(channel, TestServer.Unary);
        Assert.Equal(RpcStatus.PermissionDenied, error.Status);

        using var fresh = RpcChannel.ToNode(
            server.Address, new RpcChannelOptions { Tls = () => next.Client(next.Worker("worker-1")) });
        await fresh.CallAsync(TestServer.Unary, RpcServerTests.Ask(""), Never);
    }

    [Theory]
    [InlineData("worker")]
    [InlineData("nobody")]
    public async Task Only_a_manager_may_forward(string role)
    {
        await using TestServer server = await TestServer.StartAsync(RpcServerTests.Echo(RpcAccess.Anyone));
        RpcChannel channel = role == "worker" ? server.AsWorker() : server.AsNobody();
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => channel.CallAsync(
                TestServer.Unary, RpcServerTests.Ask(""), Never, Forward("manager-1", "swarm-manager")));
        Assert.Equal(RpcStatus.PermissionDenied, error.Status);
        Assert.Contains("unauthorized forwarder role", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forwarded_caller_has_its_own_rights_and_not_those_of_the_manager()
    {
        RpcCaller? seen = null;
        var routes = new RpcRoutes()
            .Unary(
                TestServer.Unary,
                RpcAccess.Manager,
                (request, _, _) => Task.FromResult(RpcServerTests.Answer(request)))
            .Unary(TestServer.Method("Node"), RpcAccess.Node, (request, caller, _) =>
            {
                seen = caller;
                return Task.FromResult(RpcServerTests.Answer(request));
            });
        await using TestServer server = await TestServer.StartAsync(routes);
        RpcChannel channel = server.AsManager();
        (string, string)[] worker = Forward("worker-7", "swarm-worker");
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => channel.CallAsync(TestServer.Unary, RpcServerTests.Ask(""), Never, worker));
        Assert.Equal(
            "Permission denied: unauthorized forwarded role, expecting: [swarm-manager]", error.Detail);

        await channel.CallAsync(TestServer.Method("Node"), RpcServerTests.Ask(""), Never, worker);
        Assert.Equal("worker-7", seen!.Node.Value);
        Assert.Equal("manager-2", seen.ForwardedBy!.Node.Value);
        Assert.Equal("10.0.0.9:1234", seen.RemoteAddress);

        server.Removed.Add("worker-7");
        await Assert.ThrowsAsync<RpcException>(
            () => channel.CallAsync(TestServer.Method("Node"), RpcServerTests.Ask(""), Never, worker));
    }

    [Fact]
    public async Task A_joiner_that_is_forwarded_stays_without_a_name()
    {
        RpcCaller? seen = null;
        await using TestServer server = await TestServer.StartAsync(new RpcRoutes().Unary(
            TestServer.Unary, RpcAccess.Anyone, (request, caller, _) =>
            {
                seen = caller;
                return Task.FromResult(RpcServerTests.Answer(request));
            }));
        await server.AsManager().CallAsync(TestServer.Unary, RpcServerTests.Ask(""), Never, Forward("", null, ""));
        Assert.True(seen!.IsAnonymous);
        Assert.True(seen.Node.IsEmpty);
        Assert.Equal("manager-2", seen.ForwardedBy!.Node.Value);

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => server.AsManager().CallAsync(
            TestServer.Unary, RpcServerTests.Ask(""), Never, Forward("worker-7", null, "swarm-1")));
        Assert.Equal("Permission denied: missing information in forwarded request", error.Detail);
        error = await Assert.ThrowsAsync<RpcException>(() => server.AsManager().CallAsync(
            TestServer.Unary, RpcServerTests.Ask(""), Never, Forward("worker-7", "swarm-worker", "swarm-2")));
        Assert.Equal("Permission denied: organization mismatch, expecting: swarm-1", error.Detail);
    }

    private static (string Name, string Value)[] Forward(string node, string? role, string cluster = "swarm-1") =>
    [
        ("forwarded_cert", "true"),
        ("forwarded_cert_cn", node),
        ("forwarded_cert_org", cluster),
        ("remote_addr", "10.0.0.9:1234"),
        .. role is null ? [] : new[] { ("forwarded_cert_ou", role) },
    ];

    private static IAsyncEnumerator<HealthCheckResponse> Stream(RpcChannel channel, CancellationToken stop) =>
        channel.ReadStreamAsync(TestServer.Server, RpcServerTests.Ask(""), stop).GetAsyncEnumerator(stop);
}
