using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;

namespace Skep.Linux.Netlink;

/// <summary>A neighbour that was set by hand.</summary>
public sealed record Neighbour(int Link, IPAddress Address, PhysicalAddress Mac);

/// <summary>Where frames for a hardware address go.</summary>
/// <param name="Host">The host behind a tunnel; null: the bridge's own entry, which leads to this port.</param>
public sealed record Forwarding(int Link, PhysicalAddress Mac, IPAddress? Host);

/// <summary>What is set of a VXLAN device.</summary>
public sealed record VxlanFacts(uint Identifier, IPAddress? Local, int Port);

/// <content>Neighbours, forwarding entries and tunnels.</content>
public sealed partial class RouteSocket
{
    private const int NeighbourHeaderBytes = 12;

    /// <summary>The permanent ones, of both families.</summary>
    public IReadOnlyList<Neighbour> ListPermanentNeighbours() =>
        ListAll(Rtm.GetNeighbour, NeighbourHeaderBytes, "list neighbours", ReadNeighbour);

    /// <summary>Entries of tunnels that lead to a host, and those that were set on bridges by hand.</summary>
    public IReadOnlyList<Forwarding> ListForwardings() => ListAll(
        Rtm.GetNeighbour, NeighbourHeaderBytes, "list forwarding entries", ReadForwarding, Rtm.FamilyBridge);

    /// <returns>Null: there is no such link, or it is no VXLAN device.</returns>
    public VxlanFacts? FindVxlan(string name)
    {
        var request = new NetlinkBatch();
        request.Message(Rtm.GetLink, NetlinkFlags.Request | NetlinkFlags.Ack, $"find link {name}")
            .U8(0).U8(0).U16(0).U32(0).U32(0).U32(0)
            .Text(Ifla.Name, name);
        VxlanFacts? found = null;
        try
        {
            socket.Dump(request, (_, payload) => found = ReadVxlan(payload));
        }
        catch (ErrnoException e) when (e.Errno == Errno.ENODEV)
        {
            return null;
        }

        return found;
    }

    /// <summary>struct ndmsg: family u8, pad u8, pad u16, link i32, state u16, flags u8, type u8.</summary>
    private static Neighbour? ReadNeighbour(ReadOnlySpan<byte> payload)
    {
        bool isPermanent = (BinaryPrimitives.ReadUInt16LittleEndian(payload[8..]) & Nda.StatePermanent) != 0;
        (IPAddress? address, PhysicalAddress? mac) = ReadAddresses(payload);
        return isPermanent && payload[0] != Rtm.FamilyBridge && address is not null && mac is not null
            ? new Neighbour(BinaryPrimitives.ReadInt32LittleEndian(payload[4..]), address, mac)
            : null;
    }

    private static Forwarding? ReadForwarding(ReadOnlySpan<byte> payload)
    {
        // Permanent without a host: a port's own address. Neither that nor NoArp: the bridge has learned it.
        int state = BinaryPrimitives.ReadUInt16LittleEndian(payload[8..]) & (Nda.StatePermanent | Nda.StateNoArp);
        (IPAddress? host, PhysicalAddress? mac) = ReadAddresses(payload);
        return payload[0] == Rtm.FamilyBridge && mac is not null && (host is not null || state == Nda.StateNoArp)
            ? new Forwarding(BinaryPrimitives.ReadInt32LittleEndian(payload[4..]), mac, host)
            : null;
    }

    private static (IPAddress?, PhysicalAddress?) ReadAddresses(ReadOnlySpan<byte> payload)
    {
        IPAddress? address = null;
        PhysicalAddress? mac = null;
        var attributes = new AttributeReader(payload[NeighbourHeaderBytes..]);
        while (attributes.Next())
        {
            if (attributes.Type == Nda.Destination)
            {
                address = attributes.Address;
            }
            else if (attributes.Type == Nda.LinkAddress)
            {
                mac = new PhysicalAddress(attributes.Value.ToArray());
            }
        }

        return (address, mac);
    }

    private static VxlanFacts? ReadVxlan(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < LinkHeaderBytes)
        {
            return null;
        }

        var attributes = new AttributeReader(payload[LinkHeaderBytes..]);
        while (attributes.Next())
        {
            if (attributes.Type == Ifla.Info && ReadKind(attributes.Value) == "vxlan")
            {
                return ReadVxlanData(attributes.Value);
            }
        }

        return null;
    }

    private static VxlanFacts ReadVxlanData(ReadOnlySpan<byte> info)
    {
        var found = new VxlanFacts(0, null, 0);
        var parts = new AttributeReader(info);
        while (parts.Next())
        {
            if (parts.Type != Ifla.InfoData)
            {
                continue;
            }

            var data = new AttributeReader(parts.Value);
            while (data.Next())
            {
                found = data.Type switch
                {
                    Vxlan.Id => found with { Identifier = data.U32 },
                    Vxlan.Local or Vxlan.Local6 => found with { Local = data.Address },
                    Vxlan.Port => found with { Port = data.BeU16 },
                    _ => found,
                };
            }
        }

        return found;
    }
}
