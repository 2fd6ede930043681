using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.MeshRouting;

/// <summary>What the mesh's packet filter has to know beside the ports. Pure.</summary>
/// <param name="IPv4">This node's own address on the tunnel; null: it takes no part yet.</param>
/// <param name="IPv6">Null: the mesh is IPv4 only.</param>
/// <param name="Marks">By whom a connection came in, from the hardware address.</param>
/// <param name="Hosts">Data-path addresses of all nodes.</param>
/// <param name="Hidden">Ports whose callers are shown as the node that took them in.</param>
/// <param name="Vnis">Of the networks that only nodes may send for.</param>
/// <param name="EncryptedVnis">Of the networks that nobody may send for in clear.</param>
internal sealed record MeshFacts(
    IPAddress? IPv4,
    IPAddress? IPv6,
    int DataPathPort,
    ImmutableHashSet<(PhysicalAddress Mac, uint Mark)> Marks,
    ImmutableHashSet<IPAddress> Hosts,
    ImmutableHashSet<(byte Protocol, int Port)> Hidden,
    ImmutableHashSet<uint> Vnis,
    ImmutableHashSet<uint> EncryptedVnis)
{
    public static MeshFacts Of(NetworkState state)
    {
        NetworkFacts? ingress = MeshPeer.IngressOf(state);
        MeshPeer? self = MeshPeer.SelfOf(state);
        bool takesPart = ingress is not null && self is not null;
        return new MeshFacts(
            takesPart ? self!.On(AddressFamily.InterNetwork) : null,
            takesPart && MeshPeer.FamiliesOf(ingress!).Contains(AddressFamily.InterNetworkV6)
                ? self!.On(AddressFamily.InterNetworkV6)
                : null,
            (int)state.DataPathPort,
            takesPart
                ?
                [
                    .. MeshPeer.OthersOf(state, self!)
                        .Select(p => (MeshNumbers.MacOf(p.Index), MeshNumbers.MarkOf(p.Index))),
                ]
                : [],
            [.. state.Peers.Values.Select(HostOf).OfType<IPAddress>()],
            [
                .. state.Ports.Values.Where(port => port.HidesCallers)
                    .Select(port => (MeshPorts.NumberOf(port.Protocol), (int)port.PublishedPort)),
            ],
            self is null ? [] : [.. state.Networks.Values.Select(network => network.Vni)],
            [.. state.Networks.Values.Where(network => network.IsEncrypted).Select(network => network.Vni)]);
    }

    /// <summary>The rules themselves are the same, only what is in the sets may differ.</summary>
    public bool HasRulesOf(MeshFacts other) =>
        Equals(IPv4, other.IPv4) && Equals(IPv6, other.IPv6) && DataPathPort == other.DataPathPort;

    public bool HasSetsOf(MeshFacts other) => Marks.SetEquals(other.Marks) && Hosts.SetEquals(other.Hosts)
        && Hidden.SetEquals(other.Hidden) && Vnis.SetEquals(other.Vnis) && EncryptedVnis.SetEquals(other.EncryptedVnis);

    private static IPAddress? HostOf(PeerFacts peer) =>
        IPAddress.TryParse(peer.DataPathAddress, out IPAddress? host) ? host : null;
}
