using Skep.Transport.Contracts;
using Skep.Transport.Rpc;

namespace Skep.Tests.Rpc;

public sealed class RpcForwardTests
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Fact]
    public async Task A_follower_sends_a_call_on_to_the_leader_with_its_caller()
    {
        RpcCaller? seen = null;
        await using var pair = await Pair.StartAsync(routes => routes.Unary(
            TestServer.Unary, RpcAccess.Node, (request, caller, _) =>
            {
                seen = caller;
                return Task.FromResult(RpcServerTests.Answer(request));
            }));
        HealthCheckResponse answer = await pair.Follower.AsWorker().CallAsync(
            TestServer.Unary, RpcServerTests.Ask("serve"), Never);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        Assert.Equal("worker-1", seen!.Node.Value);
        Assert.StartsWith("127.0.0.1:", seen.RemoteAddress, StringComparison.Ordinal);
        Assert.Equal("manager-2", seen.ForwardedBy!.Node.Value);

        await pair.Leader.AsWorker().CallAsync(TestServer.Unary, RpcServerTests.Ask("serve"), Never);
        Assert.Null(seen.ForwardedBy);
    }

    [Fact]
    public async Task A_joiner_without_a_certificate_is_not_taken_for_the_follower()
    {
        RpcCaller? seen = null;
        await using var pair = await Pair.StartAsync(routes => routes.Unary(
            TestServer.Unary, RpcAccess.Anyone, (request, caller, _) =>
            {
                seen = caller;
                return Task.FromResult(RpcServerTests.Answer(request));
            }));
        await pair.Follower.AsNobody().CallAsync(TestServer.Unary, RpcServerTests.Ask(""), Never);
        Assert.True(seen!.IsAnonymous);
        Assert.Equal("manager-2", seen.ForwardedBy!.Node.Value);
    }

    [Fact]
    public async Task Streams_go_through_a_follower_both_ways_and_end_with_the_leaders_words()
    {
        await using var pair = await Pair.StartAsync(routes => routes.Duplex(
            TestServer.Both, RpcAccess.Node, async (reader, writer, _, stop) =>
            {
                while (await reader.ReadAsync(stop) is { } request)
                {
                    await writer.WriteAsync(RpcServerTests.Answer(request), stop);
                }

                throw new RpcException(RpcStatus.Aborted, "node must disconnect");
            }));
        await using var call = pair.Follower.AsWorker().Open(TestServer.Both, Never);
        for (int i = 0; i < 20; i++)
        {
            await call.SendAsync(RpcServerTests.Ask(new string('x', i * 1000)));
            Assert.NotNull(await call.ReadAsync());
        }

        call.CompleteSending();
        RpcException end = await Assert.ThrowsAsync<RpcException>(call.ReadAsync);
        Assert.Equal((RpcStatus.Aborted, "node must disconnect"), (end.Status, end.Detail));
    }

    [Fact]
    public async Task A_caller_that_goes_away_ends_the_call_at_the_leader()
    {
        var begun = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using var pair = await Pair.StartAsync(routes => routes.ServerStream(
            TestServer.Server, RpcAccess.Node, async (request, writer, _, stop) =>
            {
                await using var registration = stop.Register(ended.SetResult);
                await writer.WriteAsync(RpcServerTests.Answer(request), stop);
                begun.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            }));
        RpcChannel worker = pair.Follower.AsWorker();
        await using var answers = worker
            .ReadStreamAsync(TestServer.Server, RpcServerTests.Ask(""), Never).GetAsyncEnumerator();
        Assert.True(await answers.MoveNextAsync());
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Task<bool> next = answers.MoveNextAsync().AsTask();
        worker.Dispose();
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await Assert.ThrowsAnyAsync<Exception>(() => next);
    }

    [Fact]
    public async Task A_leader_that_is_away_is_told_as_unavailable()
    {
        await using var pair = await Pair.StartAsync(routes => RpcServerTests.Echo(routes));
        await pair.Leader.DisposeAsync();
        RpcException error = await RpcServerTests.FailAsync(pair.Follower.AsWorker(), TestServer.Unary);
        Assert.Equal(RpcStatus.Unavailable, error.Status);
    }

    [Fact]
    public async Task A_call_is_not_sent_on_twice()
    {
        await using var pair = await Pair.StartAsync(routes => RpcServerTests.Echo(routes));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => pair.Follower.AsManager().CallAsync(
            TestServer.Unary, RpcServerTests.Ask(""), Never, ("redirect", "10.0.0.9:1")));
        Assert.Equal(
            (RpcStatus.ResourceExhausted, "more than one redirect to leader from: [10.0.0.9:1]"),
            (error.Status, error.Detail));
    }

    private sealed record Pair(TestServer Leader, TestServer Follower, RpcChannel Between) : IAsyncDisposable
    {
        public static async Task<Pair> StartAsync(Action<RpcRoutes> fill)
        {
            var swarm = new TestSwarm("swarm-1");
            var leaderRoutes = new RpcRoutes();
            fill(leaderRoutes.AtLeader(static _ => ValueTask.FromResult<RpcChannel?>(null)));
            TestServer leader = await TestServer.StartAsync(leaderRoutes, swarm, "manager-1");
            RpcChannel? between = null;
            var followerRoutes = new RpcRoutes();
            fill(followerRoutes.AtLeader(_ => ValueTask.FromResult(between)));
            TestServer follower = await TestServer.StartAsync(followerRoutes, swarm, "manager-2");
            between = RpcChannel.ToNode(
                leader.Address, new RpcChannelOptions { Tls = () => swarm.Client(follower.Credentials) });
            return new Pair(leader, follower, between);
        }

        public async ValueTask DisposeAsync()
        {
            await Follower.DisposeAsync();
            await Leader.DisposeAsync();
            Between.Dispose();
        }
    }
}
