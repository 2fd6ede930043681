using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;

namespace Skep.Linux.Netlink;

/// <summary>A link as the kernel lists it.</summary>
/// <param name="Kind">"bridge", "veth"; empty for hardware and loopback.</param>
/// <param name="Bridge">Index of the bridge whose port this is; 0: none.</param>
public sealed record Link(int Index, string Name, string Kind, int Bridge, bool IsUp, int Mtu, PhysicalAddress Mac);

public sealed record LinkAddress(int Link, IPAddress Address, int PrefixBits);

/// <param name="Gateway">Null: the destination is on the link.</param>
public sealed record Route(IPAddress Destination, int PrefixBits, IPAddress? Gateway, int Link)
{
    public const uint MainTable = 254;

    public uint Table { get; init; } = MainTable;
}

/// <summary>Links, addresses, routes and neighbours of one network namespace.</summary>
/// <remarks>Belongs to the namespace of the thread that opens it. Not thread-safe.</remarks>
public sealed partial class RouteSocket : IDisposable
{
    private const NetlinkFlags List = NetlinkFlags.Request | NetlinkFlags.Dump;
    private const int LinkHeaderBytes = 16, AddressHeaderBytes = 8, RouteHeaderBytes = 12;

    private readonly NetlinkSocket socket = new(NetlinkSocket.Route);

    /// <exception cref="ErrnoException">The first refused change. Those after it were still tried.</exception>
    public void Apply(RouteBatch batch) => socket.Apply(batch.Messages);

    /// <summary>The index of a link, or 0 if there is none of this name.</summary>
    public int FindLink(string name)
    {
        var request = new NetlinkBatch();
        request.Message(Rtm.GetLink, NetlinkFlags.Request | NetlinkFlags.Ack, $"find link {name}")
            .U8(0).U8(0).U16(0).U32(0).U32(0).U32(0)
            .Text(Ifla.Name, name);
        int index = 0;
        try
        {
            socket.Dump(request, (_, payload) => index = BinaryPrimitives.ReadInt32LittleEndian(payload[4..]));
        }
        catch (ErrnoException e) when (e.Errno == Errno.ENODEV)
        {
            return 0;
        }

        return index;
    }

    public IReadOnlyList<Link> ListLinks() => ListAll(Rtm.GetLink, LinkHeaderBytes, "list links", ReadLink);

    public IReadOnlyList<LinkAddress> ListAddresses() =>
        ListAll(Rtm.GetAddress, AddressHeaderBytes, "list addresses", ReadAddress);

    public IReadOnlyList<Route> ListRoutes() => ListAll(Rtm.GetRoute, RouteHeaderBytes, "list routes", ReadRoute);

    public void Dispose() => socket.Dispose();

    private delegate T? Read<T>(ReadOnlySpan<byte> payload);

    private List<T> ListAll<T>(ushort type, int headerBytes, string operation, Read<T> read, byte family = 0)
        where T : class
    {
        var found = new List<T>();
        for (int attempt = 0; attempt < NetlinkLimits.DumpAttempts; attempt++)
        {
            found.Clear();
            var request = new NetlinkBatch();
            request.Message(type, List, operation).U8(family);
            for (int i = 1; i < headerBytes; i++)
            {
                request.U8(0);
            }

            bool isWhole = socket.Dump(request, (_, payload) =>
            {
                if (payload.Length >= headerBytes && read(payload) is { } item)
                {
                    found.Add(item);
                }
            });
            if (isWhole)
            {
                break;
            }
        }

        return found;
    }

    /// <summary>struct ifinfomsg: family u8, pad u8, type u16, index i32, flags u32, change mask u32.</summary>
    private static Link ReadLink(ReadOnlySpan<byte> payload)
    {
        string name = "", kind = "";
        int bridge = 0, mtu = 0;
        PhysicalAddress mac = PhysicalAddress.None;
        var attributes = new AttributeReader(payload[LinkHeaderBytes..]);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case Ifla.Name:
                    name = attributes.Text;
                    break;
                case Ifla.Address:
                    mac = new PhysicalAddress(attributes.Value.ToArray());
                    break;
                case Ifla.Mtu:
                    mtu = (int)attributes.U32;
                    break;
                case Ifla.Master:
                    bridge = (int)attributes.U32;
                    break;
                case Ifla.Info:
                    kind = ReadKind(attributes.Value);
                    break;
                default:
                    break;
            }
        }

        bool isUp = (BinaryPrimitives.ReadUInt32LittleEndian(payload[8..]) & 1) != 0;
        return new Link(BinaryPrimitives.ReadInt32LittleEndian(payload[4..]), name, kind, bridge, isUp, mtu, mac);
    }

    private static string ReadKind(ReadOnlySpan<byte> info)
    {
        var attributes = new AttributeReader(info);
        while (attributes.Next())
        {
            if (attributes.Type == Ifla.InfoKind)
            {
                return attributes.Text;
            }
        }

        return "";
    }

    /// <summary>struct ifaddrmsg: family u8, prefix bits u8, flags u8, scope u8, link u32.</summary>
    private static LinkAddress? ReadAddress(ReadOnlySpan<byte> payload)
    {
        IPAddress? local = null, address = null;
        var attributes = new AttributeReader(payload[AddressHeaderBytes..]);
        while (attributes.Next())
        {
            if (attributes.Type == Ifa.Local)
            {
                local = attributes.Address;
            }
            else if (attributes.Type == Ifa.Address)
            {
                address = attributes.Address;
            }
        }

        return (local ?? address) is { } found
            ? new LinkAddress(BinaryPrimitives.ReadInt32LittleEndian(payload[4..]), found, payload[1])
            : null;
    }

    /// <summary>
    /// struct rtmsg: family u8, destination bits u8, source bits, tos, table, protocol, scope, type: u8, flags u32.
    /// </summary>
    private static Route? ReadRoute(ReadOnlySpan<byte> payload)
    {
        const byte unicast = 1;
        byte family = payload[0];
        if (payload[7] != unicast || family is not (Rtm.FamilyIPv4 or Rtm.FamilyIPv6))
        {
            return null;
        }

        IPAddress destination = family == Rtm.FamilyIPv4 ? IPAddress.Any : IPAddress.IPv6Any;
        IPAddress? gateway = null;
        int link = 0;
        uint table = payload[4];
        var attributes = new AttributeReader(payload[RouteHeaderBytes..]);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case Rta.Destination:
                    destination = attributes.Address;
                    break;
                case Rta.Gateway:
                    gateway = attributes.Address;
                    break;
                case Rta.OutLink:
                    link = (int)attributes.U32;
                    break;
                case Rta.Table:
                    table = attributes.U32;
                    break;
                default:
                    break;
            }
        }

        return new Route(destination, payload[1], gateway, link) { Table = table };
    }
}
