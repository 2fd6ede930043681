using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Values;
using Skep.Docker.Engine;

namespace Skep.Cli.Nodes;

/// <summary>The commands that change what is wished of a node: update, promote, demote.</summary>
internal static class NodeUpdate
{
    public static DockerCommand Update()
    {
        var command = new DockerCommand("update", "[OPTIONS] NODE", "Update a node") { Count = WordCount.Exactly(1) };
        Option<string> availability = command.Flag(Flags.Text(
            "availability", null, "Availability of the node (\"active\", \"pause\", \"drain\")"));
        Option<string[]> labelAdd = command.Flag(Flags.List(
            "label-add", null, "Add or update a node label (\"key=value\")"));
        Option<string[]> labelRemove = command.Flag(Flags.List(
            "label-rm", null, "Remove a node label if exists"));
        Option<string> role = command.Flag(Flags.Text(
            "role", null, "Role of the node (\"worker\", \"manager\")"));
        return command.Does((call, stop) => EachAsync(
            call,
            node => node.Spec with
            {
                Role = call.Has(role) ? call.Get(role) : node.Spec.Role,
                Availability = call.Has(availability) ? call.Get(availability) : node.Spec.Availability,
                Labels = Labels(node.Spec.Labels, call.Get(labelAdd), call.Get(labelRemove)),
            },
            name => name,
            stop));
    }

    public static DockerCommand Promote() =>
        new DockerCommand("promote", "NODE [NODE...]", "Promote one or more nodes to manager in the swarm")
        {
            Count = WordCount.AtLeast(1),
        }.Does((call, stop) => EachAsync(
            call,
            node => ChangeRole(call, node, "manager"),
            name => $"Node {name} promoted to a manager in the swarm.",
            stop));

    public static DockerCommand Demote() =>
        new DockerCommand("demote", "NODE [NODE...]", "Demote one or more nodes from manager in the swarm")
        {
            Count = WordCount.AtLeast(1),
        }.Does((call, stop) => EachAsync(
            call,
            node => ChangeRole(call, node, "worker"),
            name => $"Manager {name} demoted in the swarm.",
            stop));

    // Null: there is nothing to change, and the user knows it.
    private static NodeSpec? ChangeRole(Invocation call, NodeInspect node, string role)
    {
        if (node.Spec.Role != role)
        {
            return node.Spec with { Role = role };
        }

        call.Console.WriteLine($"Node {node.Id} is already a {role}.");
        return null;
    }

    // One after the other: the first that is refused ends the command, as in docker.
    private static async Task<int> EachAsync(
        Invocation call, Func<NodeInspect, NodeSpec?> change, Func<string, string> done, CancellationToken stop)
    {
        foreach (string name in call.Words)
        {
            // Docker's command line knows "self" when it shows a node but not when it changes one.
            string reference = await NodeReference.ResolveAsync(call.Engine, name, stop);
            JsonElement answer = await call.Engine.GetAsync($"/nodes/{Query.Escape(reference)}", stop);
            NodeInspect node = answer.Deserialize(EngineJson.Default.NodeInspect)!;
            if (change(node) is not { } spec)
            {
                continue;
            }

            string version = node.Version.Index.ToString(CultureInfo.InvariantCulture);
            await call.Engine.PostAsync($"/nodes/{Query.Escape(node.Id)}/update?version={version}", spec,
                EngineJson.Default.NodeSpec, stop);
            call.Console.WriteLine(done(name));
        }

        return 0;
    }

    private static SortedDictionary<string, string> Labels(
        IReadOnlyDictionary<string, string>? before, string[] added, string[] removed)
    {
        var labels = new SortedDictionary<string, string>(
            (before ?? new Dictionary<string, string>()).ToDictionary(), StringComparer.Ordinal);
        foreach ((string name, string value) in KeyValues.Map(added))
        {
            labels[name] = value;
        }

        foreach (string name in removed)
        {
            if (!labels.Remove(name))
            {
                throw new CommandFailedException($"key {name} doesn't exist in node's labels");
            }
        }

        return labels;
    }
}
