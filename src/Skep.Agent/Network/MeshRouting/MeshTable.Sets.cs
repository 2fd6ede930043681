using System.Net.Sockets;
using Skep.Linux.Nftables;

namespace Skep.Agent.Network.MeshRouting;

/// <content>The sets beside the ports, and who may send through tunnels.</content>
internal sealed partial class MeshTable
{
    /// <summary>Sender's hardware address to the mark of its connections.</summary>
    public static readonly NftSet Marks = new("marks", NftType.Mac, NftType.Mark);

    public static readonly NftSet Hidden = new("hidden", NftType.Protocol + NftType.Port);

    /// <summary>VXLAN identifiers as they stand in a packet, with the byte behind them.</summary>
    public static readonly NftSet Vnis = new("vnis", NftType.Mark);

    public static readonly NftSet EncryptedVnis = new("encrypted-vnis", NftType.Mark);

    private static readonly NftSet Hosts4 = new("hosts4", NftType.IPv4);
    private static readonly NftSet Hosts6 = new("hosts6", NftType.IPv6);

    public static IReadOnlyList<NftSet> Sets { get; } = [Marks, Hidden, Vnis, EncryptedVnis, Hosts4, Hosts6];

    /// <summary>What must be in one of the sets.</summary>
    public static IReadOnlyList<NftElement> ElementsOf(NftSet set, MeshFacts facts) => set switch
    {
        _ when set == Marks =>
            [.. facts.Marks.Select(m => new NftElement(new NftValue().Mac(m.Mac), new NftValue().Mark(m.Mark)))],
        _ when set == Hidden =>
            [.. facts.Hidden.Select(p => new NftElement(new NftValue().Protocol(p.Protocol).Port(p.Port)))],
        _ when set == Vnis => [.. facts.Vnis.Select(Vni)],
        _ when set == EncryptedVnis => [.. facts.EncryptedVnis.Select(Vni)],
        _ =>
        [
            .. facts.Hosts.Where(host => Hosts(host.AddressFamily) == set)
                .Select(host => new NftElement(new NftValue().Address(host))),
        ],
    };

    private static NftSet Hosts(AddressFamily family) => family == AddressFamily.InterNetwork ? Hosts4 : Hosts6;

    private static void AddSets(NftBatch batch)
    {
        foreach (NftSet set in Sets)
        {
            batch.AddSet(set);
        }
    }

    private static void FillSets(NftBatch batch, MeshFacts facts)
    {
        foreach (NftSet set in Sets)
        {
            batch.AddElements(set, ElementsOf(set, facts));
        }
    }

    /// <summary>VXLAN header: flags u8, 3 reserved, identifier u24, 1 reserved; behind 8 bytes of UDP's.</summary>
    private static NftElement Vni(uint number) => new(
        new NftValue().Mark(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(number << 8)));

    /// <summary>
    /// VXLAN asks nobody who he is: what is not from a node, or comes in clear for an encrypted network, is dropped.
    /// </summary>
    private void AddTunnelFilter(NftBatch batch, int port)
    {
        const string input = "input", chain = "vxlan";
        const uint identifierAt = 12, identifierMask = 0xffffff00;
        batch.AddChain(chain)
            .AddRule(chain, r => r.ComesFromLinksNamed(names.EncryptedPrefix).Return())
            .AddRule(chain, r => r.HasBytesIn(identifierAt, identifierMask, EncryptedVnis).Drop())
            .AddRule(chain, r => r.IsFromIn(AddressFamily.InterNetwork, Hosts4).Return())
            .AddRule(chain, r => r.IsFromIn(AddressFamily.InterNetworkV6, Hosts6).Return())
            .AddRule(chain, r => r.HasBytesIn(identifierAt, identifierMask, Vnis).Drop())
            .AddChain(input, new NftHook(NftChainKind.Filter, NftHookPoint.Input, NftHook.Filter))
            .AddRule(input, r => r.IsToPort(Udp, port).Jump(chain));
    }
}
