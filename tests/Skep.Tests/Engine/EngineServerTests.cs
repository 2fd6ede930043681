using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Tests.Engine;

public sealed class EngineServerTests(EngineServerFixture server) : IClassFixture<EngineServerFixture>
{
    [Fact]
    public async Task Every_answer_of_an_endpoint_names_the_engine_and_its_api()
    {
        string answer = await server.GetAsync("/things/list");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.Contains("Api-Version: 1.47\r\n", answer);
        Assert.Contains("Docker-Experimental: false\r\n", answer);
        Assert.Contains("Ostype: linux\r\n", answer);
        Assert.Contains("Server: Skep/1.2.3 (linux)\r\n", answer);
        Assert.EndsWith("\r\n\r\nthe list", answer);
    }

    [Theory]
    [InlineData("/things/a/json", "1.47 a")]
    [InlineData("/v1.41/things/a/json", "1.41 a")]
    [InlineData("/v1.24/things/library/busy:1/json", "1.24 library/busy:1")]
    [InlineData("/things/a%2Fb/json", "1.47 a/b")]
    public async Task A_path_may_carry_a_version_and_a_name_slashes(string path, string expected) =>
        Assert.EndsWith("\r\n\r\n" + expected, await server.GetAsync(path));

    [Theory]
    [InlineData("/nothing", 404, "page not found")]
    [InlineData("/things", 404, "page not found")]
    [InlineData("/v1.99/things/list", 400, "client version 1.99 is too new. Maximum supported API version is 1.47")]
    [InlineData("/v1.23/things/list", 400, "client version 1.23 is too old. Minimum supported API version is 1.24")]
    [InlineData("/v99999999999999.1/things/list", 400, "client version 99999999999999.1 is too new.")]
    [InlineData("/containers/x/export", 501, "GET /containers/{id}/export is not implemented")]
    public async Task What_is_not_there_is_refused_in_docker_s_words(string path, int status, string words)
    {
        string answer = await server.GetAsync(path);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.Contains("Content-Type: application/json\r\n", answer);
        Assert.Contains("{\"message\":\"" + words, answer);
    }

    [Theory]
    [InlineData(nameof(ErrorKind.Invalid), 400)]
    [InlineData(nameof(ErrorKind.Unauthorized), 401)]
    [InlineData(nameof(ErrorKind.Forbidden), 403)]
    [InlineData(nameof(ErrorKind.NotFound), 404)]
    [InlineData(nameof(ErrorKind.Conflict), 409)]
    [InlineData(nameof(ErrorKind.Failed), 500)]
    [InlineData(nameof(ErrorKind.OutcomeUnknown), 500)]
    [InlineData(nameof(ErrorKind.Unsupported), 501)]
    [InlineData(nameof(ErrorKind.Unavailable), 503)]
    public async Task Each_kind_of_refusal_has_its_status(string kind, int status)
    {
        string answer = await server.GetAsync("/refused/" + kind);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.EndsWith("{\"message\":\"because <\\\"it\\\"> & so\"}\n", answer);
    }

    [Fact]
    public async Task Not_modified_has_no_body()
    {
        string answer = await server.GetAsync("/refused/NotModified");
        Assert.StartsWith("HTTP/1.1 304 ", answer);
        Assert.EndsWith("\r\n\r\n", answer);
    }

    [Fact]
    public async Task A_bug_is_answered_and_the_server_lives_on()
    {
        Assert.StartsWith("HTTP/1.1 500 ", await server.GetAsync("/broken"));
        Assert.StartsWith("HTTP/1.1 200 ", await server.GetAsync("/things/list"));
    }

    [Fact]
    public async Task A_header_line_without_measure_is_refused()
    {
        string answer = await server.AskAsync(
            "GET /things/list HTTP/1.1\r\nHost: d\r\nX: " + new string('x', 100_000) + "\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 431 ", answer);
    }

    [Fact]
    public async Task A_stream_ends_when_its_client_goes()
    {
        using (var socket = await server.ConnectAsync())
        {
            await socket.SendAsync("GET /endless HTTP/1.1\r\nHost: d\r\n\r\n"u8.ToArray());
            Assert.True(await socket.ReceiveAsync(new byte[4096]) > 0);
        }

        Assert.Equal("stopped", await server.Gone.Task.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Requests_over_the_limit_are_turned_away_until_one_ends()
    {
        var limit = new InFlight(1);
        Assert.True(limit.TryEnter());
        Assert.False(limit.TryEnter());
        limit.Leave();
        Assert.True(limit.TryEnter());
    }

    [Fact]
    public async Task Slow_headers_do_not_hold_a_connection_for_ever()
    {
        using var socket = await server.ConnectAsync();
        await socket.SendAsync("GET /things/list HTTP/1.1\r\nHost:"u8.ToArray());
        string answer = await EngineServerFixture.ReadToEndAsync(socket);
        Assert.StartsWith("HTTP/1.1 408 ", answer);
    }

    [Fact]
    public async Task A_connection_serves_one_request_after_the_other()
    {
        using var socket = await server.ConnectAsync();
        byte[] buffer = new byte[4096];
        for (int i = 0; i < 3; i++)
        {
            await socket.SendAsync("GET /nothing HTTP/1.1\r\nHost: d\r\n\r\n"u8.ToArray());
            string answer = "";
            while (!answer.EndsWith("}\n", StringComparison.Ordinal))
            {
                int length = await socket.ReceiveAsync(buffer);
                Assert.True(length > 0, answer);
                answer += System.Text.Encoding.ASCII.GetString(buffer, 0, length);
            }

            Assert.StartsWith("HTTP/1.1 404 ", answer);
        }
    }

    [Fact]
    public void The_socket_is_open_to_its_owner_and_group_alone() =>
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            File.GetUnixFileMode(server.SocketPath));
}
