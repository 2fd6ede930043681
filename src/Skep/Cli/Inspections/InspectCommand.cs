using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;

namespace Skep.Cli.Inspections;

/// <summary>docker inspect: anything by its name, the kinds tried one after the other.</summary>
internal static class InspectCommand
{
    private static readonly string[] Kinds =
    [
        "config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume",
    ];

    // In the order in which they are tried; those of the swarm only on a manager.
    private static readonly (string Kind, string? SwarmPath)[] Order =
    [
        ("container", null), ("image", null), ("network", null), ("volume", null), ("service", "services"),
        ("task", "tasks"), ("node", "nodes"), ("secret", "secrets"), ("config", "configs"),
    ];

    public static DockerCommand Make()
    {
        var command = new DockerCommand(
            "inspect", "[OPTIONS] NAME|ID [NAME|ID...]", "Return low-level information on Docker objects")
        {
            Count = WordCount.AtLeast(1),
        };
        var format = command.Flag(SharedFlags.InspectFormat());
        var size = command.Flag(Flags.Switch(
            "size", 's', "Display total file sizes if the type is container"));
        var type = command.Flag(Flags.Text("type", null, "Only inspect objects of the given type"));
        return command.Does((call, stop) =>
        {
            string kind = call.Get(type);
            string list = string.Join("\", \"", Kinds);
            if (call.Has(type) && kind.Length == 0)
            {
                throw new CommandFailedException($"type is empty: must be one of \"{list}\"");
            }

            return kind.Length == 0 || Kinds.Contains(kind)
                ? Inspection.ShowAsync(
                    call, call.Get(format), (name, halt) => FindAsync(call, name, kind, call.Get(size), halt), stop)
                : throw new CommandFailedException($"unknown type: \"{kind}\": must be one of \"{list}\"");
        });
    }

    /// <summary>container|image|network|volume inspect.</summary>
    /// <param name="find">Given the name and whether sizes are wanted.</param>
    public static DockerCommand OfKind(
        string usage, string description, Func<EngineClient, string, bool, CancellationToken, Task<Found>> find,
        bool hasSize = false)
    {
        var command = new DockerCommand("inspect", usage, description) { Count = WordCount.AtLeast(1) };
        var format = command.Flag(SharedFlags.InspectFormat());
        var size = hasSize ? command.Flag(Flags.Switch("size", 's', "Display total file sizes")) : null;
        return command.Does((call, stop) => Inspection.ShowAsync(
            call, call.Get(format),
            (name, halt) => find(call.Engine, name, size is not null && call.Get(size), halt), stop));
    }

    private static async Task<Found> FindAsync(
        Invocation call, string name, string wanted, bool size, CancellationToken stop)
    {
        bool? isManager = null;
        foreach ((string kind, string? swarmPath) in Order)
        {
            if (wanted.Length > 0 && kind != wanted)
            {
                continue;
            }

            if (wanted.Length == 0 && swarmPath is not null
                && !(isManager ??= await IsManagerAsync(call, stop)))
            {
                continue;
            }

            try
            {
                Found found = await OneAsync(call.Engine, kind, swarmPath, name, size, stop);
                if (size && kind != "container")
                {
                    call.Console.WriteErrorLine($"WARNING: --size ignored for {kind}");
                }

                return found;
            }
            catch (CommandFailedException refused) when (wanted.Length == 0 && MayBeOfOtherKind(refused))
            {
                // Perhaps it is something else.
                continue;
            }
        }

        throw new CommandFailedException($"Error: No such object: {name}");
    }

    private static Task<Found> OneAsync(
        EngineClient engine, string kind, string? swarmPath, string name, bool size, CancellationToken stop) =>
        kind switch
        {
            "container" => Findings.ContainerAsync(engine, name, size, stop),
            "image" => Findings.ImageAsync(engine, name, stop),
            "network" => Findings.NetworkAsync(engine, name, verbose: false, stop),
            "volume" => Findings.VolumeAsync(engine, name, stop),
            _ => Findings.SwarmAsync(engine, swarmPath!, name, stop),
        };

    private static bool MayBeOfOtherKind(CommandFailedException refused) =>
        refused.Status == System.Net.HttpStatusCode.NotFound
        || refused.Message.Contains("not supported", StringComparison.Ordinal)
        || refused.Message.Contains("invalid reference format", StringComparison.Ordinal);

    private static async Task<bool> IsManagerAsync(Invocation call, CancellationToken stop)
    {
        JsonElement info = await call.Engine.GetAsync("/info", stop);
        return info.Member("Swarm").Flag("ControlAvailable");
    }
}
