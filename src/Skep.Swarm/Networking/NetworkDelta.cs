using System.Collections.Immutable;
using Skep.Swarm.Objects;

namespace Skep.Swarm.Networking;

/// <summary>What makes one state of the networks into a later one.</summary>
/// <remarks>With a network go its endpoints and services; they are not named one by one.</remarks>
public sealed record NetworkDelta
{
    /// <summary>The state that it leads to.</summary>
    public ulong Revision { get; init; }

    /// <summary>It is everything: what is not named here is gone.</summary>
    public bool IsComplete { get; init; }

    public uint DataPathPort { get; init; }

    /// <summary>New networks, and those that are not what they were.</summary>
    public ImmutableArray<NetworkFacts> Networks { get; init; } = [];

    public ImmutableArray<NetworkId> GoneNetworks { get; init; } = [];

    public ImmutableArray<EndpointFacts> Endpoints { get; init; } = [];

    public ImmutableArray<(NetworkId Network, TaskId Task)> GoneEndpoints { get; init; } = [];

    public ImmutableArray<ServiceFacts> Services { get; init; } = [];

    public ImmutableArray<(NetworkId Network, ServiceId Service)> GoneServices { get; init; } = [];

    public ImmutableArray<PublishedPortFacts> Ports { get; init; } = [];

    public ImmutableArray<(PortProtocol Protocol, uint Port)> GonePorts { get; init; } = [];

    public ImmutableArray<PeerFacts> Peers { get; init; } = [];

    public ImmutableArray<NodeId> GonePeers { get; init; } = [];

    /// <summary>Nothing but the revision is new.</summary>
    public bool IsEmpty => !IsComplete && ChangeCount == 0;

    public int ChangeCount =>
        Networks.Length + GoneNetworks.Length + Endpoints.Length + GoneEndpoints.Length + Services.Length
        + GoneServices.Length + Ports.Length + GonePorts.Length + Peers.Length + GonePeers.Length;

    /// <summary>The difference of two states, whatever lies between them.</summary>
    public static NetworkDelta Between(NetworkState before, NetworkState after)
    {
        ImmutableArray<NetworkId> goneNetworks = Gone(before.Networks, after.Networks);
        var dropped = new HashSet<NetworkId>(goneNetworks);
        return new NetworkDelta
        {
            Revision = after.Revision,
            DataPathPort = after.DataPathPort,
            Networks = New(before.Networks, after.Networks),
            GoneNetworks = goneNetworks,
            Endpoints = New(before.Endpoints, after.Endpoints),
            GoneEndpoints =
                [.. Gone(before.Endpoints, after.Endpoints).Where(key => !dropped.Contains(key.Network))],
            Services = New(before.Services, after.Services),
            GoneServices = [.. Gone(before.Services, after.Services).Where(key => !dropped.Contains(key.Network))],
            Ports = New(before.Ports, after.Ports),
            GonePorts = Gone(before.Ports, after.Ports),
            Peers = New(before.Peers, after.Peers),
            GonePeers = Gone(before.Peers, after.Peers),
        };
    }

    /// <summary>The state that this leads to. What it says is gone need not have been there.</summary>
    public NetworkState ApplyTo(NetworkState before)
    {
        NetworkState basis = IsComplete ? NetworkState.Empty with { Self = before.Self } : before;
        var dropped = new HashSet<NetworkId>(GoneNetworks.Where(basis.Networks.ContainsKey));
        return basis with
        {
            Revision = Revision,
            DataPathPort = DataPathPort,
            Networks = basis.Networks.RemoveRange(GoneNetworks).SetItems(Networks.Select(Pair)),
            Endpoints = Without(basis.Endpoints, dropped, static key => key.Network)
                .RemoveRange(GoneEndpoints).SetItems(Endpoints.Select(Pair)),
            Services = Without(basis.Services, dropped, static key => key.Network)
                .RemoveRange(GoneServices).SetItems(Services.Select(Pair)),
            Ports = basis.Ports.RemoveRange(GonePorts).SetItems(Ports.Select(Pair)),
            Peers = basis.Peers.RemoveRange(GonePeers).SetItems(Peers.Select(Pair)),
        };
    }

    internal static ImmutableArray<TKey> Gone<TKey, T>(
        ImmutableDictionary<TKey, T> before, ImmutableDictionary<TKey, T> after)
        where TKey : notnull =>
        ReferenceEquals(before, after) ? [] : [.. before.Keys.Where(key => !after.ContainsKey(key))];

    internal static ImmutableArray<T> New<TKey, T>(
        ImmutableDictionary<TKey, T> before, ImmutableDictionary<TKey, T> after)
        where TKey : notnull
        where T : class
    {
        if (ReferenceEquals(before, after))
        {
            return [];
        }

        return
        [
            .. after.Where(pair => !before.TryGetValue(pair.Key, out T? old)
                || (!ReferenceEquals(old, pair.Value) && !old.Equals(pair.Value))).Select(static pair => pair.Value),
        ];
    }

    private static ImmutableDictionary<TKey, T> Without<TKey, T>(
        ImmutableDictionary<TKey, T> all, HashSet<NetworkId> dropped, Func<TKey, NetworkId> networkOf)
        where TKey : notnull =>
        dropped.Count == 0 ? all : all.RemoveRange(all.Keys.Where(key => dropped.Contains(networkOf(key))));

    private static KeyValuePair<NetworkId, NetworkFacts> Pair(NetworkFacts one) => new(one.Id, one);

    private static KeyValuePair<(NetworkId, TaskId), EndpointFacts> Pair(EndpointFacts one) =>
        new((one.Network, one.Task), one);

    private static KeyValuePair<(NetworkId, ServiceId), ServiceFacts> Pair(ServiceFacts one) =>
        new((one.Network, one.Id), one);

    private static KeyValuePair<(PortProtocol, uint), PublishedPortFacts> Pair(PublishedPortFacts one) =>
        new((one.Protocol, one.PublishedPort), one);

    private static KeyValuePair<NodeId, PeerFacts> Pair(PeerFacts one) => new(one.Node, one);
}
