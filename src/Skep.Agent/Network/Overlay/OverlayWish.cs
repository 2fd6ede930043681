using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Skep.Agent.Network.Addresses;
using Skep.Agent.Network.Encryption;
using Skep.Linux.Netlink;

namespace Skep.Agent.Network.Overlay;

/// <summary>The devices of one network in its namespace as they should be. Pure.</summary>
/// <param name="Tunnel">Null: this node does not know yet where its packets come from.</param>
/// <param name="Gateways">The bridge's own addresses, the same on every node.</param>
internal sealed record OverlayWish(
    VxlanFacts? Tunnel, int Mtu, PhysicalAddress BridgeMac, IReadOnlyList<(IPAddress Address, int PrefixBits)> Gateways)
{
    /// <summary>What VXLAN puts around a frame, and the frame's own header.</summary>
    public const int OverheadIPv4 = 50, OverheadIPv6 = 70;

    public const int EthernetMtu = 1500;

    /// <param name="local">The node's own address on the way to the others; null: not known yet.</param>
    /// <param name="underlayMtu">Of the link that has this address; 0: not known.</param>
    public static OverlayWish Of(NetworkRecord network, IPAddress? local, int port, int underlayMtu)
    {
        int overhead = local?.AddressFamily == AddressFamily.InterNetworkV6 ? OverheadIPv6 : OverheadIPv4;
        int likely = EthernetMtu - (network.IsEncrypted ? EncryptionLimits.OverheadBytes : 0);
        int mtu = BridgeOptions.Read(network.Options).Mtu ?? (underlayMtu > 0 ? underlayMtu : likely) - overhead;
        return new OverlayWish(
            local is null ? null : new VxlanFacts(network.Vni, local, port),
            mtu,
            MacAddresses.Of(network.Subnets.Select(s => s.Gateway).FirstOrDefault() ?? IPAddress.Loopback),
            [.. network.Subnets.Select(s => (s.Gateway, s.Range.PrefixBits))]);
    }

    /// <summary>MTU of the link that has an address of this host; 0: none has.</summary>
    public static int UnderlayMtu(
        IPAddress local, IReadOnlyCollection<Link> links, IReadOnlyCollection<LinkAddress> addresses) =>
        addresses.FirstOrDefault(a => a.Address.Equals(local)) is { } found
            ? links.FirstOrDefault(l => l.Index == found.Link)?.Mtu ?? 0
            : 0;
}

/// <summary>The devices of one network as the kernel has them.</summary>
internal sealed record OverlayDevices(
    Link? Bridge, Link? Tunnel, VxlanFacts? TunnelFacts, IReadOnlyCollection<LinkAddress> Addresses);

/// <summary>What has to be done so that a network's devices are as they should be. Pure.</summary>
internal sealed record OverlayRepair(
    bool MakeBridge,
    bool SetBridgeUp,
    bool SetBridgeMtu,
    IReadOnlyList<(IPAddress Address, int PrefixBits)> MissingGateways,
    bool RemoveTunnel,
    bool MakeTunnel,
    bool JoinTunnel,
    bool SetTunnelMtu)
{
    public static OverlayRepair Decide(OverlayWish wish, OverlayDevices there)
    {
        bool isTunnelRight = wish.Tunnel is not null && there.Tunnel is not null && wish.Tunnel == there.TunnelFacts;
        return new OverlayRepair(
            there.Bridge is null,
            there.Bridge is { IsUp: false },
            wish.Tunnel is not null && there.Bridge is { } bridge && bridge.Mtu != wish.Mtu,
            [.. wish.Gateways.Where(w => there.Bridge is null || !there.Addresses.Any(
                a => a.Link == there.Bridge.Index && a.Address.Equals(w.Address) && a.PrefixBits == w.PrefixBits))],
            wish.Tunnel is not null && there.Tunnel is not null && !isTunnelRight,
            wish.Tunnel is not null && !isTunnelRight,
            isTunnelRight && (!there.Tunnel!.IsUp || there.Tunnel.Bridge != there.Bridge?.Index),
            isTunnelRight && there.Tunnel!.Mtu != wish.Mtu);
    }

    public bool IsNothing => !MakeBridge && !SetBridgeUp && !SetBridgeMtu && MissingGateways.Count == 0
        && !RemoveTunnel && !MakeTunnel && !JoinTunnel && !SetTunnelMtu;
}
