using System.Net;
using System.Net.NetworkInformation;

namespace Skep.Linux.Netlink;

/// <content>Routes of any table, the rules that choose a table, and pairs of links without a bridge.</content>
public sealed partial class RouteBatch
{
    /// <summary>Adds a route, or replaces the one to the same destination in the same table.</summary>
    /// <param name="source">The address that this host's own calls get; null: the kernel chooses.</param>
    public RouteBatch AddRoute(Route route, IPAddress? source)
    {
        WriteRoute(Rtm.NewRoute, CreateOrReplace, route, $"add route to {route.Destination}/{route.PrefixBits}");
        if (source is not null)
        {
            Messages.Address(Rta.PreferredSource, source);
        }

        return this;
    }

    public RouteBatch RemoveRoute(Route route)
    {
        WriteRoute(Rtm.DeleteRoute, Change, route, $"remove route to {route.Destination}/{route.PrefixBits}");
        return this;
    }

    public RouteBatch AddRule(PolicyRule rule)
    {
        WriteRule(Rtm.NewRule, Create, rule, $"add rule for table {rule.Table}");
        return this;
    }

    public RouteBatch RemoveRule(PolicyRule rule)
    {
        WriteRule(Rtm.DeleteRule, Change, rule, $"remove rule for table {rule.Table}");
        return this;
    }

    /// <summary>Ends what a tunnel that is no port of a bridge was told of a hardware address.</summary>
    public RouteBatch RemoveTunnelForwarding(int tunnel, PhysicalAddress mac)
    {
        Forwarding(Rtm.DeleteNeighbour, Change, tunnel, mac, Nda.FlagSelf);
        return this;
    }

    /// <summary>A pair of links without a bridge: packets to the inner end are routed.</summary>
    /// <param name="outerMac">The same on all hosts, so that the inner side may know it beforehand.</param>
    public RouteBatch AddRoutedVeth(VethPair pair, PhysicalAddress outerMac)
    {
        Messages.Message(Rtm.NewLink, Create, $"add veth {pair.OuterName}");
        LinkHeader(0, isUp: true)
            .Text(Ifla.Name, pair.OuterName)
            .Attribute(Ifla.Address, outerMac.GetAddressBytes())
            .U32(Ifla.Mtu, (uint)pair.Mtu)
            .Nest(Ifla.Info).Text(Ifla.InfoKind, "veth").Nest(Ifla.InfoData).Nest(Ifla.VethPeer);
        LinkHeader(0, isUp: null)
            .Text(Ifla.Name, pair.InnerName)
            .Attribute(Ifla.Address, pair.InnerMac.GetAddressBytes())
            .U32(Ifla.Mtu, (uint)pair.Mtu)
            .U32(Ifla.NamespaceDescriptor, (uint)pair.NamespaceDescriptor)
            .EndNest().EndNest().EndNest();
        return this;
    }

    /// <summary>
    /// struct rtmsg: family u8, destination bits u8, source bits, tos, table, protocol, scope, type: u8, flags u32.
    /// </summary>
    /// <remarks>
    /// A gateway is taken to be on the link, whatever addresses the link has: those of ours are never in a subnet.
    /// </remarks>
    private void WriteRoute(ushort type, NetlinkFlags flags, Route route, string operation)
    {
        const byte protocolStatic = 4, scopeUniverse = 0, scopeLink = 253, unicast = 1;
        const uint onLink = 4;
        Messages.Message(type, flags, operation)
            .U8(Family(route.Destination)).U8((byte)route.PrefixBits).U8(0).U8(0)
            .U8(0).U8(protocolStatic).U8(route.Gateway is null ? scopeLink : scopeUniverse).U8(unicast)
            .U32(route.Gateway is null ? 0 : onLink)
            .U32(Rta.Table, route.Table)
            .U32(Rta.OutLink, (uint)route.Link);
        if (route.PrefixBits > 0)
        {
            Messages.Address(Rta.Destination, route.Destination);
        }

        if (route.Gateway is not null)
        {
            Messages.Address(Rta.Gateway, route.Gateway);
        }
    }

    /// <summary>
    /// struct fib_rule_hdr: family u8, destination bits, source bits, tos, table, 2 reserved, action: u8, flags u32.
    /// </summary>
    private void WriteRule(ushort type, NetlinkFlags flags, PolicyRule rule, string operation)
    {
        const byte toTable = 1;
        byte family = rule.IsIPv4 ? Rtm.FamilyIPv4 : Rtm.FamilyIPv6;
        byte sourceBits = rule.From is null ? (byte)0 : (byte)(rule.IsIPv4 ? 32 : 128);
        Messages.Message(type, flags, operation)
            .U8(family).U8(0).U8(sourceBits).U8(0).U8(0).U8(0).U8(0).U8(toTable).U32(0)
            .U32(Fra.Priority, rule.Priority)
            .U32(Fra.Table, rule.Table);
        if (rule.From is { } from)
        {
            Messages.Address(Fra.Source, from);
        }

        if (rule.Mark is > 0 and var mark)
        {
            Messages.U32(Fra.Mark, mark).U32(Fra.MarkMask, uint.MaxValue);
        }

        if (rule.Protocol is > 0 and var protocol)
        {
            Messages.U8(Fra.Protocol, protocol);
        }
    }
}

/// <summary>Packets from an address, or with a mark or of a protocol, are routed by a table of their own.</summary>
/// <param name="Priority">Lower is earlier; the main table's rule has 32766.</param>
/// <param name="From">Null: any address.</param>
/// <param name="Mark">0: any.</param>
public sealed record PolicyRule(bool IsIPv4, uint Priority, uint Table, IPAddress? From, uint Mark)
{
    /// <summary>The number of the transport's protocol (UDP: 17); 0: any.</summary>
    public byte Protocol { get; init; }
}
