using Skep.Agent.Network;
using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Engine.Requests;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Engine.Endpoints;

/// <summary>Which network somebody means: one of this machine, or one of the swarm.</summary>
/// <remarks>
/// Both may have the same name, as bridge and host do. Then the name is that of the machine's own, unless the swarm's
/// is asked for; the networks of that kind have no other way to be found.
/// </remarks>
internal static class NetworkLookup
{
    /// <exception cref="RefusedException">None, or several.</exception>
    public static async Task<NetworkInspect> FindAsync(EngineServices services, EngineRequest request)
    {
        string wanted = request.Name;
        string scope = request.Text("scope");
        NetworkInspect? local = scope is "" or "local" ? FindLocal(services.Networks, wanted, scope) : null;
        // A network of the swarm that is in use here: the managers know more of it than this machine does.
        NetworkInspect? part = local?.Scope == SwarmNetworkView.Scope ? local : null;
        local = part is null ? local : null;
        if (local?.Id == wanted || !services.Swarm.Status.ControlAvailable || scope is not ("" or "swarm"))
        {
            return local ?? part ?? throw NotFound(wanted);
        }

        SwarmNetwork? shared = await FindSharedAsync(services, request);
        bool isMeant = shared is not null
            && (scope == "swarm" || shared.RawId.StartsWith(wanted, StringComparison.Ordinal));
        if (isMeant || (local is null && shared is not null && !SwarmNetworkView.IsPredefined(shared)))
        {
            return WithContainers(services.Networks, SwarmNetworkView.Of(shared!));
        }

        return shared is not null && !SwarmNetworkView.IsPredefined(shared)
            ? throw new RefusedException(
                ErrorKind.Invalid, $"2 matches found based on name: network {wanted} is ambiguous")
            : local ?? part ?? throw NotFound(wanted);
    }

    /// <summary>What runs on it here, only this machine knows.</summary>
    private static NetworkInspect WithContainers(NetworkEngine networks, NetworkInspect view) =>
        FindLocal(networks, view.Id, "") is { } part && part.Id == view.Id
            ? view with { Containers = part.Containers }
            : view;

    private static NetworkInspect? FindLocal(NetworkEngine networks, string wanted, string scope)
    {
        try
        {
            return networks.Inspect(wanted);
        }
        catch (RefusedException refused) when (refused.Kind == ErrorKind.NotFound && scope.Length == 0)
        {
            return null; // The swarm may have it.
        }
    }

    private static async Task<SwarmNetwork?> FindSharedAsync(EngineServices services, EngineRequest request)
    {
        try
        {
            return await SwarmRequests.AskAsync(services, request, (control, stop) =>
                ObjectLookup.NetworkAsync(control, request.Name, stop));
        }
        catch (RefusedException)
        {
            return null; // As Docker: without a leader the machine's own networks are still there to be shown.
        }
    }

    private static RefusedException NotFound(string wanted) =>
        new(ErrorKind.NotFound, $"network {wanted} not found");
}
