using System.Net.Sockets;
using System.Text;

namespace Skep.Tests.Engine;

public sealed class HijackTests(EngineServerFixture server) : IClassFixture<EngineServerFixture>
{
    private const string Upgrade = "Connection: Upgrade\r\nUpgrade: tcp\r\n";

    [Theory]
    [InlineData("/echo?tty=1", "application/vnd.docker.raw-stream")]
    [InlineData("/echo", "application/vnd.docker.multiplexed-stream")]
    [InlineData("/v1.41/echo", "application/vnd.docker.raw-stream")]
    public async Task A_client_that_ends_its_sending_still_reads_the_rest(string path, string contentType)
    {
        using Socket socket = await server.ConnectAsync();
        await SendAsync(socket, $"POST {path} HTTP/1.1\r\nHost: d\r\n{Upgrade}\r\n");
        string head = await ReceiveHeadAsync(socket);
        Assert.StartsWith("HTTP/1.1 101 UPGRADED\r\n", head);
        Assert.Contains($"Content-Type: {contentType}\r\n", head);
        Assert.Contains("Upgrade: tcp\r\n", head);

        await SendAsync(socket, "hi\n");
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("hi\nbye", await EngineServerFixture.ReadToEndAsync(socket));
    }

    [Fact]
    public async Task A_request_with_a_body_can_be_taken_over_too()
    {
        using Socket socket = await server.ConnectAsync();
        await SendAsync(
            socket,
            $"POST /echo HTTP/1.1\r\nHost: d\r\n{Upgrade}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n"
            + "{}early");
        Assert.StartsWith("HTTP/1.1 101 UPGRADED\r\n", await ReceiveHeadAsync(socket));
        await SendAsync(socket, " and late\n");
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("early and late\nbye", await EngineServerFixture.ReadToEndAsync(socket));
    }

    [Fact]
    public async Task An_old_client_that_does_not_ask_for_an_upgrade_gets_a_raw_stream()
    {
        using Socket socket = await server.ConnectAsync();
        await SendAsync(socket, "POST /echo HTTP/1.1\r\nHost: d\r\n\r\n");
        string head = await ReceiveHeadAsync(socket);
        Assert.StartsWith("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n", head);
        await SendAsync(socket, "hi");
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("hibye", await EngineServerFixture.ReadToEndAsync(socket));
    }

    [Fact]
    public async Task Much_data_goes_through_both_ways()
    {
        using Socket socket = await server.ConnectAsync();
        await SendAsync(socket, $"POST /echo HTTP/1.1\r\nHost: d\r\n{Upgrade}\r\n");
        await ReceiveHeadAsync(socket);
        byte[] data = new byte[5_000_000];
        new Random(3).NextBytes(data);
        await socket.SendAsync(data);
        socket.Shutdown(SocketShutdown.Send);
        string got = await EngineServerFixture.ReadToEndAsync(socket);
        Assert.Equal(Encoding.Latin1.GetString(data) + "bye", got);
    }

    [Fact]
    public async Task A_client_that_dies_is_noticed_though_nothing_flows()
    {
        using (Socket socket = await server.ConnectAsync())
        {
            await SendAsync(socket, $"POST /echo?idle=1 HTTP/1.1\r\nHost: d\r\n{Upgrade}\r\n");
            await ReceiveHeadAsync(socket);
            socket.Shutdown(SocketShutdown.Send);
            await Task.Delay(TimeSpan.FromSeconds(1.2), TimeProvider.System);
            Assert.False(server.Gone.Task.IsCompleted);
        }

        Assert.Equal("gone", await server.Gone.Task.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    private static Task<int> SendAsync(Socket socket, string text) =>
        socket.SendAsync(Encoding.Latin1.GetBytes(text), SocketFlags.None);

    private static async Task<string> ReceiveHeadAsync(Socket socket)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            Assert.Equal(1, await socket.ReceiveAsync(one, late.Token));
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
