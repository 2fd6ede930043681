using System.Text;

namespace Skep.Tests.Engine;

public sealed class JsonBodyTests(EngineServerFixture server) : IClassFixture<EngineServerFixture>
{
    public static TheoryData<string, string> Hostile => new()
    {
        { "{", "invalid JSON" },
        { "{}{}", "unexpected content after JSON" },
        { "{} x", "invalid JSON" },
        { "[]", "invalid JSON" },
        { "NaN", "invalid JSON" },
        { """{"Number":NaN}""", "invalid JSON" },
        { """{"Number":1e400}""", "invalid JSON" },
        { """{"Number":18446744073709551616}""", "invalid JSON" },
        { """{"Number":"7"}""", "invalid JSON" },
        { """{"Name":"a","Name":"b"}""", "\\\"Name\\\" is there twice" },
        { """{"Inner":{"Name":"a","Name":"b"}}""", "is there twice" },
        { """{"Name":"a","N\u0061me":"b"}""", "\\\"Name\\\" is there twice" },
        { """{"N\u0061me":"a","Inner":{},"Name":"b"}""", "is there twice" },
        { """{"":1,"":2}""", "\\\"\\\" is there twice" },
        { """{"Inner":{"Name":"a"},"x":[{"Name":"a"}],"Inner":{}}""", "\\\"Inner\\\" is there twice" },
        { """{"x":[{"a":1,"é":2,"é":3}]}""", "is there twice" },
        { ManyNames(33, "n32"), "\\\"n32\\\" is there twice" },
        { ManyNames(500, "n3"), "\\\"n3\\\" is there twice" },
        { """{"x":"\ud800"}""", "half of a character" },
        { """{"\ud800":1}""", "half of a character" },
        { """{"List":["a",null]}""", "null in a list" },
        { """{"Name":"\ud800"}""", "half of a character" },
        { """{"Name":"\q"}""", "invalid JSON" },
        { Nested(40), "invalid JSON" },
        { Nested(10_000), "invalid JSON" },
        { "[" + string.Join(',', Enumerable.Repeat("1", 1_000_000)) + "]", "invalid JSON" },
    };

    [Theory, MemberData(nameof(Hostile))]
    public async Task Hostile_json_is_refused_plainly(string json, string words)
    {
        string answer = await server.PostJsonAsync("/things", Encoding.UTF8.GetBytes(json));
        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.Contains(words, answer);
    }

    [Fact]
    public async Task Text_that_is_not_utf8_is_refused()
    {
        string answer = await server.PostJsonAsync("/things", [.. "{\"Name\":\""u8, 0xc3, 0x28, .. "\"}"u8]);
        Assert.StartsWith("HTTP/1.1 400 ", answer);
    }

    [Theory]
    [InlineData("""{"Name":"x","Number":7}""", "x 7")]
    [InlineData("""{"name":"x","NUMBER":7, "unknown":[{"a":null}]}""", "x 7")]
    [InlineData("""{"Name":null}""", " 0")]
    [InlineData("""{"Name":"x","Number":7,"a":{"Name":1,"b":[{"Name":2},{"Name":3}]},"b":{"Name":{}}}""", "x 7")]
    [InlineData("""{"N\u0061me":"\u0078","Number":7,"Names":"a\nb"}""", "x 7")]
    [InlineData("null", "nothing")]
    [InlineData("", "nothing")]
    public async Task A_sound_body_is_read_as_docker_reads_it(string json, string expected) =>
        Assert.EndsWith(
            "\r\n\r\n" + expected, await server.PostJsonAsync("/things", Encoding.UTF8.GetBytes(json)));

    [Fact]
    public async Task An_object_may_have_many_names()
    {
        string json = ManyNames(500, "Name").Replace("\"Name\":0", "\"Name\":\"x\"", StringComparison.Ordinal);
        Assert.EndsWith(
            "\r\n\r\nx 0", await server.PostJsonAsync("/things", Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public async Task Another_type_than_json_is_refused()
    {
        string answer = await server.AskAsync(
            "POST /things HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Type: text/plain\r\n"
            + "Content-Length: 2\r\n\r\n{}");
        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.Contains("unsupported Content-Type header (text/plain): must be 'application/json'", answer);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_before_it_is_read()
    {
        string answer = await server.AskAsync(
            "POST /things HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Type: application/json\r\n"
            + "Content-Length: 1073741824\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", answer);
        Assert.Contains("{\"message\":\"request body is larger than 4194304 bytes\"}", answer);
    }

    [Fact]
    public async Task A_chunked_body_over_the_limit_is_refused_while_it_is_read()
    {
        byte[] chunk = [.. "10000\r\n"u8, .. new byte[65536], .. "\r\n"u8];
        byte[] body = [.. Enumerable.Repeat(chunk, 70).SelectMany(part => part)];
        string answer = await server.AskAsync(
            "POST /things HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n",
            body);
        Assert.StartsWith("HTTP/1.1 413 ", answer);
    }

    [Fact]
    public async Task A_stream_may_be_longer_than_json()
    {
        byte[] body = new byte[9 * 1024 * 1024];
        string answer = await server.AskAsync(
            $"POST /count HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n", body);
        Assert.EndsWith("\r\n\r\n9437184 bytes", answer);
    }

    private static string ManyNames(int count, string last) =>
        "{" + string.Concat(Enumerable.Range(0, count).Select(index => $"\"n{index}\":0,")) + $"\"{last}\":0}}";

    private static string Nested(int depth) =>
        string.Concat(Enumerable.Repeat("{\"Inner\":", depth)) + "{}" + new string('}', depth);
}
