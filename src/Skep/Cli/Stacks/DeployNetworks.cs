using System.Net;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Docker.Engine;
using Skep.Docker.Stacks;

namespace Skep.Cli.Stacks;

/// <summary>The networks of a deployment: those of the stack are created, the others must be there.</summary>
internal sealed class DeployNetworks(Invocation call, DeployLog log)
{
    private const string Kind = "network";

    /// <returns>The ids of all networks that services may name.</returns>
    public async Task<IReadOnlyDictionary<string, string>> ApplyAsync(
        StackScope scope, StackNetworks networks, CancellationToken stop)
    {
        foreach (string name in networks.External.Where(NetworkNames.IsUserDefined))
        {
            await CheckExternalAsync(name, stop);
        }

        IReadOnlyList<JsonElement> there = await StackObjects.Networks.ListAsync(call.Engine, scope.Name, stop);
        foreach (CreateNetworkRequest network in networks.Own)
        {
            JsonElement before = there.FirstOrDefault(one => one.Text("Name") == network.Name);
            if (before.ValueKind == JsonValueKind.Object)
            {
                WarnOfDifferences(before, network);
                continue;
            }

            log.Creating(Kind, network.Name, FieldChange.All(
                JsonSerializer.SerializeToElement(network, EngineJson.Default.CreateNetworkRequest)));
            if (!log.IsDry)
            {
                await CreateAsync(network, stop);
            }
        }

        return await IdsAsync(stop);
    }

    private async Task CreateAsync(CreateNetworkRequest network, CancellationToken stop)
    {
        try
        {
            await call.Engine.PostAsync("/networks/create", network, EngineJson.Default.CreateNetworkRequest, stop);
        }
        catch (CommandFailedException refused) when (refused.Status is not null)
        {
            throw new CommandFailedException($"failed to create network {network.Name}: {refused.Message}");
        }
    }

    private async Task CheckExternalAsync(string name, CancellationToken stop)
    {
        JsonElement network;
        try
        {
            network = await call.Engine.GetAsync($"/networks/{Query.Escape(name)}", stop);
        }
        catch (CommandFailedException refused) when (refused.Status == HttpStatusCode.NotFound)
        {
            throw new CommandFailedException($"network \"{name}\" is declared as external, but could not be found. "
                + "You need to create a swarm-scoped network before the stack is deployed");
        }

        if (network.Text("Scope") is not "swarm" and var scope)
        {
            throw new CommandFailedException($"network \"{name}\" is declared as external, "
                + $"but it is not in the right scope: \"{scope}\" instead of \"swarm\"");
        }
    }

    // A network cannot be changed, so what the file says now is not what there is.
    private void WarnOfDifferences(JsonElement there, CreateNetworkRequest wanted)
    {
        List<string> differing = [];
        Compare("driver", there.Text("Driver"), wanted.Driver ?? "");
        Compare("internal", $"{there.Flag("Internal")}", $"{wanted.Internal}");
        Compare("attachable", $"{there.Flag("Attachable")}", $"{wanted.Attachable}");
        foreach ((string option, string value) in wanted.Options ?? new Dictionary<string, string>())
        {
            Compare($"driver_opts.{option}", there.Member("Options").Text(option), value);
        }

        HashSet<string> subnets = [.. there.Member("IPAM").Items("Config").Select(pool => pool.Text("Subnet"))];
        if (wanted.Ipam?.Config is { } pools && pools.Any(pool => !subnets.Contains(pool.Subnet ?? "")))
        {
            differing.Add("ipam");
        }

        if (differing.Count > 0)
        {
            log.Warn($"network {wanted.Name} is there already and cannot be changed: the file differs in "
                + $"{string.Join(", ", differing)}. Remove the stack, or give the network another name");
        }

        void Compare(string key, string now, string file)
        {
            if (now != file)
            {
                differing.Add(key);
            }
        }
    }

    // Of two with one name that of the swarm counts.
    private async Task<IReadOnlyDictionary<string, string>> IdsAsync(CancellationToken stop)
    {
        var ids = new Dictionary<string, string>();
        IEnumerable<JsonElement> all = (await call.Engine.GetAsync("/networks", stop)).Items();
        foreach (JsonElement network in all.OrderBy(network => network.Text("Scope") == "swarm"))
        {
            ids[network.Text("Name")] = network.Text("Id");
        }

        return ids;
    }
}
