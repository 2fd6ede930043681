using System.Net;
using Skep.Swarm;
using Skep.Transport.Contracts;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;
using static Skep.Transport.Contracts.HealthCheckResponse.Types;

namespace Skep.Tests.Rpc;

public sealed class RpcServerTests
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Fact]
    public async Task A_call_with_one_request_and_one_answer_comes_back()
    {
        RpcCaller? seen = null;
        await using TestServer server = await TestServer.StartAsync(new RpcRoutes().Unary(
            TestServer.Unary, RpcAccess.Node, (request, caller, _) =>
            {
                seen = caller;
                return Task.FromResult(Answer(request));
            }));
        HealthCheckResponse answer = await server.AsWorker().CallAsync(TestServer.Unary, Ask("serve"), Never);
        Assert.Equal(ServingStatus.Serving, answer.Status);
        Assert.Equal("worker-1", seen!.Node.Value);
        Assert.Equal("swarm-1", seen.Cluster.Value);
        Assert.Equal(Swarm.Objects.NodeRole.Worker, seen.Role);
        Assert.StartsWith("127.0.0.1:", seen.RemoteAddress, StringComparison.Ordinal);
        Assert.Null(seen.ForwardedBy);
    }

    [Fact]
    public async Task All_addresses_are_those_of_both_families_and_callers_by_IPv4_are_known_as_such()
    {
        var seen = new List<string>();
        await using TestServer server = await TestServer.StartEverywhereAsync(new RpcRoutes().Unary(
            TestServer.Unary, RpcAccess.Node, (request, caller, _) =>
            {
                seen.Add(IPEndPoint.Parse(caller.RemoteAddress).Address.ToString());
                return Task.FromResult(Answer(request));
            }));
        await server.AsWorkerAt("127.0.0.1").CallAsync(TestServer.Unary, Ask("serve"), Never);
        await server.AsWorkerAt("[::1]").CallAsync(TestServer.Unary, Ask("serve"), Never);
        Assert.Equal(["127.0.0.1", "::1"], seen);
    }

    [Fact]
    public async Task A_server_sends_many_answers_to_one_request()
    {
        await using TestServer server = await TestServer.StartAsync(new RpcRoutes().ServerStream(
            TestServer.Server, RpcAccess.Node, async (request, writer, _, stop) =>
            {
                for (int i = 0; i < 1000; i++)
                {
                    await writer.WriteAsync(Answer(request), stop);
                }
            }));
        int count = 0;
        await foreach (HealthCheckResponse answer in
            server.AsWorker().ReadStreamAsync(TestServer.Server, Ask("serve"), Never))
        {
            Assert.Equal(ServingStatus.Serving, answer.Status);
            count++;
        }

        Assert.Equal(1000, count);
    }

    [Fact]
    public async Task A_client_sends_many_requests_for_one_answer()
    {
        await using TestServer server = await TestServer.StartAsync(new RpcRoutes().ClientStream(
            TestServer.Client, RpcAccess.Node, async (reader, _, stop) =>
            {
                int characters = 0;
                while (await reader.ReadAsync(stop) is { } request)
                {
                    characters += request.Service.Length;
                }

                return new HealthCheckResponse { Status = (ServingStatus)characters };
            }));
        await using var call = server.AsWorker().Open(TestServer.Client, Never);
        await call.SendAsync(Ask("one"));
        await call.SendAllAsync([Ask("three"), Ask(new string('x', 100_000))]);
        Assert.Equal(100_008, (int)(await call.FinishAsync()).Status);
    }

    [Fact]
    public async Task Both_sides_send_when_they_like()
    {
        await using TestServer server = await TestServer.StartAsync(new RpcRoutes().Duplex(
            TestServer.Both, RpcAccess.Node, async (reader, writer, _, stop) =>
            {
                while (await reader.ReadAsync(stop) is { } request)
                {
                    var answer = new HealthCheckResponse { Status = (ServingStatus)request.Service.Length };
                    await writer.WriteAsync(answer, stop);
                }
            }));
        await using var call = server.AsWorker().Open(TestServer.Both, Never);
        for (int i = 1; i < 200; i++)
        {
            await call.SendAsync(Ask(new string('x', i)));
            Assert.Equal(i, (int)(await call.ReadAsync())!.Status);
        }

        call.CompleteSending();
        Assert.Null(await call.ReadAsync());
    }

    [Fact]
    public async Task Who_sends_while_the_peer_ends_the_call_hears_that_it_is_lost_and_not_that_he_cancelled_it()
    {
        await using TestServer server = await TestServer.StartAsync(new RpcRoutes().ClientStream(
            TestServer.Client, RpcAccess.Node, async (reader, _, stop) =>
            {
                await reader.ReadAsync(stop);
                throw new RpcException(RpcStatus.NotFound, "gone");
            }));
        RpcChannel channel = server.AsWorker();
        for (int round = 0; round < 50; round++)
        {
            await using var call = channel.Open(TestServer.Client, Never);
            await Assert.ThrowsAsync<RpcException>(async () =>
            {
                while (true)
                {
                    await call.SendAsync(Ask(new string('x', 10_000)));
                }
            });
        }
    }

    [Fact]
    public async Task A_refusal_comes_with_its_status_kind_and_words()
    {
        const string words = "100 % nicht möglich:\n zu spät";
        await using TestServer server = await TestServer.StartAsync(new RpcRoutes()
            .Unary(TestServer.Unary, RpcAccess.Node, (_, _, _) => throw new RefusedException(ErrorKind.Conflict, words))
            .ServerStream(TestServer.Server, RpcAccess.Node, async (request, writer, _, stop) =>
            {
                await writer.WriteAsync(Answer(request), stop);
                throw new RpcException(RpcStatus.Aborted, words);
            }));
        RpcException refused = await Assert.ThrowsAsync<RpcException>(
            () => server.AsWorker().CallAsync(TestServer.Unary, Ask(""), Never));
        Assert.Equal((RpcStatus.AlreadyExists, words), (refused.Status, refused.Detail));
        Assert.Equal(ErrorKind.Conflict, refused.RefusalKind);
        Assert.Equal((ErrorKind.Conflict, words), Kind(RpcErrors.ToRefusal(refused)));

        await using var answers = server.AsWorker()
            .ReadStreamAsync(TestServer.Server, Ask(""), Never).GetAsyncEnumerator();
        Assert.True(await answers.MoveNextAsync());
        RpcException late = await Assert.ThrowsAsync<RpcException>(async () => await answers.MoveNextAsync());
        Assert.Equal((RpcStatus.Aborted, words), (late.Status, late.Detail));
        Assert.Null(late.RefusalKind);
    }

    [Fact]
    public async Task An_unknown_method_and_an_unknown_service_are_told_apart()
    {
        await using TestServer server = await TestServer.StartAsync(Echo(RpcAccess.Anyone));
        RpcException method = await FailAsync(server.AsWorker(), TestServer.Method("Other"));
        Assert.Equal(
            (RpcStatus.Unimplemented, "unknown method Other for service test.Echo"), (method.Status, method.Detail));
        RpcException service = await FailAsync(
            server.AsWorker(),
            new RpcMethod<HealthCheckRequest, HealthCheckResponse>("/a.B/C", HealthCheckResponse.Parser));
        Assert.Equal((RpcStatus.Unimplemented, "unknown service a.B"), (service.Status, service.Detail));
    }

    [Fact]
    public async Task A_bug_in_a_method_is_not_told_to_the_peer()
    {
        await using TestServer server = await TestServer.StartAsync(new RpcRoutes().Unary(
            TestServer.Unary, RpcAccess.Node, (_, _, _) => throw new InvalidOperationException("a path and a secret")));
        RpcException error = await FailAsync(server.AsWorker(), TestServer.Unary);
        Assert.Equal(RpcStatus.Internal, error.Status);
        Assert.DoesNotContain("secret", error.Detail, StringComparison.Ordinal);
        Assert.False(server.Rpc.Failure.IsCompleted);
    }

    [Fact]
    public async Task A_broken_invariant_is_for_whoever_runs_the_server()
    {
        await using TestServer server = await TestServer.StartAsync(new RpcRoutes().Unary(
            TestServer.Unary, RpcAccess.Node, (_, _, _) => throw new Skep.Linux.Files.SyncFailedException("fsync", 5)));
        await FailAsync(server.AsWorker(), TestServer.Unary);
        await Assert.ThrowsAsync<Skep.Linux.Files.SyncFailedException>(() => server.Rpc.Failure);
    }

    [Fact]
    public async Task A_deadline_ends_the_call_on_both_sides()
    {
        var stopped = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(new RpcRoutes().Unary(
            TestServer.Unary, RpcAccess.Node, async (request, _, stop) =>
            {
                if (request.Service == "fast")
                {
                    return new HealthCheckResponse();
                }

                await using var registration = stop.Register(stopped.SetResult);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
                return new HealthCheckResponse();
            }));
        RpcChannel channel = server.AsWorker();
        await channel.CallAsync(TestServer.Unary, Ask("fast"), Never);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => channel.CallAsync(
            TestServer.Unary, Ask(""), TimeSpan.FromMilliseconds(300), TimeProvider.System, Never));
        Assert.Equal(RpcStatus.DeadlineExceeded, error.Status);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_client_that_gives_up_ends_the_call_at_the_server()
    {
        var begun = new TaskCompletionSource();
        var stopped = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(new RpcRoutes().Unary(
            TestServer.Unary, RpcAccess.Node, async (_, _, stop) =>
            {
                await using var registration = stop.Register(stopped.SetResult);
                begun.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
                return new HealthCheckResponse();
            }));
        using var stop = new CancellationTokenSource();
        Task call = server.AsWorker().CallAsync(TestServer.Unary, Ask(""), stop.Token);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_streams_with_a_status()
    {
        TestServer server = await TestServer.StartAsync(new RpcRoutes().ServerStream(
            TestServer.Server, RpcAccess.Node, async (request, writer, _, stop) =>
            {
                await writer.WriteAsync(Answer(request), stop);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            }));
        using var channel = RpcChannel.ToNode(
            server.Address, new RpcChannelOptions { Tls = () => server.Swarm.Client(server.Swarm.Worker("worker-1")) });
        await using var answers = channel.ReadStreamAsync(TestServer.Server, Ask(""), Never).GetAsyncEnumerator();
        Assert.True(await answers.MoveNextAsync());
        await server.DisposeAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await answers.MoveNextAsync());
        Assert.Equal(RpcStatus.Unavailable, error.Status);
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused_before_it_is_read()
    {
        await using TestServer server = await TestServer.StartAsync(Echo(RpcAccess.Anyone));
        var large = Ask(new string('x', RpcLimits.RequestBytesMax));
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => server.AsManager().CallAsync(TestServer.Unary, large, Never));
        Assert.Equal(RpcStatus.ResourceExhausted, error.Status);
        Assert.StartsWith("grpc: received message larger than max (419", error.Detail, StringComparison.Ordinal);

        var fits = Ask(new string('x', RpcLimits.RequestBytesMax - 100));
        await server.AsManager().CallAsync(TestServer.Unary, fits, Never);
    }

    [Fact]
    public async Task A_caller_without_a_certificate_has_little_room()
    {
        await using TestServer server = await TestServer.StartAsync(Echo(RpcAccess.Anyone));
        await server.AsNobody().CallAsync(TestServer.Unary, Ask(new string('x', 60_000)), Never);
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => server.AsNobody().CallAsync(TestServer.Unary, Ask(new string('x', 70_000)), Never));
        Assert.Equal(RpcStatus.ResourceExhausted, error.Status);
    }

    [Fact]
    public async Task The_local_socket_is_this_node_and_roots_alone()
    {
        string path = Path.Combine(Path.GetTempPath(), $"skep-test-{Environment.ProcessId}.sock");
        await File.WriteAllTextAsync(path, "what a killed process left");
        RpcCaller? seen = null;
        var routes = new RpcRoutes().Unary(TestServer.Unary, RpcAccess.Manager, (request, caller, _) =>
        {
            seen = caller;
            return Task.FromResult(Answer(request));
        });
        NodeCredentials credentials = new TestSwarm("swarm-1").Manager("manager-1");
        await using RpcServer server = await RpcServer.StartAsync(
            new RpcServerOptions
            {
                LocalSocket = path,
                LocalAddress = static () => "192.0.2.1:2377",
                Credentials = credentials,
                IsRemoved = static _ => false,
                KeepAlive = static () => TimeSpan.FromSeconds(1),
                Time = TimeProvider.System,
                Log = Log.None,
            },
            routes,
            Never);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        using RpcChannel channel = RpcChannel.ToUnixSocket(path);
        await channel.CallAsync(TestServer.Unary, Ask(""), Never);
        Assert.True(seen!.IsLocal);
        Assert.Equal(("manager-1", "192.0.2.1:2377"), (seen.Node.Value, seen.RemoteAddress));
    }

    internal static RpcRoutes Echo(RpcAccess access) => new RpcRoutes().Unary(
        TestServer.Unary, access, (request, _, _) => Task.FromResult(Answer(request)));

    internal static void Echo(RpcRoutes routes) => routes.Unary(
        TestServer.Unary, RpcAccess.Node, (request, _, _) => Task.FromResult(Answer(request)));

    internal static HealthCheckRequest Ask(string service) => new() { Service = service };

    internal static HealthCheckResponse Answer(HealthCheckRequest request) => new()
    {
        Status = request.Service == "serve" ? ServingStatus.Serving : ServingStatus.NotServing,
    };

    internal static Task<RpcException> FailAsync(
        RpcChannel channel, RpcMethod<HealthCheckRequest, HealthCheckResponse> method) =>
        Assert.ThrowsAsync<RpcException>(() => channel.CallAsync(method, Ask(""), Never));

    private static (ErrorKind Kind, string Message) Kind(RefusedException error) => (error.Kind, error.Message);
}
