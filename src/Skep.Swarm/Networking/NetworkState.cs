using System.Collections.Immutable;
using Skep.Swarm.Objects;

namespace Skep.Swarm.Networking;

/// <summary>All that one node has to know of the swarm's networks at one moment.</summary>
/// <remarks>
/// A node is told of the networks its tasks are on, and of the ingress network in any case. Revisions are the store's,
/// so that they mean the same at every manager.
/// </remarks>
public sealed record NetworkState
{
    public static readonly NetworkState Empty = new();

    /// <summary>The node that this is meant for; empty only in <see cref="Empty"/>.</summary>
    public NodeId Self { get; init; }

    public ulong Revision { get; init; }

    /// <summary>UDP port of VXLAN, the same on all nodes.</summary>
    public uint DataPathPort { get; init; } = DefaultDataPathPort;

    public ImmutableDictionary<NetworkId, NetworkFacts> Networks { get; init; } =
        ImmutableDictionary<NetworkId, NetworkFacts>.Empty;

    public ImmutableDictionary<(NetworkId Network, TaskId Task), EndpointFacts> Endpoints { get; init; } =
        ImmutableDictionary<(NetworkId, TaskId), EndpointFacts>.Empty;

    public ImmutableDictionary<(NetworkId Network, ServiceId Service), ServiceFacts> Services { get; init; } =
        ImmutableDictionary<(NetworkId, ServiceId), ServiceFacts>.Empty;

    public ImmutableDictionary<(PortProtocol Protocol, uint Port), PublishedPortFacts> Ports { get; init; } =
        ImmutableDictionary<(PortProtocol, uint), PublishedPortFacts>.Empty;

    /// <summary>All nodes of the swarm that take part, this one among them.</summary>
    public ImmutableDictionary<NodeId, PeerFacts> Peers { get; init; } =
        ImmutableDictionary<NodeId, PeerFacts>.Empty;

    private const uint DefaultDataPathPort = 4789;
}
