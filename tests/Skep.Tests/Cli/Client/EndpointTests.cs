using Skep.Cli.Client;

namespace Skep.Tests.Cli.Client;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("", "unix:///default.sock", "/default.sock")]
    [InlineData("unix:///a/b", "unix:///a/b", "/a/b")]
    [InlineData("unix://", "unix:///default.sock", "/default.sock")]
    [InlineData("tcp://1.2.3.4:99", "tcp://1.2.3.4:99", null)]
    [InlineData("tcp://1.2.3.4", "tcp://1.2.3.4:2375", null)]
    [InlineData("tcp://", "tcp://localhost:2375", null)]
    [InlineData("1.2.3.4:99", "tcp://1.2.3.4:99", null)]
    [InlineData("tcp://[::1]:99", "tcp://[::1]:99", null)]
    public void Hosts_are_read_as_docker_reads_them(string text, string host, string? path)
    {
        Endpoint endpoint = Endpoint.Parse(text, tls: null, "/default.sock");
        Assert.Equal(host, endpoint.Host);
        Assert.Equal(path, endpoint.SocketPath);
    }

    [Theory]
    [InlineData("foo://x")]
    [InlineData("tcp://x:y")]
    public void Other_hosts_are_refused(string text) => Assert.Equal(
        $"invalid bind address format: {text}",
        Assert.Throws<FormatException>(() => Endpoint.Parse(text, null, "/s")).Message);

    [Theory]
    [InlineData("alpine", "docker.io")]
    [InlineData("user/app:1", "docker.io")]
    [InlineData("localhost/app", "localhost")]
    [InlineData("127.0.0.1:5000/app", "127.0.0.1:5000")]
    [InlineData("reg.example.org/a/b@sha256:1", "reg.example.org")]
    public void The_registry_of_a_name_is_its_first_part_if_that_is_a_host(string name, string registry) =>
        Assert.Equal(registry, RegistryAuth.RegistryOf(name));
}
