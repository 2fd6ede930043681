using System.CommandLine;
using Skep.Cli;
using Skep.Cli.Client;
using Skep.Cli.Grammar;

namespace Skep.Tests.Cli.Grammar;

/// <summary>docker's way of writing a command line, read by the real tree of commands.</summary>
public sealed class FlagWordsTests
{
    [Theory]
    [InlineData("run -itd alpine ls -l", "run --interactive=true --tty=true --detach=true -- alpine ls -l")]
    [InlineData("run alpine -it --rm --name x", "run -- alpine -it --rm --name x")]
    [InlineData("run --rm true", "run --rm=true -- true")]
    [InlineData("run --rm=false true", "run --rm=false -- true")]
    [InlineData("run -p80:80 -p=81:81 -p 82:82 a", "run --publish=80:80 --publish=81:81 --publish=82:82 -- a")]
    [InlineData("run -e A=b -eC=d -dp 80:80 a", "run --env=A=b --env=C=d --detach=true --publish=80:80 -- a")]
    [InlineData("run --name a --name b i", "run --name=b -- i")]
    [InlineData("run --entrypoint= i", "run --entrypoint  -- i")]
    [InlineData("run -- -x y", "run -- -x y")]
    [InlineData("rm one -f two", "rm --force=true -- one two")]
    [InlineData("ps -aqn 3", "ps --all=true --quiet=true --last=3")]
    [InlineData("-H tcp://a:1 ps", "--host=tcp://a:1 ps")]
    [InlineData("exec one ls -la", "exec -- one ls -la")]
    [InlineData("container ps -q", "container ls --quiet=true")]
    [InlineData("top one -o pid", "top -- one -o pid")]
    [InlineData("run --memory-swap -1 i", "run --memory-swap=-1 -- i")]
    public void A_line_becomes_unambiguous(string line, string expected)
    {
        FlagWords.Reading reading = Read(line);
        Assert.Equal(expected, string.Join(' ', reading.Canonical));
    }

    [Theory]
    [InlineData("ps --bad", "unknown flag: --bad\n\nUsage:  docker ps [OPTIONS]\n\n"
        + "Run 'docker ps --help' for more information", 125)]
    [InlineData("ps -Z", "unknown shorthand flag: 'Z' in -Z\n\nUsage:  docker ps [OPTIONS]\n\n"
        + "Run 'docker ps --help' for more information", 125)]
    [InlineData("--bad", "unknown flag: --bad\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\n"
        + "Run 'docker --help' for more information", 125)]
    [InlineData("run -m", "flag needs an argument: 'm' in -m\n\n"
        + "Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'docker run --help' for more information", 125)]
    [InlineData("run --network", "flag needs an argument: --network\n\n"
        + "Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'docker run --help' for more information", 125)]
    [InlineData("rm --force=maybe x", "invalid argument \"maybe\" for \"-f, --force\" flag: "
        + "strconv.ParseBool: parsing \"maybe\": invalid syntax\n\n"
        + "Usage:  docker rm [OPTIONS] CONTAINER [CONTAINER...]\n\nRun 'docker rm --help' for more information", 125)]
    [InlineData("network foo", "docker: unknown command: docker network foo\n\nUsage:  docker network\n\n"
        + "Run 'docker network --help' for more information", 1)]
    public void Mistakes_are_told_in_docker_s_words(string line, string message, int code)
    {
        var failure = Assert.Throws<CommandFailedException>(() => Read(line));
        Assert.Equal(message, failure.Message);
        Assert.Equal(code, failure.ExitCode);
    }

    [Theory]
    [InlineData("run -m x alpine", "invalid argument \"x\" for \"-m, --memory\" flag: invalid size: 'x'")]
    [InlineData("run --cpus x alpine",
        "invalid argument \"x\" for \"--cpus\" flag: failed to parse x as a rational number")]
    [InlineData("ps -n x",
        "invalid argument \"x\" for \"-n, --last\" flag: strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("ps --filter bad",
        "invalid argument \"bad\" for \"-f, --filter\" flag: bad format of filter (expected name=value)")]
    [InlineData("run --ulimit foo=1 alpine",
        "invalid argument \"foo=1\" for \"--ulimit\" flag: invalid ulimit type: foo")]
    [InlineData("run --label =x alpine",
        "invalid argument \"=x\" for \"-l, --label\" flag: invalid label '=x': empty name")]
    [InlineData("run --mount type=bind alpine",
        "invalid argument \"type=bind\" for \"--mount\" flag: target is required")]
    [InlineData("run --blkio-weight 70000 alpine", "invalid argument \"70000\" for \"--blkio-weight\" flag: "
        + "strconv.ParseUint: parsing \"70000\": value out of range")]
    public void Values_that_do_not_fit_are_told_in_docker_s_words(string line, string message)
    {
        DockerCommand root = RootCommands.Make("docker", out _);
        FlagWords.Reading reading = FlagWords.Read("docker", root, line.Split(' '));
        ParseResult parsed = root.Parse(reading.Canonical);
        Assert.Equal(message, parsed.Errors[0].Message);
    }

    [Fact]
    public void Words_of_the_container_reach_the_command_untouched()
    {
        DockerCommand root = RootCommands.Make("docker", out _);
        string[] line = ["run", "-i", "alpine", "sh", "-c", "echo \"$1\"", "--", "@file", "", "-h"];
        FlagWords.Reading reading = FlagWords.Read("docker", root, line);
        var configuration = new ParserConfiguration
        {
            EnablePosixBundling = false,
            ResponseFileTokenReplacer = null,
        };
        ParseResult parsed = root.Parse(reading.Canonical, configuration);
        Assert.Empty(parsed.Errors);
        Assert.Equal(line.Skip(2), parsed.GetValue(reading.Command.Words)!);
    }

    [Theory]
    [InlineData("rm", 0, "'docker rm' requires at least 1 argument", "See")]
    [InlineData("ps", 1, "'docker ps' accepts no arguments", "Run")]
    [InlineData("logs", 0, "'docker logs' requires 1 argument", "Run")]
    [InlineData("tag", 1, "'docker tag' requires 2 arguments", "Run")]
    [InlineData("images", 2, "'docker images' requires at most 1 argument", "Run")]
    public void A_wrong_number_of_words_is_told_in_docker_s_words(
        string name, int count, string complaint, string pointer)
    {
        DockerCommand root = RootCommands.Make("docker", out ConnectionFlags _);
        var command = (DockerCommand)root.Subcommands.First(candidate => candidate.Name == name);
        Assert.Equal(complaint, command.Count.Complaint(command.Path("docker"), count));
        Assert.Equal(pointer, command.Count.Pointer);
    }

    [Theory]
    [InlineData("frob", "docker: unknown command: docker frob\n\nRun 'docker --help' for more information")]
    [InlineData("build .", "docker: unknown command: docker build\n\nSkep builds no images: build them with docker, "
        + "buildah or BuildKit, then push, or load the archive\n\nRun 'docker --help' for more information")]
    [InlineData("compose up -d --wait", "docker: unknown command: docker compose\n\nDocker's plugin compose is not "
        + "installed; stacks of a swarm need none: stack deploy\n\nRun 'docker --help' for more information")]
    public void A_command_that_may_be_a_plugin_is_left_to_the_caller(string line, string message)
    {
        FlagWords.Reading reading = Read("--config /c " + line);
        Assert.Equal((line.Split(' ')[0], message), (reading.Unknown!.Word, reading.Unknown.Refusal.Message));
        Assert.Equal(["--config=/c"], reading.Canonical);
    }

    private static FlagWords.Reading Read(string line) =>
        FlagWords.Read("docker", RootCommands.Make("docker", out _), line.Split(' '));
}
