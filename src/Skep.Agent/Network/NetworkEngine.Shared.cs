using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Swarm;

namespace Skep.Agent.Network;

/// <content>What the networks of the swarm have in common with those of this machine.</content>
public sealed partial class NetworkEngine
{
    /// <summary>Checks a request for a network of the swarm as one for this machine's own is checked.</summary>
    /// <exception cref="RefusedException">A name or a subnet that cannot be, or a name that is taken here.</exception>
    public void ValidateShared(CreateNetworkRequest request)
    {
        NetworkRequests.ValidateShared(request);
        if (networks.Values.Any(network => network.Name == request.Name))
        {
            throw new RefusedException(ErrorKind.Conflict, $"network with name {request.Name} already exists");
        }
    }

    /// <param name="containerId">Whole.</param>
    /// <param name="networkId">Whole.</param>
    public bool IsOn(string containerId, string networkId) =>
        sandboxes.TryGetValue(containerId, out SandboxRecord? sandbox)
        && sandbox.Endpoints.Any(endpoint => endpoint.NetworkId == networkId);

    /// <summary>Whether a list with these filters shows the network.</summary>
    public static bool Includes(Filters filters, NetworkInspect network, bool isInUse) =>
        NetworkFilters.Includes(filters, network, isInUse);
}
