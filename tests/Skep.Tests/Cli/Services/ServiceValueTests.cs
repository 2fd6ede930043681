using Skep.Cli.Services;
using Skep.Docker.Engine;
using GoDuration = Skep.Docker.Values.GoDuration;

namespace Skep.Tests.Cli.Services;

public sealed class ServiceValueTests
{
    [Theory]
    [InlineData("a", "a a 0 0 292")]
    [InlineData("source=b,target=/x,uid=5,gid=6,mode=0400", "b /x 5 6 256")]
    [InlineData("src=d,target=e,mode=0x1ff", "d e 0 0 511")]
    [InlineData("source=s,mode=0o644", "s s 0 0 420")]
    [InlineData("source=s,mode=292", "s s 0 0 292")]
    public void A_secret_has_a_place_an_owner_and_a_mode(string text, string expected)
    {
        FileUseFlag use = FileUseFlag.Parse(text, "secret");
        Assert.Equal(expected, $"{use.Source} {use.File.Name} {use.File.Uid} {use.File.Gid} {use.File.Mode}");
    }

    [Theory]
    [InlineData("x=y", "invalid field in config request: x")]
    [InlineData("target=y", "source is required")]
    [InlineData("source=y,foo", "invalid field 'foo' must be a key=value pair")]
    [InlineData("source=y,mode=8a", "invalid mode specified: strconv.ParseUint: parsing \"8a\": invalid syntax")]
    [InlineData("source=y,mode=09", "invalid mode specified: strconv.ParseUint: parsing \"09\": invalid syntax")]
    public void Wrong_uses_of_a_config_are_refused_in_docker_s_words(string text, string message) => Assert.Equal(
        message, Assert.Throws<FormatException>(() => FileUseFlag.Parse(text, "config")).Message);

    [Theory]
    [InlineData("name=front,ip=10.0.1.7", "fixed addresses on network front")]
    [InlineData("name=front,alias=x,ip6=fd00::7", "fixed addresses on network front")]
    [InlineData("name=front,link-local-ip=169.254.1.7", "fixed addresses on network front")]
    [InlineData("name=front,mac-address=02:00:00:00:00:07", "fixed hardware addresses on network front")]
    public void What_a_task_cannot_have_on_a_network_is_refused_by_name(string text, string what)
    {
        FormatException refusal = Assert.Throws<FormatException>(() => ServiceValues.CheckNetwork(text));
        Assert.Contains($"cannot have {what}", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("name=front,alias=x", ServiceValues.CheckNetwork("name=front,alias=x"));
    }

    [Theory]
    [InlineData("a  'b c' \"d \\\"e\" f\\ g", "a|b c|d \"e|f g")]
    [InlineData("a '' b", "a||b")]
    [InlineData("a # b c\nd e#f", "a|d|e#f")]
    [InlineData("'a\\b'", "a\\b")]
    [InlineData("", "")]
    public void A_command_line_is_parted_as_a_shell_does(string line, string expected) =>
        Assert.Equal(expected, string.Join('|', ShellWords.Split(line)));

    [Theory]
    [InlineData("'a", "EOF found when expecting closing quote")]
    [InlineData("a\\", "EOF found after escape character")]
    public void Half_a_command_line_is_refused_in_docker_s_words(string line, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => ShellWords.Split(line)).Message);

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(5_000_000_000, "5s")]
    [InlineData(90_000_000_000, "1m30s")]
    [InlineData(3_600_000_000_000, "1h0m0s")]
    [InlineData(1_500_000_000, "1.5s")]
    [InlineData(250_000_000, "250ms")]
    [InlineData(1_500, "1.5µs")]
    [InlineData(-7, "-7ns")]
    public void Durations_are_written_as_Go_writes_them(long nanoseconds, string expected) =>
        Assert.Equal(expected, GoDuration.Text(nanoseconds));

    [Fact]
    public void A_digest_and_the_platforms_pin_an_image_that_has_no_digest()
    {
        ServiceSpec Tagged(string image) => ImagePin.Tagged(new ServiceSpec
        {
            TaskTemplate = new TaskSpec { ContainerSpec = new ContainerSpec { Image = image } },
        });
        Assert.Equal("alpine:latest", Tagged("docker.io/library/alpine").TaskTemplate.ContainerSpec!.Image);
        Assert.Equal("foo/bar:2", Tagged("foo/bar:2").TaskTemplate.ContainerSpec!.Image);
        Assert.Equal("UPPER", Tagged("UPPER").TaskTemplate.ContainerSpec!.Image);
        Assert.Equal("a:1@sha256:00", Tagged("a:1@sha256:00").TaskTemplate.ContainerSpec!.Image);
    }
}
