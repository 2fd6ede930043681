using Skep.Cli.Client;
using Skep.Cli.Containers;
using Skep.Cli.Grammar;

namespace Skep.Cli;

/// <summary>The tree of all commands.</summary>
internal static class RootCommands
{
    public static DockerCommand Make(string program, out ConnectionFlags connection)
    {
        var root = new DockerCommand(
            program, "[OPTIONS] COMMAND [ARG...]", "A self-sufficient runtime for containers");
        connection = new ConnectionFlags(root, program);
        return root.With(
            RunCommand.Make(), ExecCommand.Make(), ListCommand.Make("ps"),
            AttachCommand.Make(), CreateCommand.Make(), LifecycleCommands.Kill(), LogsCommand.Make(),
            LifecycleCommands.Pause(), PortCommand.Make(), LifecycleCommands.Rename(), LifecycleCommands.Restart(),
            LifecycleCommands.Remove(), StartCommand.Make(), LifecycleCommands.Stop(), TopCommand.Make(),
            LifecycleCommands.Unpause(), LifecycleCommands.Update(), LifecycleCommands.Wait(),
            Container());
    }

    private static DockerCommand Container() =>
        new DockerCommand("container", "", "Manage containers") { Section = HelpSection.Management }.With(
            AttachCommand.Make(), CreateCommand.Make(), ExecCommand.Make(), LifecycleCommands.Kill(),
            LogsCommand.Make(), ListCommand.Make("ls").Named("ps").Named("list"), LifecycleCommands.Pause(),
            PortCommand.Make(), LifecycleCommands.Rename(), LifecycleCommands.Restart(),
            LifecycleCommands.Remove().Named("remove"), RunCommand.Make(), StartCommand.Make(),
            LifecycleCommands.Stop(), TopCommand.Make(), LifecycleCommands.Unpause(), LifecycleCommands.Update(),
            LifecycleCommands.Wait());
}
