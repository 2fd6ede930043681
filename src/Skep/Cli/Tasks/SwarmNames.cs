using System.Text.Json;
using Skep.Cli.Client;

namespace Skep.Cli.Tasks;

/// <summary>Names for the ids of services and nodes; each is asked for once.</summary>
/// <param name="resolves">No: ids stand for themselves.</param>
internal sealed class SwarmNames(EngineClient engine, bool resolves)
{
    private readonly Dictionary<string, string> known = [];

    public Task<string> NodeAsync(string id, CancellationToken stop) => FindAsync("nodes", id, stop);

    public Task<string> ServiceAsync(string id, CancellationToken stop) => FindAsync("services", id, stop);

    private async Task<string> FindAsync(string kind, string id, CancellationToken stop)
    {
        if (!resolves || id.Length == 0)
        {
            return id;
        }

        if (!known.TryGetValue(id, out string? name))
        {
            known[id] = name = await AskAsync(kind, id, stop);
        }

        return name;
    }

    private async Task<string> AskAsync(string kind, string id, CancellationToken stop)
    {
        try
        {
            JsonElement thing = await engine.GetAsync($"/{kind}/{Query.Escape(id)}", stop);
            return thing.Member("Spec").Text("Name") is { Length: > 0 } name ? name
                : thing.Member("Description").Text("Hostname") is { Length: > 0 } host ? host
                : id;
        }
        catch (CommandFailedException gone) when (gone.Status is not null)
        {
            return id; // What was removed since has no name any more.
        }
    }
}
