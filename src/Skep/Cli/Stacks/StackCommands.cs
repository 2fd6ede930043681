using Skep.Cli.Grammar;

namespace Skep.Cli.Stacks;

/// <summary>docker stack.</summary>
internal static class StackCommands
{
    public static DockerCommand Make() =>
        new DockerCommand("stack", "COMMAND", "Manage Swarm stacks") { Section = HelpSection.Swarm }.With(
            ConfigCommand.Make(), StackDeployCommand.Make(), StackListCommand.Make(), StackTasksCommand.Make(),
            StackRemoveCommand.Make(), StackServicesCommand.Make());
}
