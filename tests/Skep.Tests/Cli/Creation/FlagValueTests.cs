using Skep.Cli.Creation;
using Skep.Docker.Engine;
using Skep.Docker.Values;

namespace Skep.Tests.Cli.Creation;

public sealed class FlagValueTests
{
    [Theory]
    [InlineData("80", "80/tcp= :")]
    [InlineData("8080:80", "80/tcp= :8080")]
    [InlineData("127.0.0.1:8080:80/udp", "80/udp=127.0.0.1 :8080")]
    [InlineData("[::1]:8080:80", "80/tcp=::1 :8080")]
    [InlineData("127.0.0.1::80", "80/tcp=127.0.0.1 :")]
    [InlineData("8000-8001:80-81", "80/tcp= :8000;81/tcp= :8001")]
    [InlineData("8000-8010:80", "80/tcp= :8000-8010")]
    [InlineData("published=8080,target=80,protocol=udp", "80/udp= :8080")]
    public void Published_ports_are_read_as_docker_reads_them(string text, string expected)
    {
        var ports = new PortFlags();
        ports.Publish(text);
        Assert.Equal(expected, string.Join(';', ports.Bindings.Select(binding =>
            $"{binding.Key}={binding.Value![0].HostIp} :{binding.Value[0].HostPort}")));
        Assert.Equal(ports.Bindings.Keys, ports.Exposed.Keys);
    }

    [Theory]
    [InlineData("x", "invalid containerPort: x")]
    [InlineData("x:80", "invalid hostPort: x")]
    [InlineData("1.2.3:80:80", "invalid IP address: 1.2.3")]
    [InlineData("80:81-83", "invalid ranges specified for container and host Ports: 81-83 and 80")]
    [InlineData("80/foo", "invalid proto: foo")]
    [InlineData("target", "invalid containerPort: target")]
    public void Wrong_ports_are_refused_in_docker_s_words(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => new PortFlags().Publish(text)).Message);

    [Theory]
    [InlineData("64m", 67_108_864)]
    [InlineData("1g", 1_073_741_824)]
    [InlineData("1.5k", 1_536)]
    [InlineData("512", 512)]
    [InlineData("10 MiB", 10_485_760)]
    [InlineData("3b", 3)]
    public void Sizes_count_in_steps_of_1024(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text));

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("8192p")]
    [InlineData("9999999999999999999")]
    public void Wrong_sizes_are_refused_in_docker_s_words(string text) =>
        Assert.Equal($"invalid size: '{text}'", Assert.Throws<FormatException>(() => ByteSize.Parse(text)).Message);

    [Theory]
    [InlineData("1m30s", 90_000_000_000)]
    [InlineData("500ms", 500_000_000)]
    [InlineData("-1s", -1_000_000_000)]
    [InlineData("1.5h", 5_400_000_000_000)]
    [InlineData("0", 0)]
    public void Durations_are_Go_s(string text, long nanoseconds) =>
        Assert.Equal(nanoseconds, GoDuration.Parse(text));

    [Theory]
    [InlineData("2562048h")]
    [InlineData("2562047h2562047h")]
    [InlineData("4000000000000000000h")]
    [InlineData("--1s")]
    public void A_duration_has_one_sign_and_at_most_292_years(string text) => Assert.Null(GoDuration.TryParse(text));

    [Fact]
    public void A_duration_needs_a_unit() => Assert.Equal(
        "time: missing unit in duration \"3\"", Assert.Throws<FormatException>(() => GoDuration.Parse("3")).Message);

    [Fact]
    public void Mounts_are_read_field_by_field()
    {
        Mount mount = MountFlag.Parse(
            "type=volume,src=data,dst=/d,volume-label=a=b,\"volume-opt=o=addr=1,rw\",volume-nocopy,ro");
        Assert.Equal(("volume", "data", "/d", true), (mount.Type, mount.Source, mount.Target, mount.ReadOnly));
        Assert.True(mount.VolumeOptions!.NoCopy);
        Assert.Equal("b", mount.VolumeOptions.Labels!["a"]);
        Assert.Equal("addr=1,rw", mount.VolumeOptions.DriverConfig!.Options!["o"]);
    }

    [Theory]
    [InlineData("type=bind,foo", "invalid field 'foo' must be a key=value pair")]
    [InlineData("type=bind,foo=1", "unexpected key 'foo' in 'foo=1'")]
    [InlineData("type=bind,src=/a", "target is required")]
    [InlineData("type=tmpfs,volume-nocopy,target=/x", "cannot mix 'volume-*' options with mount type 'tmpfs'")]
    [InlineData("type=tmpfs,target=/x,tmpfs-mode=9", "invalid value for tmpfs-mode: 9")]
    public void Wrong_mounts_are_refused_in_docker_s_words(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => MountFlag.Parse(text)).Message);

    [Fact]
    public void Old_network_flags_belong_to_the_first_network()
    {
        NetworkFlag first = NetworkFlag.Parse("name=a,alias=x");
        var plain = new NetworkFlag("") { IPv4 = "10.0.0.5" };
        NetworkEndpoints networks = NetworkEndpoints.Of(
            [NetworkEndpoints.Merge(first, plain), NetworkFlag.Parse("b")]);
        Assert.Equal("a", networks.Mode);
        Assert.Equal(["x"], networks.Endpoints["a"]!.Aliases!);
        Assert.Equal("10.0.0.5", networks.Endpoints["a"]!.IpamConfig!.IPv4Address);
        Assert.Equal(["a", "b"], networks.Endpoints.Keys);
    }

    [Fact]
    public void A_single_plain_network_is_named_by_the_mode_alone() =>
        Assert.Empty(NetworkEndpoints.Of([NetworkFlag.Parse("mynet")]).Endpoints);

    [Theory]
    [InlineData("nofile=1024", 1024, 1024)]
    [InlineData("nofile=10:20", 10, 20)]
    [InlineData("core=-1", -1, -1)]
    public void Ulimits_have_a_soft_and_a_hard_side(string text, long soft, long hard)
    {
        Ulimit limit = UlimitFlag.Parse(text);
        Assert.Equal((soft, hard), (limit.Soft, limit.Hard));
    }

    [Theory]
    [InlineData("/dev/null", "/dev/null", "/dev/null", "rwm")]
    [InlineData("/dev/null:r", "/dev/null", "/dev/null", "r")]
    [InlineData("/dev/a:/dev/b:rw", "/dev/a", "/dev/b", "rw")]
    public void Devices_have_a_place_inside_and_a_mode(string text, string outside, string inside, string mode) =>
        Assert.Equal(new DeviceMapping(outside, inside, mode), DeviceFlags.Mapping(text));
}
