using Skep.Agent.Network.Balancing;
using Skep.Agent.Network.MeshRouting;
using Skep.Agent.Network.Overlay;

namespace Skep.Agent.Network;

/// <summary>What carries the swarm's networks on this node; containers are put on them by the network engine.</summary>
public sealed record DataPath
{
    public required OverlayLinks Overlays { get; init; }

    public required Mesh Mesh { get; init; }

    public required VirtualAddresses Addresses { get; init; }
}
