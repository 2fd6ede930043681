using System.Collections.Immutable;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Networking;

/// <summary>The networks of a whole swarm at one moment, sorted so that every node's part is at hand.</summary>
/// <remarks>
/// <para>
/// Problem: every commit may concern any node, and with a thousand nodes nothing may be looked at for each of them
/// that did not change. So the picture is made once for all nodes, from the difference of two stores
/// (<see cref="Advance"/>), and its versions share what they have in common: what a node must be told
/// (<see cref="Since"/>) costs what was written on its own networks.
/// </para>
/// <para>
/// A picture that followed the store is equal to one that is made anew of it, so any manager's answers are alike; a
/// property test holds it to that. Never changes; needs no lock.
/// </para>
/// </remarks>
public sealed partial class NetworkPicture
{
    /// <summary>SwarmKit's default, when the swarm says nothing.</summary>
    private const uint DefaultDataPathPort = 4789;

    private readonly ImmutableDictionary<NetworkId, NetworkSlice> slices;
    private readonly ImmutableDictionary<NodeId, ImmutableHashSet<NetworkId>> places;
    private readonly ImmutableHashSet<NetworkId> ingress;
    private readonly ImmutableDictionary<(PortProtocol Protocol, uint Port), PublishedPortFacts> ports;
    private readonly ImmutableDictionary<NodeId, PeerFacts> peers;
    private readonly uint dataPathPort;

    private NetworkPicture(Builder made)
    {
        Store = made.Store;
        Revision = made.Store.Revision;
        slices = made.Slices.ToImmutable();
        places = made.Places.ToImmutable();
        ingress = made.Ingress;
        ports = made.Ports.ToImmutable();
        peers = made.Peers.ToImmutable();
        dataPathPort = made.Store.Cluster?.VxlanUdpPort is { } port and > 0 ? port : DefaultDataPathPort;
    }

    private NetworkPicture(NetworkPicture past)
    {
        Store = StoreSnapshot.Empty;
        (Revision, dataPathPort) = (past.Revision, past.dataPathPort);
        (slices, places, ingress, ports, peers) = (past.slices, past.places, past.ingress, past.ports, past.peers);
    }

    public static NetworkPicture Empty { get; } = new(new Builder(StoreSnapshot.Empty));

    /// <summary>The store that it was made of.</summary>
    public StoreSnapshot Store { get; }

    public ulong Revision { get; }

    public static NetworkPicture Of(StoreSnapshot store) => Empty.Advance(store);

    /// <summary>The same for another store; costs what differs between the two.</summary>
    public NetworkPicture Advance(StoreSnapshot later)
    {
        var next = new Builder(this, later);
        foreach (Difference<SwarmNetwork> one in later.NetworksSince(Store))
        {
            next.Network(one);
        }

        foreach (Difference<Service> one in later.ServicesSince(Store))
        {
            next.Service(one, Store);
        }

        foreach (Difference<SwarmTask> one in later.TasksSince(Store))
        {
            next.Task(one);
        }

        foreach (Difference<Node> one in later.NodesSince(Store))
        {
            next.Node(one);
        }

        foreach (Difference<Resource> one in later.ResourcesSince(Store))
        {
            next.Peer(one);
        }

        next.Finish(this);
        return new(next);
    }

    /// <summary>All that a node has to know.</summary>
    public NetworkState ViewOf(NodeId node) =>
        Since(Empty, node).ApplyTo(NetworkState.Empty with { Self = node });

    /// <summary>What a node has to be told that knows what it had to know at an earlier picture.</summary>
    public NetworkDelta Since(NetworkPicture earlier, NodeId node)
    {
        if (IsSameAs(earlier))
        {
            return new NetworkDelta { Revision = Revision, DataPathPort = dataPathPort };
        }

        var change = new DeltaParts();
        ImmutableHashSet<NetworkId> before = earlier.NetworksOf(node), now = NetworksOf(node);
        foreach (NetworkId id in before)
        {
            if (earlier.Told(id) is not null && (!now.Contains(id) || Told(id) is null))
            {
                change.GoneNetworks.Add(id);
            }
        }

        foreach (NetworkId id in now)
        {
            if (Told(id) is { } slice)
            {
                change.Add((before.Contains(id) ? earlier.Told(id) : null) ?? NetworkSlice.Empty, slice);
            }
        }

        return new NetworkDelta
        {
            Revision = Revision,
            DataPathPort = dataPathPort,
            Networks = change.Networks.ToImmutable(),
            GoneNetworks = change.GoneNetworks.ToImmutable(),
            Endpoints = change.Endpoints.ToImmutable(),
            GoneEndpoints = change.GoneEndpoints.ToImmutable(),
            Services = change.Services.ToImmutable(),
            GoneServices = change.GoneServices.ToImmutable(),
            Ports = NetworkDelta.New(earlier.ports, ports),
            GonePorts = NetworkDelta.Gone(earlier.ports, ports),
            Peers = NetworkDelta.New(earlier.peers, peers),
            GonePeers = NetworkDelta.Gone(earlier.peers, peers),
        };
    }

    /// <summary>Nodes of ours that are told of a network: those with a place on it, or all of them.</summary>
    public IEnumerable<NodeId> Participants(NetworkId network) =>
        !slices.TryGetValue(network, out NetworkSlice? slice) ? []
        : slice.Facts?.IsIngress == true ? peers.Keys
        : slice.Nodes.Keys.Where(peers.ContainsKey);

    /// <summary>A task's place on a network; null: it has none.</summary>
    public EndpointFacts? Endpoint(NetworkId network, TaskId task) =>
        slices.TryGetValue(network, out NetworkSlice? slice)
        && slice.Endpoints.TryGet(new(task.Value), out EndpointFacts? found) ? found : null;

    /// <summary>It was made of the other one and says the same: most commits are about other things.</summary>
    public bool IsSameAs(NetworkPicture other) =>
        ReferenceEquals(slices, other.slices) && ReferenceEquals(ports, other.ports)
        && ReferenceEquals(peers, other.peers) && dataPathPort == other.dataPathPort;

    /// <summary>For later comparisons: holds nothing that the store has forgotten, and cannot follow it.</summary>
    public NetworkPicture WithoutStore() => new(this);

    private NetworkSlice? Told(NetworkId id) =>
        slices.TryGetValue(id, out NetworkSlice? slice) && slice.Facts is not null ? slice : null;

    private ImmutableHashSet<NetworkId> NetworksOf(NodeId node) =>
        places.TryGetValue(node, out ImmutableHashSet<NetworkId>? own) ? own.Union(ingress) : ingress;

    /// <summary>A delta on its way.</summary>
    private sealed class DeltaParts
    {
        public ImmutableArray<NetworkFacts>.Builder Networks { get; } = ImmutableArray.CreateBuilder<NetworkFacts>();

        public ImmutableArray<NetworkId>.Builder GoneNetworks { get; } = ImmutableArray.CreateBuilder<NetworkId>();

        public ImmutableArray<EndpointFacts>.Builder Endpoints { get; } =
            ImmutableArray.CreateBuilder<EndpointFacts>();

        public ImmutableArray<(NetworkId Network, TaskId Task)>.Builder GoneEndpoints { get; } =
            ImmutableArray.CreateBuilder<(NetworkId, TaskId)>();

        public ImmutableArray<ServiceFacts>.Builder Services { get; } = ImmutableArray.CreateBuilder<ServiceFacts>();

        public ImmutableArray<(NetworkId Network, ServiceId Service)>.Builder GoneServices { get; } =
            ImmutableArray.CreateBuilder<(NetworkId, ServiceId)>();

        public void Add(NetworkSlice before, NetworkSlice after)
        {
            if (before.Facts != after.Facts)
            {
                Networks.Add(after.Facts!);
            }

            var endpoints = new List<(EndpointFacts? Before, EndpointFacts? After)>();
            before.Endpoints.Differences(after.Endpoints, endpoints);
            foreach ((EndpointFacts? was, EndpointFacts? now) in endpoints)
            {
                if (now is null)
                {
                    GoneEndpoints.Add((was!.Network, was.Task));
                }
                else if (was != now)
                {
                    Endpoints.Add(now);
                }
            }

            var services = new List<(ServiceFacts? Before, ServiceFacts? After)>();
            before.Services.Differences(after.Services, services);
            foreach ((ServiceFacts? was, ServiceFacts? now) in services)
            {
                if (now is null)
                {
                    GoneServices.Add((was!.Network, was.Id));
                }
                else if (was != now)
                {
                    Services.Add(now);
                }
            }
        }
    }
}
