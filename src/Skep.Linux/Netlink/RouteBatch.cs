using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Skep.Linux.Netlink;

/// <summary>Changes to links, addresses, routes and neighbours (linux/rtnetlink.h), to be applied in order.</summary>
public sealed partial class RouteBatch
{
    private const NetlinkFlags Change = NetlinkFlags.Request | NetlinkFlags.Ack;
    private const NetlinkFlags Create = Change | NetlinkFlags.Create | NetlinkFlags.Exclusive;
    private const NetlinkFlags CreateOrReplace = Change | NetlinkFlags.Create | NetlinkFlags.Replace;

    internal NetlinkBatch Messages { get; } = new();

    public RouteBatch AddAddress(int link, IPAddress address, int prefixBits)
    {
        bool isV4 = address.AddressFamily == AddressFamily.InterNetwork;
        Messages.Message(Rtm.NewAddress, CreateOrReplace, $"add address {address}/{prefixBits} to link {link}")
            .U8(Family(address)).U8((byte)prefixBits).U8(0).U8(0).U32((uint)link)
            .Address(Ifa.Local, address)
            .Address(Ifa.Address, address);
        if (isV4 && prefixBits < 31)
        {
            Messages.Address(Ifa.Broadcast, LastOf(address, prefixBits));
        }
        else if (!isV4)
        {
            // Addresses are unique by allocation: a container need not wait a second for the proof.
            Messages.U32(Ifa.Flags, Ifa.NoDuplicateDetection);
        }

        return this;
    }

    public RouteBatch RemoveAddress(int link, IPAddress address, int prefixBits)
    {
        Messages.Message(Rtm.DeleteAddress, Change, $"remove address {address}/{prefixBits} from link {link}")
            .U8(Family(address)).U8((byte)prefixBits).U8(0).U8(0).U32((uint)link)
            .Address(Ifa.Local, address);
        return this;
    }

    public RouteBatch AddDefaultRoute(IPAddress gateway, int link)
    {
        DefaultRoute(Rtm.NewRoute, CreateOrReplace, gateway, link, $"add default route via {gateway}");
        return this;
    }

    public RouteBatch RemoveDefaultRoute(IPAddress gateway, int link)
    {
        DefaultRoute(Rtm.DeleteRoute, Change, gateway, link, $"remove default route via {gateway}");
        return this;
    }

    /// <summary>A neighbour that is never asked for.</summary>
    public RouteBatch AddNeighbour(int link, IPAddress address, PhysicalAddress mac)
    {
        Messages.Message(Rtm.NewNeighbour, CreateOrReplace, $"add neighbour {address}")
            .U8(Family(address)).U8(0).U16(0).U32((uint)link).U16(Nda.StatePermanent).U8(0).U8(0)
            .Address(Nda.Destination, address)
            .Attribute(Nda.LinkAddress, mac.GetAddressBytes());
        return this;
    }

    public RouteBatch RemoveNeighbour(int link, IPAddress address)
    {
        Messages.Message(Rtm.DeleteNeighbour, Change, $"remove neighbour {address}")
            .U8(Family(address)).U8(0).U16(0).U32((uint)link).U16(0).U8(0).U8(0)
            .Address(Nda.Destination, address);
        return this;
    }

    private void DefaultRoute(ushort type, NetlinkFlags flags, IPAddress gateway, int link, string operation)
    {
        const byte tableMain = 254, protocolBoot = 3, scopeUniverse = 0, unicast = 1;
        Messages.Message(type, flags, operation)
            .U8(Family(gateway)).U8(0).U8(0).U8(0).U8(tableMain).U8(protocolBoot).U8(scopeUniverse).U8(unicast).U32(0)
            .Address(Rta.Gateway, gateway)
            .U32(Rta.OutLink, (uint)link);
    }

    private static byte Family(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? Rtm.FamilyIPv4 : Rtm.FamilyIPv6;

    private static IPAddress LastOf(IPAddress address, int prefixBits)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int bit = prefixBits; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }
}
