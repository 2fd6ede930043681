using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Creation;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>A service's --network: a spec carries ids of networks of the swarm.</summary>
internal static class ServiceNetworks
{
    public static async Task<IReadOnlyList<NetworkTarget>?> CreatedAsync(
        EngineClient engine, IEnumerable<string> flags, CancellationToken stop)
    {
        var networks = new List<NetworkTarget>();
        foreach (NetworkFlag flag in flags.Select(NetworkFlag.Parse))
        {
            networks.Add(Target(flag, await IdAsync(engine, flag.Target, stop)));
        }

        return Sorted(networks);
    }

    public static async Task<IReadOnlyList<NetworkTarget>?> ChangedAsync(
        EngineClient engine, IEnumerable<NetworkTarget> before, IEnumerable<string> added,
        IEnumerable<string> removed, CancellationToken stop)
    {
        var gone = new HashSet<string>();
        foreach (string name in removed)
        {
            gone.Add(await IdAsync(engine, name, stop));
        }

        List<NetworkTarget> networks = [.. before.Where(network => !gone.Contains(network.Target ?? ""))];
        foreach (NetworkFlag flag in added.Select(NetworkFlag.Parse))
        {
            string id = await IdAsync(engine, flag.Target, stop);
            networks.Add(!networks.Exists(network => network.Target == id)
                ? Target(flag, id)
                : throw new CommandFailedException($"service is already attached to network {flag.Target}"));
        }

        return Sorted(networks);
    }

    private static NetworkTarget Target(NetworkFlag flag, string id) => new()
    {
        Target = id,
        Aliases = Lists.OrNull(flag.Aliases),
        DriverOpts = Lists.OrNull(flag.DriverOptions),
    };

    private static async Task<string> IdAsync(EngineClient engine, string name, CancellationToken stop)
    {
        JsonElement network = await engine.GetAsync($"/networks/{Query.Escape(name)}?scope=swarm", stop);
        return network.Text("Id");
    }

    private static IReadOnlyList<NetworkTarget>? Sorted(IEnumerable<NetworkTarget> networks) =>
        Lists.OrNull<NetworkTarget>([.. networks.OrderBy(network => network.Target, StringComparer.Ordinal)]);
}
