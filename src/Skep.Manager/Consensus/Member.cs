using Skep.Swarm;

namespace Skep.Manager.Consensus;

/// <summary>One manager as the raft log knows it. SwarmKit's <c>RaftMember</c>.</summary>
/// <param name="RaftId">Drawn when it joined and never used again, not even for the same node.</param>
/// <param name="Node">The identity in its certificate.</param>
/// <param name="Address">Where it was last known to listen: soft state, never an identity.</param>
public sealed record Member(ulong RaftId, NodeId Node, string Address);
