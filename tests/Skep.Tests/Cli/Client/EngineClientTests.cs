using System.Net.Sockets;
using System.Text;
using Skep.Cli.Client;
using Skep.Tests.Linux.Files;

namespace Skep.Tests.Cli.Client;

/// <summary>What the client says to a daemon, word for word.</summary>
public sealed class EngineClientTests : IDisposable
{
    private readonly ScratchDirectory scratch = new();
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public EngineClientTests()
    {
        listener.Bind(new UnixDomainSocketEndPoint(scratch["s"]));
        listener.Listen();
    }

    public void Dispose()
    {
        listener.Dispose();
        scratch.Dispose();
    }

    [Fact]
    public async Task The_user_s_headers_go_with_every_request_also_with_those_that_become_streams()
    {
        var headers = new Dictionary<string, string>
        {
            ["X-Meta"] = "a, b",
            ["Authorization"] = "Bearer x",
            ["upgrade"] = "h2c",
            ["Content-Type"] = "text/x",
            ["User-Agent"] = "other",
        };
        using var client = new EngineClient(
            Endpoint.Parse("unix://" + scratch["s"], tls: null, "/s"), "skep", headers);
        Task<string[]> served = ServeAsync(
            "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello");
        await using HijackedConnection connection = await client.HijackAsync(
            "/exec/x/start", "{}"u8.ToArray(), CancellationToken.None);
        byte[] early = new byte[8];
        Assert.Equal(5, await connection.ReadAsync(early, CancellationToken.None));

        string[] asked = await served;
        Assert.StartsWith("GET /_ping HTTP/1.1\r\n", asked[0]);
        Assert.StartsWith("POST /v", asked[1]);
        foreach (string head in asked)
        {
            Assert.Contains("\r\nX-Meta: a, b\r\n", head);
            Assert.Contains("\r\nAuthorization: Bearer x\r\n", head);
            Assert.Contains("\r\nUser-Agent: Skep-Client/", head);
            Assert.DoesNotContain("other", head);
        }

        Assert.Contains("\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\n", asked[1]);
        Assert.DoesNotContain("h2c", asked[1]);
    }

    // One connection after the other; each brings one request without an answer to it. They stay open.
    private async Task<string[]> ServeAsync(params string[] answers)
    {
        var heads = new List<string>();
        foreach (string answer in answers)
        {
            Socket peer = await listener.AcceptAsync();
            var head = new StringBuilder();
            byte[] buffer = new byte[4096];
            while (!head.ToString().Contains("\r\n\r\n"))
            {
                int count = await peer.ReceiveAsync(buffer);
                Assert.True(count > 0, $"the client went away after: {head}");
                head.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }

            heads.Add(head.ToString());
            await peer.SendAsync(Encoding.ASCII.GetBytes(answer));
        }

        return [.. heads];
    }
}
