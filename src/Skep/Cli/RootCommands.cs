using Skep.Cli.Client;
using Skep.Cli.Completing;
using Skep.Cli.Configs;
using Skep.Cli.Containers;
using Skep.Cli.Contexts;
using Skep.Cli.Copying;
using Skep.Cli.Debug;
using Skep.Cli.Grammar;
using Skep.Cli.Images;
using Skep.Cli.Inspections;
using Skep.Cli.Machine;
using Skep.Cli.Networks;
using Skep.Cli.Nodes;
using Skep.Cli.Registry;
using Skep.Cli.Secrets;
using Skep.Cli.Services;
using Skep.Cli.Stacks;
using Skep.Cli.Swarm;
using Skep.Cli.Volumes;

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
            RunCommand.Make(), ExecCommand.Make(), ListCommand.Make("ps"), TransferCommands.Pull(),
            PushCommand.Make(), ImagesCommand.Make("images"), LoginCommands.Login(), LoginCommands.Logout(),
            SearchCommand.Make(), VersionCommand.Make(), InfoCommand.Make(),
            Container(), Image(), NetworkCommands.Make(), SystemCommands.Make(), VolumeCommands.Make(),
            ConfigCommands.Make(), ContextCommands.Make(program), NodeCommands.Make(), SecretCommands.Make(),
            ServiceCommands.Make(), StackCommands.Make(), SwarmCommands.Make(program),
            AttachCommand.Make(), ChangeCommands.Commit(), CopyCommand.Make(), CreateCommand.Make(),
            ChangeCommands.Diff(), EventsCommand.Make(), ChangeCommands.Export(), HistoryCommand.Make(),
            TransferCommands.Import(), InspectCommand.Make(), LifecycleCommands.Kill(), TransferCommands.Load(),
            LogsCommand.Make(), LifecycleCommands.Pause(), PortCommand.Make(), LifecycleCommands.Rename(),
            LifecycleCommands.Restart(), LifecycleCommands.Remove(), ReferenceCommands.Remove("rmi"),
            TransferCommands.Save(), StartCommand.Make(), StatsCommand.Make(), LifecycleCommands.Stop(),
            ReferenceCommands.Tag(), TopCommand.Make(), LifecycleCommands.Unpause(), LifecycleCommands.Update(),
            LifecycleCommands.Wait(), CompletionCommands.Make(program), DebugCommands.Make());
    }

    private static DockerCommand Container() =>
        new DockerCommand("container", "COMMAND", "Manage containers") { Section = HelpSection.Management }.With(
            AttachCommand.Make(), ChangeCommands.Commit(), CopyCommand.Make(), CreateCommand.Make(),
            ChangeCommands.Diff(), ExecCommand.Make(), ChangeCommands.Export(),
            InspectCommand.OfKind("[OPTIONS] CONTAINER [CONTAINER...]",
                "Display detailed information on one or more containers", Findings.ContainerAsync, hasSize: true),
            LifecycleCommands.Kill(), LogsCommand.Make(), ListCommand.Make("ls").Named("ps").Named("list"),
            LifecycleCommands.Pause(), PortCommand.Make(), LifecycleCommands.Prune(), LifecycleCommands.Rename(),
            LifecycleCommands.Restart(), LifecycleCommands.Remove().Named("remove"), RunCommand.Make(),
            StartCommand.Make(), StatsCommand.Make(), LifecycleCommands.Stop(), TopCommand.Make(),
            LifecycleCommands.Unpause(), LifecycleCommands.Update(), LifecycleCommands.Wait());

    private static DockerCommand Image() =>
        new DockerCommand("image", "COMMAND", "Manage images") { Section = HelpSection.Management }.With(
            HistoryCommand.Make(), TransferCommands.Import(),
            InspectCommand.OfKind("[OPTIONS] IMAGE [IMAGE...]",
                "Display detailed information on one or more images",
                (engine, name, _, stop) => Findings.ImageAsync(engine, name, stop)),
            TransferCommands.Load(), ImagesCommand.Make("ls").Named("list"), ReferenceCommands.Prune(),
            TransferCommands.Pull(), PushCommand.Make(), ReferenceCommands.Remove("rm").Named("rmi").Named("remove"),
            TransferCommands.Save(), ReferenceCommands.Tag());
}
