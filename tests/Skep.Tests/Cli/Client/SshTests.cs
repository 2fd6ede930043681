using System.Text;
using Skep.Cli.Client;

namespace Skep.Tests.Cli.Client;

public sealed class SshTests
{
    [Theory]
    [InlineData("ssh://h", "-o ConnectTimeout=30 -T -- h docker system dial-stdio")]
    [InlineData(
        "ssh://me@h.example:2222", "-o ConnectTimeout=30 -T -l me -p 2222 -- h.example docker system dial-stdio")]
    [InlineData(
        "ssh://h/run/a.sock", "-o ConnectTimeout=30 -T -- h docker --host unix:///run/a.sock system dial-stdio")]
    public void Called_docker_the_program_asks_for_docker(string url, string arguments) =>
        Assert.Equal(arguments, string.Join(' ', SshTarget.Parse(url).Arguments("docker")));

    [Fact]
    public void Called_skep_it_asks_for_skep_and_then_for_docker() => Assert.Equal(
        "-o ConnectTimeout=30 -T -- h sh -c 'if command -v skep >/dev/null 2>&1; then exec skep --host "
        + "unix:///a system dial-stdio; fi; exec docker --host unix:///a system dial-stdio'",
        string.Join(' ', SshTarget.Parse("ssh://h/a").Arguments("skep")));

    [Theory]
    [InlineData("ssh://me:pw@h", "plain-text password is not supported")]
    [InlineData("ssh://", "hostname is empty")]
    [InlineData("ssh://h?q", "query parameters are not allowed: \"q\"")]
    [InlineData("ssh://h#f", "fragments are not allowed: \"f\"")]
    public void Other_addresses_are_refused(string url, string complaint) => Assert.Equal(
        $"ssh host connection is not valid: invalid SSH URL: {complaint}",
        Assert.Throws<FormatException>(() => SshTarget.Parse(url)).Message);

    [Fact]
    public async Task What_is_sent_to_the_program_comes_back_until_it_ends()
    {
        await using CarriedStream stream = CarriedStream.Start("cat", []);
        await stream.WriteAsync("hello"u8.ToArray());
        await stream.FlushAsync();
        byte[] buffer = new byte[16];
        Assert.Equal(5, await stream.ReadAtLeastAsync(buffer, 5));
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, 5));
        stream.CloseWrite();
        Assert.Equal(0, await stream.ReadAsync(buffer));
    }

    [Fact]
    public async Task A_program_that_fails_says_why()
    {
        await using CarriedStream stream = CarriedStream.Start("sh", ["-c", "echo no route >&2; exit 255"]);
        IOException failure = await Assert.ThrowsAsync<IOException>(
            () => stream.ReadExactlyAsync(new byte[1]).AsTask());
        Assert.Equal("command [sh -c echo no route >&2; exit 255] has exited with exit status 255, make sure the URL "
            + "is valid, and skep or Docker 18.09 or later is installed on the remote host: stderr=no route",
            failure.Message);
        await using CarriedStream again = CarriedStream.Start("sh", ["-c", "echo no route >&2; exit 255"]);
        Assert.EndsWith("stderr=no route", Assert.Throws<IOException>(() => again.Read(new byte[1], 0, 1)).Message);
    }

    [Fact]
    public void A_program_that_is_not_there_is_named() => Assert.StartsWith(
        "exec: \"no-such-program\": ",
        Assert.Throws<IOException>(() => CarriedStream.Start("no-such-program", [])).Message);

    /// <summary>The terminal's Ctrl-C ends a whole group of processes, and the connection with it.</summary>
    [Fact]
    public async Task The_program_is_out_of_the_terminal_s_reach()
    {
        await using CarriedStream stream = CarriedStream.Start("sh", ["-c", "echo $$; cat /proc/$$/stat"]);
        using var reader = new StreamReader(stream);
        string process = (await reader.ReadLineAsync())!;
        string[] fields = (await reader.ReadLineAsync())!.Split(' ');
        Assert.Equal((process, process), (fields[4], fields[5]));
    }
}
