using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Skep.Linux.Netlink;

/// <content>VXLAN devices, and what they are told of the other ends.</content>
public sealed partial class RouteBatch
{
    /// <summary>A VXLAN device that learns nothing: what it does not know it drops.</summary>
    /// <remarks>
    /// Its UDP socket belongs to the namespace of the socket that this batch is sent through, also when the device is
    /// born in another one.
    /// </remarks>
    public RouteBatch AddVxlan(VxlanDevice device)
    {
        Messages.Message(Rtm.NewLink, Create, $"add VXLAN device {device.Name} with identifier {device.Identifier}");
        LinkHeader(0, isUp: null).Text(Ifla.Name, device.Name).U32(Ifla.Mtu, (uint)device.Mtu);
        if (device.Mac is { } mac)
        {
            Messages.Attribute(Ifla.Address, mac.GetAddressBytes());
        }

        if (device.NamespaceDescriptor is { } descriptor)
        {
            Messages.U32(Ifla.NamespaceDescriptor, (uint)descriptor);
        }

        bool isIPv4 = device.Local.AddressFamily == AddressFamily.InterNetwork;
        Messages.Nest(Ifla.Info).Text(Ifla.InfoKind, "vxlan").Nest(Ifla.InfoData)
            .U32(Vxlan.Id, device.Identifier)
            .Address(isIPv4 ? Vxlan.Local : Vxlan.Local6, device.Local)
            .U8(Vxlan.Learning, 0)
            .U8(Vxlan.Proxy, device.AnswersForOthers ? (byte)1 : (byte)0)
            .Attribute(Vxlan.Port, [(byte)(device.Port >> 8), (byte)device.Port])
            .EndNest().EndNest();
        return this;
    }

    /// <summary>A bridge without addresses that sends multicasts to all of its ports.</summary>
    public RouteBatch AddPlainBridge(string name, PhysicalAddress mac, int mtu)
    {
        Messages.Message(Rtm.NewLink, Create, $"add bridge {name}");
        LinkHeader(0, isUp: true)
            .Text(Ifla.Name, name)
            .Attribute(Ifla.Address, mac.GetAddressBytes())
            .U32(Ifla.Mtu, (uint)mtu)
            .Nest(Ifla.Info).Text(Ifla.InfoKind, "bridge")
            .Nest(Ifla.InfoData).U8(Ifla.BridgeMulticastSnooping, 0).EndNest().EndNest();
        return this;
    }

    /// <summary>Keeps a bridge from learning who is behind a port.</summary>
    public RouteBatch StopLearning(int port) => SetPortFlag(port, Ifla.BridgePortLearning, "learning", isOn: false);

    /// <summary>
    /// Frames to a hardware address leave through a tunnel to another host; replaces where they went. The tunnel's
    /// bridge is told too, so that it need not try all of its ports.
    /// </summary>
    /// <remarks>Reachable, because a bridge takes a permanent address for its own; NoArp, so that it does not age.
    /// </remarks>
    public RouteBatch AddForwarding(int tunnel, PhysicalAddress mac, IPAddress host)
    {
        Forwarding(Rtm.NewNeighbour, CreateOrReplace, tunnel, mac, Nda.FlagSelf | Nda.FlagMaster)
            .Address(Nda.Destination, host);
        return this;
    }

    /// <summary>Two changes, of the tunnel and of its bridge; one of them may be refused with ENOENT.</summary>
    public RouteBatch RemoveForwarding(int tunnel, PhysicalAddress mac)
    {
        Forwarding(Rtm.DeleteNeighbour, Change, tunnel, mac, Nda.FlagMaster);
        Forwarding(Rtm.DeleteNeighbour, Change, tunnel, mac, Nda.FlagSelf);
        return this;
    }

    /// <summary>What no other route leads to is dropped; where a better route is, nothing changes.</summary>
    public RouteBatch AddBlackhole(IPAddress network, int prefixBits)
    {
        Blackhole(Rtm.NewRoute, CreateOrReplace, network, prefixBits, "drop what is for");
        return this;
    }

    public RouteBatch RemoveBlackhole(IPAddress network, int prefixBits)
    {
        Blackhole(Rtm.DeleteRoute, Change, network, prefixBits, "drop no more what is for");
        return this;
    }

    private void Blackhole(ushort type, NetlinkFlags flags, IPAddress network, int prefixBits, string words)
    {
        const byte tableMain = 254, protocolStatic = 4, scopeUniverse = 0, blackhole = 6;
        Messages.Message(type, flags, $"{words} {network}/{prefixBits}")
            .U8(Family(network)).U8((byte)prefixBits).U8(0).U8(0)
            .U8(tableMain).U8(protocolStatic).U8(scopeUniverse).U8(blackhole).U32(0)
            .Address(Rta.Destination, network)
            .U32(Rta.Priority, uint.MaxValue);
    }

    /// <summary>struct ndmsg: family u8, pad u8, pad u16, link i32, state u16, flags u8, type u8.</summary>
    private NetlinkBatch Forwarding(
        ushort type, NetlinkFlags flags, int tunnel, PhysicalAddress mac, byte owners) => Messages
        .Message(type, flags, $"{(type == Rtm.NewNeighbour ? "forward" : "stop forwarding")} {mac}")
        .U8(Rtm.FamilyBridge).U8(0).U16(0).U32((uint)tunnel)
        .U16(Nda.StateReachable | Nda.StateNoArp).U8(owners).U8(0)
        .Attribute(Nda.LinkAddress, mac.GetAddressBytes());
}

/// <summary>What a new VXLAN device looks like.</summary>
/// <param name="Local">Where its packets come from.</param>
/// <param name="AnswersForOthers">
/// It answers questions for the hardware addresses of its permanent neighbours, and swallows the other ones.
/// </param>
/// <param name="NamespaceDescriptor">An open file of the namespace that gets it; null: it stays here.</param>
/// <param name="Mac">Null: one of chance.</param>
public readonly record struct VxlanDevice(
    string Name,
    uint Identifier,
    IPAddress Local,
    int Port,
    int Mtu,
    bool AnswersForOthers,
    int? NamespaceDescriptor,
    PhysicalAddress? Mac);
