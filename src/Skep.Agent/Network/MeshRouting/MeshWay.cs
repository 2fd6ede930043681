using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Skep.Linux.Netlink;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.MeshRouting;

/// <summary>A route of the mesh's tunnel.</summary>
internal readonly record struct MeshRoute(IPAddress Destination, int PrefixBits, IPAddress? Gateway, uint Table);

/// <summary>The tunnel to the other nodes.</summary>
internal sealed record MeshTunnel(uint Vni, IPAddress Local, int Port, int Mtu, PhysicalAddress Mac, bool IsUp);

/// <summary>The way to the other nodes, as it is wanted or as the kernel has it. Pure.</summary>
/// <param name="Tunnel">Null: there is none.</param>
/// <param name="Addresses">This node's own ones on the tunnel.</param>
/// <param name="Neighbours">The other nodes' addresses on the tunnel.</param>
/// <param name="Hosts">Where packets for a node's hardware address go.</param>
/// <param name="Routes">
/// To the other nodes, to their tasks, and the tables that lead answers back; its owner alone may change the set.
/// </param>
/// <param name="Rules">That choose those tables.</param>
internal sealed record MeshWay(
    MeshTunnel? Tunnel,
    HashSet<IPAddress> Addresses,
    HashSet<(IPAddress Address, PhysicalAddress Mac)> Neighbours,
    HashSet<(PhysicalAddress Mac, IPAddress Host)> Hosts,
    HashSet<MeshRoute> Routes,
    HashSet<PolicyRule> Rules)
{
    public static readonly MeshWay None = new(null, [], [], [], [], []);

    /// <param name="underlayMtu">Of the link that has this node's data-path address; null: unknown.</param>
    public static MeshWay Of(NetworkState state, int? underlayMtu)
    {
        NetworkFacts? ingress = MeshPeer.IngressOf(state);
        MeshPeer? self = MeshPeer.SelfOf(state);
        if (ingress is null || self is null)
        {
            return None;
        }

        AddressFamily[] families = [.. MeshPeer.FamiliesOf(ingress)];
        MeshPeer[] others = [.. MeshPeer.OthersOf(state, self)];
        int overhead = self.Host.AddressFamily == AddressFamily.InterNetwork
            ? MeshNumbers.OverheadIPv4
            : MeshNumbers.OverheadIPv6;
        int mtu = ingress.Mtu > 0 ? ingress.Mtu : underlayMtu - overhead ?? MeshNumbers.DefaultMtu;
        return new MeshWay(
            new MeshTunnel(
                ingress.Vni, self.Host, (int)state.DataPathPort, mtu, MeshNumbers.MacOf(self.Index), IsUp: true),
            [.. families.Select(self.On)],
            [.. others.SelectMany(p => families.Select(f => (p.On(f), MeshNumbers.MacOf(p.Index))))],
            [.. others.Select(p => (MeshNumbers.MacOf(p.Index), p.Host))],
            [
                .. others.SelectMany(p => families.SelectMany(f => BetweenNodes(p.On(f), p.Index))),
                .. ToTasks(state, ingress, self, others),
            ],
            [.. others.SelectMany(p => families.Select(f => RuleOf(f, p.Index)))]);
    }

    /// <summary>How many things are different.</summary>
    public int CountDifference(MeshWay other) => (Tunnel == other.Tunnel ? 0 : 1)
        + Difference(Addresses, other.Addresses) + Difference(Neighbours, other.Neighbours)
        + Difference(Hosts, other.Hosts) + Difference(Routes, other.Routes) + Difference(Rules, other.Rules);

    /// <summary>Members of one set that are not in another.</summary>
    public static IEnumerable<T> Without<T>(HashSet<T> set, HashSet<T> other) =>
        ReferenceEquals(set, other) ? [] : set.Where(member => !other.Contains(member));

    private static int Difference<T>(HashSet<T> left, HashSet<T> right) =>
        Without(left, right).Count() + Without(right, left).Count();

    private static IEnumerable<MeshRoute> BetweenNodes(IPAddress address, uint index)
    {
        bool isIPv4 = address.AddressFamily == AddressFamily.InterNetwork;
        yield return new MeshRoute(address, isIPv4 ? 32 : 128, null, Route.MainTable);
        yield return new MeshRoute(
            isIPv4 ? IPAddress.Any : IPAddress.IPv6Any, 0, address, MeshNumbers.MarkOf(index));
    }

    private static IEnumerable<MeshRoute> ToTasks(
        NetworkState state, NetworkFacts ingress, MeshPeer self, MeshPeer[] others)
    {
        var byNode = others.ToDictionary(p => p.Node);
        return state.Endpoints.Values
            .Where(endpoint => endpoint.Network == ingress.Id && endpoint.Node != self.Node)
            .SelectMany(endpoint => byNode.TryGetValue(endpoint.Node, out MeshPeer? peer) ? To(endpoint, peer) : []);
    }

    /// <summary>Routes to a task of another node, none for anybody else.</summary>
    public static IEnumerable<MeshRoute> ToTask(NetworkState state, EndpointFacts? endpoint) =>
        endpoint is not null && MeshPeer.IngressOf(state)?.Id == endpoint.Network
        && MeshPeer.SelfOf(state) is { } self && MeshPeer.OtherOf(state, self, endpoint.Node) is { } peer
            ? To(endpoint, peer)
            : [];

    private static IEnumerable<MeshRoute> To(EndpointFacts endpoint, MeshPeer peer) => MeshPeer.AddressesOf(endpoint)
        .Select(address => new MeshRoute(
            address,
            address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128,
            peer.On(address.AddressFamily),
            Route.MainTable));

    private static PolicyRule RuleOf(AddressFamily family, uint index) => new(
        family == AddressFamily.InterNetwork,
        MeshNumbers.RulePriority,
        MeshNumbers.MarkOf(index),
        null,
        MeshNumbers.MarkOf(index));
}
