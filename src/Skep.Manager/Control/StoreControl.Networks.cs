using Skep.Swarm;
using Skep.Swarm.Networks;
using Skep.Swarm.Objects;
using Skep.Swarm.Services;
using Skep.Swarm.Store;

namespace Skep.Manager.Control;

// Networks.
public sealed partial class StoreControl
{
    public async Task<SwarmNetwork> GetNetworkAsync(NetworkId id, CancellationToken stop) =>
        NetworkChanges.Require(await store.ReadAsync(stop), id);

    public async Task<IReadOnlyList<SwarmNetwork>> ListNetworksAsync(ObjectQuery query, CancellationToken stop) =>
        [.. ServiceLists.Networks(await store.ReadAsync(stop), query)];

    public Task<SwarmNetwork> CreateNetworkAsync(NetworkSpec spec, CancellationToken stop)
    {
        NetworkChanges.Check(spec);
        return store.UpdateAsync(change => NetworkChanges.Create(change, spec, ids), stop);
    }

    public Task RemoveNetworkAsync(NetworkId id, CancellationToken stop) =>
        store.UpdateAsync(change => NetworkChanges.Remove(change, id), stop);
}
