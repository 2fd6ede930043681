using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Transport.Contracts;
using Methods = Skep.Transport.Contracts.SwarmKitMethods.Control;
using NetworkSpec = Skep.Swarm.Objects.NetworkSpec;

namespace Skep.Manager.Control;

// Networks.
internal sealed partial class ControlClient
{
    public async Task<SwarmNetwork> GetNetworkAsync(NetworkId id, CancellationToken stop)
    {
        var answer = await leader.CallAsync(
            Methods.GetNetwork, new GetNetworkRequest { NetworkId = id.Value }, stop);
        return NetworkWire.ToRecord(answer.Network) ?? throw Missing();
    }

    public async Task<IReadOnlyList<SwarmNetwork>> ListNetworksAsync(ObjectQuery query, CancellationToken stop)
    {
        var answer = await leader.CallAsync(Methods.ListNetworks, QueryWire.ToNetworks(query), stop);
        return [.. answer.Networks.Select(network => NetworkWire.ToRecord(network))];
    }

    public async Task<SwarmNetwork> CreateNetworkAsync(NetworkSpec spec, CancellationToken stop)
    {
        var answer = await leader.CallAsync(
            Methods.CreateNetwork, new CreateNetworkRequest { Spec = NetworkWire.ToWire(spec) }, stop);
        return NetworkWire.ToRecord(answer.Network) ?? throw Missing();
    }

    public Task RemoveNetworkAsync(NetworkId id, CancellationToken stop) => leader.CallAsync(
        Methods.RemoveNetwork, new RemoveNetworkRequest { NetworkId = id.Value }, stop);
}
