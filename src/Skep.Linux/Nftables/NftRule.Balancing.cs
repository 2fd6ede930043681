using System.Net;
using System.Net.Sockets;

namespace Skep.Linux.Nftables;

/// <content>Choosing one of many targets, and remembering which way a connection came.</content>
public sealed partial class NftRule
{
    private const uint SourceNat = 0;

    /// <summary>A map of addresses says which chain goes on.</summary>
    public void GoByDestination(AddressFamily family, NftSet chains)
    {
        IsFamily(family);
        LoadAddress(family, isSource: false, Register1);
        LookUp(chains, VerdictRegister);
    }

    /// <summary>A map of protocol . port says which chain goes on.</summary>
    public void GoByPort(AddressFamily family, NftSet chains)
    {
        IsFamily(family);
        LoadMeta(Meta.TransportProtocol, Register1);
        LoadPayload(TransportHeader, 2, 2, FirstSlot + 1);
        LookUp(chains, VerdictRegister);
    }

    /// <summary>A map of addresses, and of a number drawn below the count, says which chain goes on.</summary>
    public void GoByDestinationAndChance(AddressFamily family, NftSet chains, int count)
    {
        LoadAddress(family, isSource: false, Register1);
        LoadChance(0, count, FirstSlot + AddressSlots(family));
        LookUp(chains, VerdictRegister);
    }

    /// <summary>A map of protocol . port, and of a number drawn below the count, says which chain goes on.</summary>
    public void GoByPortAndChance(NftSet chains, int count)
    {
        LoadMeta(Meta.TransportProtocol, Register1);
        LoadPayload(TransportHeader, 2, 2, FirstSlot + 1);
        LoadChance(0, count, FirstSlot + 2);
        LookUp(chains, VerdictRegister);
    }

    /// <summary>The packet goes to one of its address's targets, all equally likely; its port stays.</summary>
    /// <param name="targets">Map of address . index to address.</param>
    /// <param name="first">The lowest index that is drawn; there are as many as the count says.</param>
    public void TranslateByAddressAndChance(AddressFamily family, NftSet targets, int first, int count)
    {
        LoadAddress(family, isSource: false, Register1);
        LoadChance(first, count, FirstSlot + AddressSlots(family));
        LookUp(targets, Register1);
        Begin("nat")
            .Be32(1, DestinationNat)
            .Be32(2, Protocol(family))
            .Be32(3, Register1);
        End();
    }

    /// <summary>The packet goes to one of its port's targets, all equally likely.</summary>
    /// <param name="targets">Map of protocol . port . index to address . port.</param>
    /// <param name="first">The lowest index that is drawn; there are as many as the count says.</param>
    public void TranslateByPortAndChance(AddressFamily family, NftSet targets, int first, int count)
    {
        LoadMeta(Meta.TransportProtocol, Register1);
        LoadPayload(TransportHeader, 2, 2, FirstSlot + 1);
        LoadChance(first, count, FirstSlot + 2);
        LookUp(targets, Register1);
        Translate(family);
    }

    /// <summary>The packet goes to another address; its port stays.</summary>
    public void TranslateTo(IPAddress address)
    {
        Immediate(Register1, address.GetAddressBytes());
        Begin("nat").Be32(1, DestinationNat).Be32(2, Protocol(address.AddressFamily)).Be32(3, Register1);
        End();
    }

    /// <summary>Who calls is shown as this address.</summary>
    public void TranslateSourceTo(IPAddress address)
    {
        Immediate(Register1, address.GetAddressBytes());
        Begin("nat").Be32(1, SourceNat).Be32(2, Protocol(address.AddressFamily)).Be32(3, Register1);
        End();
    }

    /// <summary>The caller is told at once that nobody answers here.</summary>
    public void Reject()
    {
        const uint extendedUnreachable = 2;
        const byte port = 1;
        Begin("reject").Be32(1, extendedUnreachable).Attribute(2, [port]);
        End();
    }

    /// <summary>The caller is told at once that no way leads there.</summary>
    public void RejectAsUnreachable()
    {
        const uint extendedUnreachable = 2;
        const byte noRoute = 0;
        Begin("reject").Be32(1, extendedUnreachable).Attribute(2, [noRoute]);
        End();
    }

    /// <summary>The connection is reset.</summary>
    public void Reset()
    {
        const uint tcpReset = 1;
        Begin("reject").Be32(1, tcpReset).Attribute(2, [0]);
        End();
    }

    public NftRule IsTransport(byte protocol)
    {
        LoadMeta(Meta.TransportProtocol, Register1);
        return Compare(Equal, [protocol]);
    }

    /// <summary>The packet goes to an address that is in the set.</summary>
    public NftRule IsToIn(AddressFamily family, NftSet set)
    {
        IsFamily(family);
        LoadAddress(family, isSource: false, Register1);
        return Lookup(set, isMember: true);
    }

    /// <summary>The packet answers whoever opened its connection.</summary>
    public NftRule IsAnswer()
    {
        const uint direction = 1;
        const byte reply = 1;
        Begin("ct").Be32(1, Register1).Be32(2, direction);
        End();
        return Compare(Equal, [reply]);
    }

    /// <summary>Protocol . port as the caller called it, before any translation, are in the set.</summary>
    public NftRule WasCalledIn(NftSet ports)
    {
        const uint destinationPort = 12;
        const byte original = 0;
        LoadMeta(Meta.TransportProtocol, Register1);
        Begin("ct").Be32(1, FirstSlot + 1).Be32(2, destinationPort).U8(3, original);
        End();
        return Lookup(ports, isMember: true);
    }

    /// <summary>The four bytes at an offset of the transport's header, after a mask, are in the set.</summary>
    public NftRule HasBytesIn(uint offset, uint mask, NftSet set)
    {
        LoadPayload(TransportHeader, offset, sizeof(uint), Register1);
        Mask([(byte)(mask >> 24), (byte)(mask >> 16), (byte)(mask >> 8), (byte)mask]);
        return Lookup(set, isMember: true);
    }

    /// <summary>The packet's mark, or with isOfConnection its connection's, is this one under a mask.</summary>
    public NftRule IsMarked(bool isOfConnection, uint mark, uint mask)
    {
        if (isOfConnection)
        {
            Begin("ct").Be32(1, Register1).Be32(2, ConnectionMark);
            End();
        }
        else
        {
            LoadMeta(Meta.Mark, Register1);
        }

        Mask(HostOrder(mask));
        return Compare(Equal, HostOrder(mark));
    }

    /// <summary>The connection is marked by the hardware address that sent the packet.</summary>
    /// <param name="marks">Map of hardware addresses to marks; an unknown one ends the rule.</param>
    public void MarkConnectionBySender(NftSet marks)
    {
        LoadPayload(LinkHeader, 6, 6, Register1);
        LookUp(marks, Register1);
        SetConnectionMark();
    }

    /// <summary>
    /// The packet's connection, if it opens one, is told apart by the node that sent the packet: equal callers of equal
    /// targets by different nodes are different connections. What answers is looked for among all.
    /// </summary>
    /// <param name="marks">
    /// Map of hardware addresses to marks, whose lower sixteen bits are the zone; an unknown one ends the rule.
    /// </param>
    public void SetZoneBySender(NftSet marks)
    {
        const uint zone = 17;
        const byte original = 0;
        LoadPayload(LinkHeader, 6, 6, Register1);
        LookUp(marks, Register1);
        Begin("ct").Be32(2, zone).U8(3, original).Be32(4, Register1);
        End();
    }

    public void MarkConnection(uint mark)
    {
        Immediate(Register1, HostOrder(mark));
        SetConnectionMark();
    }

    public void MarkPacket(uint mark)
    {
        Immediate(Register1, HostOrder(mark));
        SetPacketMark();
    }

    /// <summary>The packet gets its connection's mark.</summary>
    public void MarkPacketAsConnection()
    {
        Begin("ct").Be32(1, Register1).Be32(2, ConnectionMark);
        End();
        SetPacketMark();
    }

    private const uint ConnectionMark = 3;

    private void SetConnectionMark()
    {
        Begin("ct").Be32(2, ConnectionMark).Be32(4, Register1);
        End();
    }

    private void SetPacketMark()
    {
        Begin("meta").Be32(2, (uint)Meta.Mark).Be32(3, Register1);
        End();
    }

    /// <summary>One of as many numbers as the count says, evenly by chance, in the host's byte order.</summary>
    private void LoadChance(int first, int count, uint register)
    {
        const uint random = 1;
        Begin("numgen").Be32(1, register).Be32(2, (uint)count).Be32(3, random).Be32(4, (uint)first);
        End();
    }

    /// <summary>Looks up what is loaded from register 1 on.</summary>
    private void LookUp(NftSet map, uint into)
    {
        Begin("lookup").Text(1, map.Name).Be32(2, Register1).Be32(3, into);
        End();
    }

    private static uint AddressSlots(AddressFamily family) => family == AddressFamily.InterNetwork ? 1u : 4u;

    private static uint Protocol(AddressFamily family) => family == AddressFamily.InterNetwork ? 2u : 10u;
}
