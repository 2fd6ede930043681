using Skep.Cli;
using Skep.Cli.Grammar;

namespace Skep.Tests.Cli.Grammar;

public sealed class HelpPageTests
{
    [Fact]
    public void The_help_of_a_command_is_laid_out_as_docker_s()
    {
        DockerCommand root = RootCommands.Make("docker", out _);
        var command = (DockerCommand)root.Subcommands.First(candidate => candidate.Name == "stop");
        Assert.Equal("""
            Usage:  docker stop [OPTIONS] CONTAINER [CONTAINER...]

            Stop one or more running containers

            Aliases:
              docker container stop, docker stop

            Options:
              -s, --signal string   Signal to send to the container
              -t, --timeout int     Seconds to wait before killing the container

            """, HelpPage.Of(command, "docker", columns: 80));
    }

    [Fact]
    public void Called_by_its_own_name_the_program_says_it()
    {
        DockerCommand root = RootCommands.Make("skep", out _);
        Assert.StartsWith("Usage:  skep [OPTIONS] COMMAND\n", HelpPage.Of(root, "skep", columns: 80));
    }
}
