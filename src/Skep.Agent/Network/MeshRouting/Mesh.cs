using Skep.Swarm.Networking;

namespace Skep.Agent.Network.MeshRouting;

/// <summary>The routing mesh: this node's way to every task of a published port, and the ports themselves.</summary>
public sealed class Mesh
{
    /// <summary>Brings the kernel in line. What it returns from is true in the kernel.</summary>
    public Task ApplyAsync(NetworkState state, CancellationToken stop) => Task.CompletedTask;
}
