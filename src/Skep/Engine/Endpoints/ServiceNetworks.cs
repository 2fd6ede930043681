using Skep.Agent.Network;
using Skep.Docker.Engine;
using Skep.Manager.Control;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Engine.Endpoints;

/// <summary>Which networks of the swarm a service means by the names that its user wrote.</summary>
internal static class ServiceNetworks
{
    /// <summary>There are no names to be found out.</summary>
    public static bool HasNone(Docker.Engine.ServiceSpec asked) =>
        asked.TaskTemplate.Networks is not { Count: > 0 } && asked.Networks is not { Count: > 0 };

    /// <summary>The same spec with ids in the place of names.</summary>
    /// <exception cref="RefusedException">There is none, or it is of this machine alone.</exception>
    public static async Task<Docker.Engine.ServiceSpec> ResolveAsync(
        ISwarmControl control, NetworkEngine local, Docker.Engine.ServiceSpec asked, CancellationToken stop) =>
        asked.TaskTemplate.Networks is { Count: > 0 } networks
            ? asked with
            {
                TaskTemplate = asked.TaskTemplate with
                {
                    Networks = await ResolveAsync(control, local, networks, stop),
                },
            }
            : asked.Networks is { Count: > 0 } ofService
                ? asked with { Networks = await ResolveAsync(control, local, ofService, stop) }
                : asked;

    private static async Task<IReadOnlyList<NetworkTarget>> ResolveAsync(
        ISwarmControl control, NetworkEngine local, IReadOnlyList<NetworkTarget> asked, CancellationToken stop)
    {
        var resolved = new List<NetworkTarget>(asked.Count);
        foreach (NetworkTarget network in asked)
        {
            SwarmNetwork found = await FindAsync(control, local, network.Target ?? "", stop);
            resolved.Add(network with { Target = found.RawId });
        }

        return resolved;
    }

    private static async Task<SwarmNetwork> FindAsync(
        ISwarmControl control, NetworkEngine local, string wanted, CancellationToken stop)
    {
        try
        {
            return await ObjectLookup.NetworkAsync(control, wanted, stop);
        }
        catch (RefusedException refused) when (
            refused.Kind == ErrorKind.NotFound && FindLocal(local, wanted) is { } network)
        {
            return network.IsPredefined
                ? await PredefinedAsync(control, network.Name, stop)
                : throw new RefusedException(
                    ErrorKind.Forbidden,
                    $"The network {network.Name} cannot be used with services. Only networks scoped to the swarm can "
                    + "be used, such as those created with the overlay driver.");
        }
    }

    // By the id of this machine's own network: the swarm has one of the same name.
    private static async Task<SwarmNetwork> PredefinedAsync(
        ISwarmControl control, string name, CancellationToken stop)
    {
        try
        {
            return await ObjectLookup.NetworkAsync(control, name, stop);
        }
        catch (RefusedException refused) when (refused.Kind == ErrorKind.NotFound)
        {
            throw new RefusedException(
                ErrorKind.NotFound,
                $"could not find the corresponding predefined swarm network: {refused.Message}",
                refused);
        }
    }

    private static NetworkRecord? FindLocal(NetworkEngine local, string wanted)
    {
        try
        {
            return local.Find(wanted);
        }
        catch (RefusedException)
        {
            return null; // Neither does this machine have it; the swarm's answer is what the user reads.
        }
    }
}
