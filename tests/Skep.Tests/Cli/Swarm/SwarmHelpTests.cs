using System.Text;
using Skep.Cli;
using Skep.Cli.Grammar;

namespace Skep.Tests.Cli.Swarm;

public class SwarmHelpTests
{
    /// <summary>The file holds what docker 28.2.2 prints for each command, on a terminal of 80 columns.</summary>
    [Fact]
    public void The_help_of_every_command_about_swarms_is_docker_s()
    {
        DockerCommand root = RootCommands.Make("docker", out _);
        var pages = new StringBuilder();
        foreach (string group in new[] { "swarm", "node", "secret", "config", "service" })
        {
            DockerCommand command = Sub(root, group);
            Append(pages, command);
            foreach (DockerCommand one in command.Subcommands.OfType<DockerCommand>().OrderBy(
                sub => sub.Name, StringComparer.Ordinal))
            {
                Append(pages, one);
            }
        }

        GoldenText.Check("Cli/Swarm/help.txt", pages.ToString());
    }

    private static void Append(StringBuilder pages, DockerCommand command) =>
        pages.Append($"$ {command.Path("docker")} --help\n").Append(HelpPage.Of(command, "docker", columns: 80))
            .Append('\n');

    private static DockerCommand Sub(DockerCommand parent, string name) =>
        (DockerCommand)parent.Subcommands.First(candidate => candidate.Name == name);
}
