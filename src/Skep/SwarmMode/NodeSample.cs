using Skep.Manager.Measuring;
using Skep.Swarm.Networking;

namespace Skep.SwarmMode;

/// <summary>What a node of a swarm measures.</summary>
/// <param name="Networks">What this node was told of the swarm's networks.</param>
/// <param name="Manager">Null: it is no manager, or one that is not ready.</param>
public sealed record NodeSample(SwarmStatus Status, NetworkState Networks, ManagerSample? Manager);
