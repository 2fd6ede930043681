using System.Runtime.CompilerServices;
using Skep.Cli;
using Skep.Cli.Grammar;

namespace Skep.Tests.Cli.Grammar;

public sealed class CommandTreeTests
{
    /// <summary>The file holds docker 28.2's commands and flags, walked through its --help.</summary>
    [Fact]
    public void Every_command_and_flag_of_docker_is_there_or_left_out_with_a_reason()
    {
        string[] docker = Lines("tests/Skep.Tests/Cli/Grammar/docker-28.2.txt");
        string[] leftOut = Lines("docs/cli-left-out.txt");
        IEnumerable<string> own = CommandTree.Lines(RootCommands.Make("docker", out _));
        Assert.Equal([], CommandGap.Find(docker, own, leftOut));
    }

    [Fact]
    public void A_gap_is_told_from_what_is_left_out()
    {
        string[] theirs =
            ["run", "run --it -i", "run --name=", "run --old", "build", "build --tag= -t", "ps", "ps --all -a"];
        string[] ours = ["run", "run --it", "run --name", "ps", "ps --any -a"];
        Assert.Equal(
            [
                "'run --it' has no short form -i", "'run --name' takes a value in one and none in the other",
                "there is no flag 'ps --all'",
            ],
            CommandGap.Find(theirs, ours, ["# why", "build: by somebody else", "run --old: too old"]));
        Assert.Equal(["gone"], CommandGap.FindStale(theirs, ["gone: away", "build: no"]));
    }

    private static string[] Lines(string path, [CallerFilePath] string caller = "") => File.ReadAllLines(
        Path.Combine(caller[..caller.IndexOf("tests/Skep.Tests/", StringComparison.Ordinal)], path));
}
