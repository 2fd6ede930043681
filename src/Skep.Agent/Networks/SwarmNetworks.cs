using Skep.Agent.Network.Balancing;
using Skep.Agent.Network.MeshRouting;
using Skep.Agent.Network.Overlay;
using Skep.Swarm.Networking;

namespace Skep.Agent.Networks;

/// <summary>What this node knows of the swarm's networks, and the data path that follows it.</summary>
/// <remarks>Told by one caller at a time; read from any thread.</remarks>
public sealed class SwarmNetworks(OverlayLinks links, Mesh mesh, VirtualAddresses addresses)
{
    private volatile NetworkState current = NetworkState.Empty;

    /// <summary>What was told last. The data path may still be on its way there.</summary>
    public NetworkState Current => current;

    /// <summary>Makes it true on this node; the manager may be told so when this has returned.</summary>
    public async Task ApplyAsync(NetworkState state, CancellationToken stop)
    {
        current = state;
        await links.ApplyAsync(state, stop);
        await mesh.ApplyAsync(state, stop);
        await addresses.ApplyAsync(state, stop);
    }
}
