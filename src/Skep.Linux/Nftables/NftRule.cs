using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Skep.Linux.Netlink;

namespace Skep.Linux.Nftables;

/// <summary>Writes a rule as the kernel runs it: load into a register, compare or look up, decide.</summary>
/// <remarks>
/// A condition that does not hold ends the rule. Register 1 is the first of four times four 4-byte slots that are also
/// called 8, 9, 10 …; a concatenated key is loaded slot by slot and looked up from register 1.
/// </remarks>
public sealed partial class NftRule
{
    private const uint Register1 = 1, FirstSlot = 8, VerdictRegister = 0;
    private const uint Equal = 0, NotEqual = 1;
    private const uint LinkHeader = 0, NetworkHeader = 1, TransportHeader = 2;

    private readonly NetlinkBatch messages;

    internal NftRule(NetlinkBatch messages) => this.messages = messages;

    private enum Meta : uint
    {
        Mark = 3,
        InLinkName = 6,
        OutLinkName = 7,
        NetworkProtocol = 15,
        TransportProtocol = 16,
    }

    /// <summary>The packet is of the address's family and comes from, or goes to, the network.</summary>
    public NftRule IsFrom(IPAddress network, int prefixBits) => MatchAddress(network, prefixBits, isSource: true);

    public NftRule IsTo(IPAddress network, int prefixBits) => MatchAddress(network, prefixBits, isSource: false);

    /// <summary>Only packets of this family go on to the rest of the rule.</summary>
    public NftRule IsFamily(AddressFamily family)
    {
        LoadMeta(Meta.NetworkProtocol, Register1);
        return Compare(Equal, [family == AddressFamily.InterNetwork ? (byte)2 : (byte)10]);
    }

    public NftRule ComesFromLink(string name) => MatchLink(Meta.InLinkName, Equal, name);

    public NftRule ComesFromOtherLinkThan(string name) => MatchLink(Meta.InLinkName, NotEqual, name);

    public NftRule GoesToLink(string name) => MatchLink(Meta.OutLinkName, Equal, name);

    /// <summary>It comes from a link whose name begins so.</summary>
    public NftRule ComesFromLinksNamed(string prefix)
    {
        LoadMeta(Meta.InLinkName, Register1);
        return Compare(Equal, Encoding.ASCII.GetBytes(prefix));
    }

    public NftRule GoesToLinksNamed(string prefix)
    {
        LoadMeta(Meta.OutLinkName, Register1);
        return Compare(Equal, Encoding.ASCII.GetBytes(prefix));
    }

    public NftRule ComesFromLinkIn(NftSet set, bool isMember = true) => MatchLinkIn(Meta.InLinkName, set, isMember);

    public NftRule GoesToLinkIn(NftSet set, bool isMember = true) => MatchLinkIn(Meta.OutLinkName, set, isMember);

    /// <summary>The pair of the link it comes from and the link it goes to is in the set.</summary>
    public NftRule LinksIn(NftSet pairs)
    {
        LoadMeta(Meta.InLinkName, Register1);
        LoadMeta(Meta.OutLinkName, FirstSlot + 4);
        return Lookup(pairs, isMember: true);
    }

    /// <summary>The source address is in the set, which is of the family's addresses.</summary>
    public NftRule IsFromIn(AddressFamily family, NftSet set, bool isMember = true)
    {
        IsFamily(family);
        LoadAddress(family, isSource: true, Register1);
        return Lookup(set, isMember);
    }

    /// <summary>The destination is one of this host's own addresses.</summary>
    public NftRule IsToThisHost() => MatchLocal(2);

    /// <summary>The source is one of this host's own addresses.</summary>
    public NftRule IsFromThisHost() => MatchLocal(1);

    public NftRule IsInState(NftConnectionState states) => ConnectionBits(0, (uint)states);

    /// <summary>The connection's destination was translated by some rule of ours or others.</summary>
    public NftRule IsDestinationTranslated() => ConnectionBits(2, 1 << 5);

    /// <summary>The packet's transport is this one and goes to this port.</summary>
    public NftRule IsToPort(byte protocol, int port)
    {
        LoadMeta(Meta.TransportProtocol, Register1);
        Compare(Equal, [protocol]);
        LoadPayload(TransportHeader, 2, 2, Register1);
        return Compare(Equal, [(byte)(port >> 8), (byte)port]);
    }

    public NftRule Count()
    {
        Begin("counter");
        End();
        return this;
    }

    private NftRule MatchLink(Meta which, uint operation, string name)
    {
        Span<byte> padded = stackalloc byte[16];
        padded.Clear();
        Encoding.ASCII.GetBytes(name, padded);
        LoadMeta(which, Register1);
        return Compare(operation, padded);
    }

    private NftRule MatchLinkIn(Meta which, NftSet set, bool isMember)
    {
        LoadMeta(which, Register1);
        return Lookup(set, isMember);
    }

    private NftRule MatchAddress(IPAddress network, int prefixBits, bool isSource)
    {
        byte[] bytes = network.GetAddressBytes();
        IsFamily(network.AddressFamily);
        LoadAddress(network.AddressFamily, isSource, Register1);
        if (prefixBits < bytes.Length * 8)
        {
            var mask = new byte[bytes.Length];
            for (int bit = 0; bit < prefixBits; bit++)
            {
                mask[bit / 8] |= (byte)(0x80 >> (bit % 8));
            }

            Mask(mask);
        }

        return Compare(Equal, bytes);
    }

    /// <param name="which">1: the source address, 2: the destination.</param>
    private NftRule MatchLocal(uint which)
    {
        const uint addressType = 3, local = 2;
        Begin("fib").Be32(1, Register1).Be32(2, addressType).Be32(3, which);
        End();
        return Compare(Equal, HostOrder(local));
    }

    private NftRule ConnectionBits(uint key, uint bits)
    {
        Begin("ct").Be32(1, Register1).Be32(2, key);
        End();
        Mask(HostOrder(bits));
        return Compare(NotEqual, HostOrder(0));
    }

    private void LoadMeta(Meta which, uint register)
    {
        Begin("meta").Be32(1, register).Be32(2, (uint)which);
        End();
    }

    private void LoadAddress(AddressFamily family, bool isSource, uint register)
    {
        if (family == AddressFamily.InterNetwork)
        {
            LoadPayload(NetworkHeader, isSource ? 12u : 16u, 4, register);
        }
        else
        {
            LoadPayload(NetworkHeader, isSource ? 8u : 24u, 16, register);
        }
    }

    private void LoadPayload(uint header, uint offset, uint bytes, uint register)
    {
        Begin("payload").Be32(1, register).Be32(2, header).Be32(3, offset).Be32(4, bytes);
        End();
    }

    /// <summary>register := register and mask.</summary>
    private void Mask(ReadOnlySpan<byte> mask)
    {
        Begin("bitwise").Be32(1, Register1).Be32(2, Register1).Be32(3, (uint)mask.Length)
            .NestMarked(4).Attribute(Nfta.DataValue, mask).EndNest()
            .NestMarked(5).Attribute(Nfta.DataValue, new byte[mask.Length]).EndNest();
        End();
    }

    private NftRule Compare(uint operation, ReadOnlySpan<byte> value)
    {
        Begin("cmp").Be32(1, Register1).Be32(2, operation)
            .NestMarked(3).Attribute(Nfta.DataValue, value).EndNest();
        End();
        return this;
    }

    private NftRule Lookup(NftSet set, bool isMember)
    {
        const uint inverted = 1;
        Begin("lookup").Text(1, set.Name).Be32(2, Register1);
        if (!isMember)
        {
            messages.Be32(5, inverted);
        }

        End();
        return this;
    }

    private NetlinkBatch Begin(string name) => messages
        .NestMarked(Nfta.ListElement).Text(Nfta.ExpressionName, name).NestMarked(Nfta.ExpressionData);

    private void End() => messages.EndNest().EndNest();

    private static byte[] HostOrder(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
