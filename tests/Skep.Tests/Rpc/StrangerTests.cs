using System.Net.Security;
using System.Net.Sockets;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;

namespace Skep.Tests.Rpc;

/// <summary>What strangers can do to the port that must be open to them.</summary>
public sealed class StrangerTests
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A7_a_half_open_handshake_ends_by_its_deadline()
    {
        var time = new ManualTime();
        await using TestServer server = await TestServer.StartAsync(RpcServerTests.Echo(RpcAccess.Node), time);
        using Socket silent = await ConnectAsync(server);
        Task<int> end = ReadEndAsync(silent);
        await WaitForTimersAsync(time, 1);
        time.Advance(RpcLimits.Handshake - TimeSpan.FromMilliseconds(1));
        Assert.False(end.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal(0, await end.WaitAsync(Patience));
    }

    [Fact]
    public async Task A7_one_byte_a_second_does_not_prolong_a_handshake()
    {
        var time = new ManualTime();
        await using TestServer server = await TestServer.StartAsync(RpcServerTests.Echo(RpcAccess.Node), time);
        using Socket slow = await ConnectAsync(server);
        Task<int> end = ReadEndAsync(slow);
        await WaitForTimersAsync(time, 1);
        byte[] hello = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03];
        for (int second = 0; second < (int)RpcLimits.Handshake.TotalSeconds; second++)
        {
            Assert.False(end.IsCompleted);
            await slow.SendAsync(hello.AsMemory(second, 1));

            // Long enough for the byte to arrive, were it to prolong anything.
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, await end.WaitAsync(Patience));
    }

    [Fact]
    public async Task A7_a_client_that_says_nothing_after_its_handshake_is_let_go()
    {
        var time = new ManualTime();
        await using TestServer server = await TestServer.StartAsync(RpcServerTests.Echo(RpcAccess.Node), time);
        using Socket socket = await ConnectAsync(server);
        await using var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsClientAsync(server.Swarm.Client(null), Never);
        ValueTask<int> end = stream.ReadAsync(new byte[1]);

        // The handshake's own timer, and then the one for what is to be said.
        await WaitForTimersAsync(time, 2);
        time.Advance(RpcLimits.Preface + TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await end.AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A7_ten_thousand_connects_leave_members_alone()
    {
        await using TestServer server = await TestServer.StartAsync(RpcServerTests.Echo(RpcAccess.Node));
        RpcChannel member = server.AsWorker();
        await member.CallAsync(TestServer.Unary, RpcServerTests.Ask(""), Never);
        var strangers = new Queue<Socket>();
        try
        {
            for (int i = 0; i < 10_000; i++)
            {
                strangers.Enqueue(await TryConnectAsync(server));
                if (strangers.Count > 1000)
                {
                    strangers.Dequeue().Dispose();
                }

                if (i % 500 == 0)
                {
                    await member.CallAsync(TestServer.Unary, RpcServerTests.Ask(""), Never).WaitAsync(Patience);
                }
            }

            Assert.InRange(server.Rpc.ConnectionCount, 1, RpcLimits.ConnectionsPerAddressMax);
        }
        finally
        {
            foreach (Socket stranger in strangers)
            {
                stranger.Dispose();
            }
        }

        // Places come back when strangers go.
        RpcChannel next = server.With(server.Swarm.Worker("worker-2"));
        await RetryAsync(() => next.CallAsync(TestServer.Unary, RpcServerTests.Ask(""), Never));
    }

    [Fact]
    public async Task A_call_whose_request_does_not_come_ends_by_its_deadline()
    {
        var time = new ManualTime();
        await using TestServer server = await TestServer.StartAsync(RpcServerTests.Echo(RpcAccess.Anyone), time);
        RpcChannel nobody = server.AsNobody();

        // So that the clock does not run while the connection is still being made.
        await nobody.CallAsync(TestServer.Unary, RpcServerTests.Ask(""), Never);
        await using var call = nobody.Open(TestServer.Unary, Never);
        Task<HealthCheckResponse?> answer = call.ReadAsync();
        while (!answer.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => answer);
        Assert.Equal((RpcStatus.DeadlineExceeded, "the request came too slowly"), (error.Status, error.Detail));
    }

    [Fact]
    public async Task Calls_at_once_without_a_certificate_are_few()
    {
        var routes = new RpcRoutes().Unary(TestServer.Unary, RpcAccess.Anyone, async (_, _, stop) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            return new HealthCheckResponse();
        });
        await using TestServer server = await TestServer.StartAsync(routes);
        RpcChannel channel = server.AsNobody();
        using var stop = new CancellationTokenSource();
        List<Task<HealthCheckResponse>> calls = [.. Enumerable.Range(0, RpcLimits.AnonymousCallsMax + 1)
            .Select(_ => channel.CallAsync(TestServer.Unary, RpcServerTests.Ask(""), stop.Token))];
        var first = await Assert.ThrowsAsync<RpcException>(() => Task.WhenAny(calls).Unwrap());
        Assert.Equal(RpcStatus.ResourceExhausted, first.Status);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => Task.WhenAll(calls));
    }

    [Fact]
    public async Task The_hellos_of_plain_http_are_not_answered()
    {
        await using TestServer server = await TestServer.StartAsync(RpcServerTests.Echo(RpcAccess.Anyone));
        using Socket socket = await ConnectAsync(server);
        await socket.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        Assert.InRange(await ReadEndAsync(socket).WaitAsync(Patience), 0, 16); // At most a TLS alert.
    }

    private static async Task<Socket> ConnectAsync(TestServer server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.EndPoint);
        return socket;
    }

    /// <summary>A connection that is turned away at once is as good as one that stays.</summary>
    private static async Task<Socket> TryConnectAsync(TestServer server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(server.EndPoint);
        }
        catch (SocketException)
        {
            socket.Dispose();
        }

        return socket;
    }

    /// <returns>Bytes that came before the end.</returns>
    private static async Task<int> ReadEndAsync(Socket socket)
    {
        int count = 0;
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer) is > 0 and var more)
            {
                count += more;
            }
        }
        catch (SocketException)
        {
            // Reset: an end, too.
        }

        return count;
    }

    /// <param name="count">Of those that the server has made since it began.</param>
    private static async Task WaitForTimersAsync(ManualTime time, int count)
    {
        for (int i = 0; i < 6000 && time.CreatedCount < count; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        Assert.True(time.CreatedCount >= count);
    }

    private static async Task RetryAsync(Func<Task> action)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                await action();
                return;
            }
            catch (RpcException) when (i < 100)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }
}
