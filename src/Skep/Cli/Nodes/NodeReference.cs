using System.Text.Json;
using Skep.Cli.Client;

namespace Skep.Cli.Nodes;

/// <summary>"self" in the place of a node's name: the one that the daemon is.</summary>
internal static class NodeReference
{
    /// <returns>The name as the daemon knows it.</returns>
    public static async Task<string> ResolveAsync(EngineClient engine, string name, CancellationToken stop)
    {
        if (name != "self")
        {
            return name;
        }

        JsonElement info = await engine.GetAsync("/info", stop);
        string id = info.Member("Swarm").Text("NodeID");
        if (id.Length > 0)
        {
            return id;
        }

        // Without an id it is no node of a swarm: that is better said by what needs one.
        await engine.GetAsync("/nodes", stop);
        throw new CommandFailedException("node ID not found in /info");
    }
}
