using Skep.Cli.Swarm;
using Skep.Docker.Engine;

namespace Skep.Tests.Cli.Swarm;

public sealed class SwarmFlagTests
{
    [Theory]
    [InlineData("", "0.0.0.0:2377")]
    [InlineData("10.0.0.1", "10.0.0.1:2377")]
    [InlineData("10.0.0.1:4000", "10.0.0.1:4000")]
    [InlineData("eth0", "eth0:2377")]
    [InlineData(":4000", "0.0.0.0:4000")]
    [InlineData("tcp://10.0.0.1:", "10.0.0.1:2377")]
    [InlineData("::1", "[::1]:2377")]
    [InlineData("[::1]:4000", "[::1]:4000")]
    [InlineData("[::1]:", "[::1]:2377")]
    public void A_listening_address_is_completed(string text, string expected) =>
        Assert.Equal(expected, NodeAddress.Parse(text));

    [Theory]
    [InlineData("udp://x", "invalid proto, expected tcp: udp://x")]
    [InlineData("10.0.0.1:abc", "parse \"tcp://10.0.0.1:abc\": invalid port \":abc\" after host")]
    [InlineData("a:b:c", "parse \"tcp://a:b:c\": invalid port \":c\" after host")]
    public void Wrong_listening_addresses_are_refused_in_docker_s_words(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => NodeAddress.Parse(text)).Message);

    [Fact]
    public void An_external_authority_has_a_protocol_an_address_and_options()
    {
        ExternalCa parsed = ExternalCaFlag.Parse("protocol=CFSSL,url=https://ca.example:8888/sign,b=2,a=1");
        Assert.Equal(("cfssl", "https://ca.example:8888/sign", ""), (parsed.Protocol, parsed.Url, parsed.CaCert));
        Assert.Equal("a=1 b=2", string.Join(' ', parsed.Options!.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Theory]
    [InlineData("foo", "invalid field 'foo' must be a key=value pair")]
    [InlineData("protocol=x", "unrecognized external CA protocol x")]
    [InlineData("url=x", "the external-ca option needs a protocol= parameter")]
    [InlineData("protocol=cfssl", "the external-ca option needs a url= parameter")]
    [InlineData("cacert=/nosuch",
        "unable to read CA cert for external CA: open /nosuch: no such file or directory")]
    [InlineData("cacert=/etc/passwd", "CA cert for external CA must be in PEM format")]
    public void Wrong_external_authorities_are_refused_in_docker_s_words(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => ExternalCaFlag.Parse(text)).Message);

    [Fact]
    public void A_file_that_is_no_PEM_is_refused() => Assert.Equal(
        "file contents must be in PEM format",
        Assert.Throws<FormatException>(() => PemFile.Read("/etc/passwd")).Message);
}
