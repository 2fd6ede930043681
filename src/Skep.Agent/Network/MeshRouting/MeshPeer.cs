using System.Net;
using System.Net.Sockets;
using Skep.Swarm;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.MeshRouting;

/// <summary>A node as the mesh sees it. Pure.</summary>
/// <param name="Host">Where VXLAN packets for it go.</param>
internal sealed record MeshPeer(NodeId Node, uint Index, IPAddress Host)
{
    public static NetworkFacts? IngressOf(NetworkState state) =>
        state.Networks.Values.FirstOrDefault(network => network.IsIngress);

    /// <summary>This node; null: the managers do not know it yet, or it has no address to send from.</summary>
    public static MeshPeer? SelfOf(NetworkState state) =>
        state.Peers.TryGetValue(state.Self, out PeerFacts? self) ? Read(self) : null;

    /// <summary>The others that can be reached from here: those with an address of the same family.</summary>
    public static IEnumerable<MeshPeer> OthersOf(NetworkState state, MeshPeer self) => state.Peers.Keys
        .Select(node => OtherOf(state, self, node)).OfType<MeshPeer>();

    /// <summary>One of the others; null: it is none of them.</summary>
    public static MeshPeer? OtherOf(NetworkState state, MeshPeer self, NodeId node) =>
        node != self.Node && state.Peers.TryGetValue(node, out PeerFacts? peer) && Read(peer) is { } other
        && other.Index != self.Index && other.Host.AddressFamily == self.Host.AddressFamily
            ? other
            : null;

    /// <summary>IPv4 always, and what the ingress network's subnets have.</summary>
    public static IEnumerable<AddressFamily> FamiliesOf(NetworkFacts ingress) =>
        ingress.Subnets.Any(subnet => subnet.Range.Contains(':'))
            ? [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6]
            : [AddressFamily.InterNetwork];

    public static IEnumerable<IPAddress> AddressesOf(EndpointFacts endpoint) => endpoint.Addresses
        .Select(text => IPAddress.TryParse(text, out IPAddress? address) ? address : null)
        .OfType<IPAddress>();

    /// <summary>Its address on the tunnel.</summary>
    public IPAddress On(AddressFamily family) =>
        family == AddressFamily.InterNetwork ? MeshNumbers.IPv4Of(Index) : MeshNumbers.IPv6Of(Index);

    private static MeshPeer? Read(PeerFacts peer) =>
        peer.Index is > 0 and < MeshNumbers.IndexLimit && IPAddress.TryParse(peer.DataPathAddress, out IPAddress? host)
            ? new MeshPeer(peer.Node, peer.Index, host)
            : null;
}
