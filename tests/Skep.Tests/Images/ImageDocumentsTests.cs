using System.Net;
using System.Text;
using Skep.Agent.Images.Registry;
using Skep.Docker.Engine;
using Skep.Docker.Images;
using Skep.Swarm;

namespace Skep.Tests.Images;

public sealed class ImageDocumentsTests
{
    private const string D = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Config =
        $$"""{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{D}}","size":2}""";

    [Theory]
    [InlineData("{}", "neither a manifest nor an index")]
    [InlineData("[]", "neither a manifest nor an index")]
    [InlineData("{", "invalid JSON")]
    [InlineData("""{"schemaVersion":2,"manifests":[],"Layers":[]}""", "ambiguous document")]
    [InlineData("""{"schemaVersion":2,"manifests":[],"manifests":[]}""", "appears twice")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[],"history":[]}""", "schema 1")]
    [InlineData("""{"schemaVersion":3,"manifests":[]}""", "schema version 3")]
    [InlineData("""{"schemaVersion":2,"config":{},"layers":[]}""", "invalid checksum digest format")]
    [InlineData(
        """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","layers":[]}""",
        "the document is of another kind")]
    [InlineData($$"""{"schemaVersion":2,"config":{{Config}}}""", "manifest without layers")]
    [InlineData(
        $$"""{"schemaVersion":2,"config":{{Config}},"layers":[{"mediaType":"x","digest":"{{D}}","size":1}]}""",
        "unsupported media type \"x\"")]
    [InlineData(
        $$"""{"schemaVersion":2,"config":{{Config}},"layers":[{"digest":"sha256:../../../etc/passwd","size":1}]}""",
        "invalid checksum digest length")]
    [InlineData(
        $$"""{"schemaVersion":2,"config":{{Config}},"layers":[{"digest":"{{D}}","size":-1}]}""", "impossible size")]
    [InlineData(
        $$"""{"schemaVersion":2,"config":{{Config}},"layers":[{"digest":"{{D}}","size":1,"urls":["http://x/"]}]}""",
        "foreign layers are refused")]
    public void A_manifest_that_is_broken_or_double_is_refused(string json, string why) =>
        Assert.Contains(why, Assert.Throws<RefusedException>(
            () => ImageDocuments.ReadManifest(Encoding.UTF8.GetBytes(json), null)).Message);

    [Fact]
    public void Size_and_depth_are_limited()
    {
        string layer = $$"""{"mediaType":"{{MediaTypes.OciLayer}}","digest":"{{D}}","size":1}""";
        string layers = string.Join(',', Enumerable.Repeat(layer, 126));
        string many = $$"""{"schemaVersion":2,"config":{{Config}},"layers":[{{layers}}]}""";
        Assert.Equal("max depth exceeded", Refusal(many));
        Assert.Contains("larger than the limit", Refusal(new string(' ', (4 << 20) + 1)));
        Assert.Contains("invalid JSON", Refusal($$"""{"x":{{new string('[', 50)}}{{new string(']', 50)}}}"""));
    }

    [Fact]
    public void Reserved_labels_are_left_out_and_nothing_else()
    {
        var labels = new Dictionary<string, string>
        {
            ["containerd.io/restart.loguri"] = "binary:///x",
            ["io.cri-containerd.kind"] = "sandbox",
            ["Skep.task"] = "1",
            ["com.example"] = "kept",
        };
        ContainerConfig left = ReservedLabels.Without(new ContainerConfig { Labels = labels });
        Assert.Equal(["com.example"], left.Labels!.Keys);
    }

    [Theory]
    [InlineData("linux/amd64", "linux/amd64", true)]
    [InlineData("linux/amd64", "linux/x86_64", true)]
    [InlineData("linux/arm64", "linux/arm64/v8", true)]
    [InlineData("linux/arm64", "linux/arm/v7", true)]
    [InlineData("linux/arm/v6", "linux/arm/v7", false)]
    [InlineData("linux/amd64", "linux/arm64", false)]
    [InlineData("linux/amd64", "windows/amd64", false)]
    [InlineData("linux/amd64", "linux/amd64/v3", false)]
    public void A_platform_runs_what_it_can(string machine, string image, bool runs) =>
        Assert.Equal(runs, Platform.Parse(machine).Rank(Platform.Parse(image)) is not null);

    [Fact]
    public void Changes_are_the_instructions_of_a_Dockerfile()
    {
        ContainerConfig config = ConfigChanges.Apply(
            new ContainerConfig { Cmd = ["old"], Env = ["A=0"] },
            [
                "ENTRYPOINT [\"/init\"]", "env A=1 B='2 3'", "ENV C the rest", "EXPOSE 80 53/udp 8000-8001",
                "VOLUME /data /log", "VOLUME [\"/x\"]", "WORKDIR /a", "WORKDIR ../b", "USER 1:2", "STOPSIGNAL SIGINT",
                "LABEL x=\"y z\"", "ONBUILD RUN make", "HEALTHCHECK --interval=5s --retries=2 CMD curl -f http://x/",
            ]);
        Assert.Equal(["/init"], config.Entrypoint);
        Assert.Null(config.Cmd);
        Assert.Equal(["A=1", "B=2 3", "C=the rest"], config.Env);
        Assert.Equal(["80/tcp", "53/udp", "8000/tcp", "8001/tcp"], config.ExposedPorts!.Keys);
        Assert.Equal(["/data", "/log", "/x"], config.Volumes!.Keys);
        Assert.Equal("/b", config.WorkingDir);
        Assert.Equal("y z", config.Labels!["x"]);
        Assert.Equal(["CMD-SHELL", "curl -f http://x/"], config.Healthcheck!.Test);
        Assert.Equal((5_000_000_000, 2), (config.Healthcheck.Interval, config.Healthcheck.Retries));
        Assert.Equal(
            "run is not a valid change command",
            Assert.Throws<RefusedException>(() => ConfigChanges.Apply(config, ["RUN x"])).Message);
    }

    [Theory]
    [InlineData(0, 0, "")]
    [InlineData(1500, 0, "   1.5kB")]
    [InlineData(0, 1000, "[>                                                  ]       0B/1kB")]
    [InlineData(32768, 3379706, "[>                                                  ]  32.77kB/3.38MB")]
    [InlineData(1000, 1000, "[==================================================>]      1kB/1kB")]
    public void Progress_is_drawn_as_Docker_draws_it(long current, long total, string text) =>
        Assert.Equal(text, ProgressBar.Text(current, total));

    [Theory]
    [InlineData("""realm="https://a/t",service="s, with comma",scope="x" """, "realm", "https://a/t")]
    [InlineData("""realm="https://a/t",service="s, with comma",scope="x" """, "service", "s, with comma")]
    [InlineData("""realm="a\"b",error=insufficient_scope""", "error", "insufficient_scope")]
    [InlineData("realm=", "realm", "")]
    [InlineData("garbage", "realm", "")]
    public void Challenges_are_read(string header, string name, string value) =>
        Assert.Equal(value, AuthChallenge.Parse(header).GetValueOrDefault(name, ""));

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("fe80::1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("10.1.2.3", false)]
    [InlineData("192.0.2.1", false)]
    public void Redirects_stay_outside_of_this_machine(string address, bool isInside) =>
        Assert.Equal(isInside, RegistryHttp.IsInside(IPAddress.Parse(address)));

    [Theory]
    [InlineData("hub:5000", "192.0.2.1", true)]
    [InlineData("other", "192.0.2.1", false)]
    [InlineData("other", "10.9.8.7", true)]
    [InlineData("other", "127.0.0.5", true)]
    public void Insecure_registries_are_named_by_host_or_network(string domain, string address, bool isInsecure) =>
        Assert.Equal(
            isInsecure,
            RegistryEndpoint.IsInsecure(domain, [IPAddress.Parse(address)], ["hub:5000", "10.0.0.0/8"]));

    [Fact]
    public void The_auth_header_comes_in_both_alphabets_and_never_in_an_error()
    {
        byte[] json = "{\"username\":\"u\",\"password\":\"?>~\"}"u8.ToArray();
        string plain = Convert.ToBase64String(json), url = plain.Replace('+', '-').Replace('/', '_').TrimEnd('=');
        Assert.Equal(("u", "?>~"), (AuthHeader.Parse(plain)!.Username, AuthHeader.Parse(url)!.Password));
        Assert.Null(AuthHeader.Parse(""));
        Assert.Equal(
            "invalid X-Registry-Auth header", Assert.Throws<RefusedException>(() => AuthHeader.Parse("!!")).Message);
    }

    private static string Refusal(string json) => Assert.Throws<RefusedException>(
        () => ImageDocuments.ReadManifest(Encoding.UTF8.GetBytes(json), null)).Message;
}
