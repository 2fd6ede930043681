using Skep.Agent.Network;
using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Engine.Requests;
using Skep.Manager.Control;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using FilterSet = Skep.Docker.Filters.Filters;
using Timestamps = Skep.Docker.Filters.Timestamps;

namespace Skep.Engine.Endpoints;

/// <summary>The part of /networks that is about networks of the swarm.</summary>
internal static class SharedNetworks
{
    /// <summary>Those that the filters let pass; none where this node is no manager, or no leader answers.</summary>
    public static async Task<IReadOnlyList<NetworkInspect>> ListAsync(
        EngineServices services, EngineRequest request, FilterSet filters)
    {
        if (!services.Swarm.Status.ControlAvailable)
        {
            return [];
        }

        try
        {
            return await SwarmRequests.AskAsync(services, request, (control, stop) =>
                ListAsync(control, filters, stop));
        }
        catch (RefusedException refused) when (refused.Kind is not (ErrorKind.Invalid or ErrorKind.Failed))
        {
            return []; // As Docker: without a leader the machine's own networks are still there to be shown.
        }
    }

    public static async Task<CreateNetworkResponse> CreateAsync(
        EngineServices services, EngineRequest request, CreateNetworkRequest asked)
    {
        services.Networks.ValidateShared(asked);
        SwarmNetwork made = await SwarmRequests.AskAsync(services, request, async (control, stop) =>
        {
            IReadOnlyList<SwarmNetwork> same = await control.ListNetworksAsync(
                new ObjectQuery { Names = [asked.Name] }, stop);
            return same.Count == 0
                ? await control.CreateNetworkAsync(NetworkSpecs.ToSpec(asked), stop)
                : throw new RefusedException(
                    ErrorKind.Conflict, $"network with name {asked.Name} already exists");
        });
        return new CreateNetworkResponse { Id = made.Id.Value };
    }

    public static Task RemoveAsync(EngineServices services, EngineRequest request, string id) =>
        SwarmRequests.TellAsync(services, request, (control, stop) =>
            control.RemoveNetworkAsync(new NetworkId(id), stop));

    /// <summary>Removes those that nobody is on, but never the one of the routing mesh.</summary>
    /// <returns>Their names.</returns>
    public static async Task<IReadOnlyList<string>> PruneAsync(
        EngineServices services, EngineRequest request, FilterSet filters)
    {
        DateTimeOffset? until = filters.Values("until") is [var text]
            ? Timestamps.Parse(text, services.Time.GetUtcNow())
            : null;
        var removed = new List<string>();
        foreach (NetworkInspect network in await ListAsync(services, request, FilterSet.None))
        {
            bool isMeant = !network.Ingress && (until is null || network.Created <= until)
                && filters.MatchesLabels(network.Labels);
            if (isMeant && await TryRemoveAsync(services, request, network.Id))
            {
                removed.Add(network.Name);
            }
        }

        return removed;
    }

    private static async Task<bool> TryRemoveAsync(EngineServices services, EngineRequest request, string id)
    {
        try
        {
            await RemoveAsync(services, request, id);
            return true;
        }
        catch (RefusedException refused) when (refused.Kind is ErrorKind.Invalid or ErrorKind.NotFound)
        {
            return false; // Somebody is on it, or somebody else was faster.
        }
    }

    /// <summary>Adds who is on it.</summary>
    public static Task<NetworkInspect> DescribeAsync(
        EngineServices services, EngineRequest request, NetworkInspect view) =>
        SwarmRequests.AskAsync(services, request, async (control, stop) => NetworkUse.Add(
            view,
            await control.GetNetworkAsync(new NetworkId(view.Id), stop),
            await control.ListServicesAsync(ObjectQuery.All, stop),
            await control.ListTasksAsync(ObjectQuery.All, stop),
            await control.ListNodesAsync(ObjectQuery.All, stop)));

    private static async Task<IReadOnlyList<NetworkInspect>> ListAsync(
        ISwarmControl control, FilterSet filters, CancellationToken stop)
    {
        IReadOnlyList<SwarmNetwork> all = await control.ListNetworksAsync(ObjectQuery.All, stop);
        HashSet<NetworkId> used = filters.Has("dangling") ? await UsedAsync(control, stop) : [];
        return
        [
            .. all.Where(network => !SwarmNetworkView.IsPredefined(network))
                .Select(SwarmNetworkView.Of)
                .Where(view => NetworkEngine.Includes(filters, view, used.Contains(new(view.Id)))),
        ];
    }

    private static async Task<HashSet<NetworkId>> UsedAsync(ISwarmControl control, CancellationToken stop)
    {
        IReadOnlyList<Service> users = await control.ListServicesAsync(ObjectQuery.All, stop);
        IReadOnlyList<SwarmTask> tasks = await control.ListTasksAsync(ObjectQuery.All, stop);
        return
        [
            .. users.SelectMany(service => service.Spec.Task.Networks.Concat(service.Spec.Networks))
                .Select(wish => new NetworkId(wish.Target)),
            .. tasks.Where(task => task.Status.State <= TaskState.Running)
                .SelectMany(task => task.Networks).Select(one => one.Network?.Id ?? default),
        ];
    }
}
