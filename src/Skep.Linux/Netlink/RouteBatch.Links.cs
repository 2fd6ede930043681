using System.Net.NetworkInformation;

namespace Skep.Linux.Netlink;

/// <content>Links: bridges, veth pairs and what is set on them.</content>
public sealed partial class RouteBatch
{
    public RouteBatch AddBridge(string name, PhysicalAddress mac, int mtu)
    {
        Messages.Message(Rtm.NewLink, Create, $"add bridge {name}");
        LinkHeader(0, isUp: true)
            .Text(Ifla.Name, name)
            .Attribute(Ifla.Address, mac.GetAddressBytes())
            .U32(Ifla.Mtu, (uint)mtu)
            .Nest(Ifla.Info).Text(Ifla.InfoKind, "bridge").EndNest();
        return this;
    }

    /// <summary>
    /// A pair of links: one end here as a port of a bridge, the other one inside a namespace, still down.
    /// </summary>
    /// <remarks>The inner end must not be born up: the kernel refuses it (ENOTCONN). Bring it up inside.</remarks>
    public RouteBatch AddVeth(VethPair pair)
    {
        Messages.Message(Rtm.NewLink, Create, $"add veth {pair.OuterName} to bridge {pair.Bridge}");
        LinkHeader(0, isUp: true)
            .Text(Ifla.Name, pair.OuterName)
            .U32(Ifla.Mtu, (uint)pair.Mtu)
            .U32(Ifla.Master, (uint)pair.Bridge)
            .Nest(Ifla.Info).Text(Ifla.InfoKind, "veth").Nest(Ifla.InfoData).Nest(Ifla.VethPeer);
        LinkHeader(0, isUp: null)
            .Text(Ifla.Name, pair.InnerName)
            .Attribute(Ifla.Address, pair.InnerMac.GetAddressBytes())
            .U32(Ifla.Mtu, (uint)pair.Mtu)
            .U32(Ifla.NamespaceDescriptor, (uint)pair.NamespaceDescriptor)
            .EndNest().EndNest().EndNest();
        return this;
    }

    public RouteBatch SetUp(int link, bool isUp = true)
    {
        Messages.Message(Rtm.NewLink, Change, $"set link {link} {(isUp ? "up" : "down")}");
        LinkHeader(link, isUp);
        return this;
    }

    public RouteBatch SetMtu(int link, int mtu)
    {
        Messages.Message(Rtm.NewLink, Change, $"set mtu {mtu} of link {link}");
        LinkHeader(link, isUp: null).U32(Ifla.Mtu, (uint)mtu);
        return this;
    }

    public RouteBatch SetMac(int link, PhysicalAddress mac)
    {
        Messages.Message(Rtm.NewLink, Change, $"set address {mac} of link {link}");
        LinkHeader(link, isUp: null).Attribute(Ifla.Address, mac.GetAddressBytes());
        return this;
    }

    /// <summary>The link must be down.</summary>
    public RouteBatch Rename(int link, string name)
    {
        Messages.Message(Rtm.NewLink, Change, $"rename link {link} to {name}");
        LinkHeader(link, isUp: null).Text(Ifla.Name, name);
        return this;
    }

    /// <param name="bridge">0: of none.</param>
    public RouteBatch SetBridge(int link, int bridge)
    {
        Messages.Message(Rtm.NewLink, Change, $"make link {link} a port of bridge {bridge}");
        LinkHeader(link, isUp: null).U32(Ifla.Master, (uint)bridge);
        return this;
    }

    public RouteBatch MoveToNamespace(int link, int namespaceDescriptor)
    {
        Messages.Message(Rtm.NewLink, Change, $"move link {link} to another namespace");
        LinkHeader(link, isUp: null).U32(Ifla.NamespaceDescriptor, (uint)namespaceDescriptor);
        return this;
    }

    /// <summary>
    /// Lets a bridge send a frame back through the port on which it came: a container that calls itself.
    /// </summary>
    public RouteBatch SetHairpin(int port) => SetPortFlag(port, Ifla.BridgePortHairpin, "hairpin", isOn: true);

    /// <summary>Keeps a port of a bridge from talking to other isolated ports.</summary>
    public RouteBatch SetIsolated(int port) => SetPortFlag(port, Ifla.BridgePortIsolated, "isolated", isOn: true);

    public RouteBatch RemoveLink(int link, string name)
    {
        Messages.Message(Rtm.DeleteLink, Change, $"remove link {name}");
        LinkHeader(link, isUp: null);
        return this;
    }

    /// <summary>Links of one group can be removed together.</summary>
    public RouteBatch SetGroup(int link, uint group)
    {
        Messages.Message(Rtm.NewLink, Change, $"set group {group} of link {link}");
        LinkHeader(link, isUp: null).U32(Ifla.Group, group);
        return this;
    }

    /// <summary>Removes every link of a group. ENODEV: there is none.</summary>
    public RouteBatch RemoveGroup(uint group)
    {
        Messages.Message(Rtm.DeleteLink, Change, $"remove the links of group {group}");
        LinkHeader(0, isUp: null).U32(Ifla.Group, group);
        return this;
    }

    private RouteBatch SetPortFlag(int port, ushort flag, string name, bool isOn)
    {
        Messages.Message(Rtm.SetLink, Change, $"{(isOn ? "set" : "clear")} {name} mode of link {port}")
            .U8(Rtm.FamilyBridge).U8(0).U16(0).U32((uint)port).U32(0).U32(0)
            .NestMarked(Ifla.ProtocolInfo).U8(flag, isOn ? (byte)1 : (byte)0).EndNest();
        return this;
    }

    /// <summary>struct ifinfomsg: family u8, pad u8, type u16, index i32, flags u32, change mask u32.</summary>
    private NetlinkBatch LinkHeader(int link, bool? isUp) => Messages.U8(0).U8(0).U16(0).U32((uint)link)
        .U32(isUp == true ? 1u : 0u)
        .U32(isUp is null ? 0u : 1u);
}

/// <summary>What a new veth pair looks like.</summary>
/// <param name="Bridge">Index of the bridge that gets the outer end.</param>
/// <param name="NamespaceDescriptor">An open file of the namespace that gets the inner end.</param>
public readonly record struct VethPair(
    string OuterName,
    int Bridge,
    string InnerName,
    PhysicalAddress InnerMac,
    int NamespaceDescriptor,
    int Mtu);
