using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Inspections;

namespace Skep.Cli.Nodes;

/// <summary>docker node.</summary>
internal static class NodeCommands
{
    public static DockerCommand Make() =>
        new DockerCommand("node", "COMMAND", "Manage Swarm nodes") { Section = HelpSection.Swarm }.With(
            NodeUpdate.Demote(), Inspect(), NodeListCommand.Make(), NodeUpdate.Promote(), NodeTasksCommand.Make(),
            Remove(), NodeUpdate.Update());

    private static DockerCommand Inspect()
    {
        var command = new DockerCommand(
            "inspect", "[OPTIONS] self|NODE [NODE...]", "Display detailed information on one or more nodes")
        {
            Count = WordCount.AtLeast(1),
        };
        return new PrettyInspection(NodePage.Shape, NodePage.Template, async (call, name, stop) =>
        {
            string node = await NodeReference.ResolveAsync(call.Engine, name, stop);
            return await Findings.SwarmAsync(call.Engine, "nodes", node, stop);
        }).Complete(command);
    }

    private static DockerCommand Remove()
    {
        var command = new DockerCommand(
            "rm", "[OPTIONS] NODE [NODE...]", "Remove one or more nodes from the swarm")
        {
            Count = WordCount.AtLeast(1),
            SpelledAliases = ["node rm", "node remove"],
        };
        var force = command.Flag(Flags.Switch("force", 'f', "Force remove a node from the swarm"));
        return command.Named("remove").Does((call, stop) => EachWord.InTurnAsync(call, (name, halt) =>
            call.Engine.DeleteAsync(
                $"/nodes/{Query.Escape(name)}{new Query().AddFlag("force", call.Get(force))}", halt), stop));
    }
}
