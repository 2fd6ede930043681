using System.Net;
using System.Net.Sockets;
using Skep.Agent.Network.Addresses;
using Skep.Agent.Network.Ports;
using Skep.Linux.Nftables;

namespace Skep.Agent.Network.Kernel;

/// <summary>A bridge as the packet filter knows it.</summary>
internal sealed record FirewallBridge(
    string Link, bool IsInternal, bool AllowsBetweenContainers, bool Masquerades, IReadOnlyList<Subnet> Subnets);

/// <summary>A published port and where it leads.</summary>
internal sealed record FirewallPort(PublishedPort Port, IPAddress Container);

/// <summary>The instance's nftables table. Pure: it only writes messages.</summary>
/// <remarks>
/// Sets and maps hold all that varies, so the number of rules does not grow with networks or ports, and a container
/// that starts or stops changes elements only. What must hold:
/// nothing enters a bridge but answers, neighbours on the same bridge, and what a published port translated;
/// nothing leaves an internal bridge; 127.0.0.0/8 of the host is out of reach from any other link (CVE-2025-54388).
/// </remarks>
internal static partial class Firewall
{
    private const string RawPrerouting = "raw-prerouting", Prerouting = "prerouting", Output = "output";
    private const string Published = "published", Forward = "forward", Postrouting = "postrouting";

    private static readonly IPAddress Loopback = IPAddress.Parse("127.0.0.0");
    private const int LoopbackBits = 8;

    /// <summary>The whole table, replacing whatever there was in one step.</summary>
    public static NftBatch Replace(
        string table, IReadOnlyCollection<FirewallBridge> bridges, IReadOnlyCollection<FirewallPort> ports)
    {
        var batch = new NftBatch(NftFamily.Inet, table);
        batch.ReplaceTable();
        AddSets(batch);
        AddBridges(batch, bridges);
        AddPorts(batch, ports);
        AddTranslation(batch);
        AddFilter(batch);
        AddMasquerading(batch);
        return batch;
    }

    public static NftBatch Publish(string table, IReadOnlyCollection<FirewallPort> ports)
    {
        var batch = new NftBatch(NftFamily.Inet, table);
        AddPorts(batch, ports);
        return batch;
    }

    public static NftBatch Unpublish(string table, IReadOnlyCollection<FirewallPort> ports)
    {
        var batch = new NftBatch(NftFamily.Inet, table);
        foreach ((NftSet map, List<NftElement> elements) in Elements(ports))
        {
            batch.RemoveElements(map, elements);
        }

        return batch;
    }

    public static NftBatch Remove(string table) => new NftBatch(NftFamily.Inet, table).AddTable().RemoveTable();

    private static void AddTranslation(NftBatch batch)
    {
        // A packet from outside to 127.0.0.0/8 would be translated before the kernel finds it odd.
        batch.AddChain(RawPrerouting, new NftHook(NftChainKind.Filter, NftHookPoint.Prerouting, NftHook.Raw))
            .AddRule(RawPrerouting, r => r.ComesFromLinkIn(Bridges).IsTo(Loopback, LoopbackBits).Drop())
            .AddChain(Published)
            .AddRule(Published, r => r.IsFamily(AddressFamily.InterNetwork)
                .TranslateByAddress(AddressFamily.InterNetwork, PortsByAddress4))
            .AddRule(Published, r => r.IsFamily(AddressFamily.InterNetwork).IsToThisHost()
                .TranslateByPort(AddressFamily.InterNetwork, Ports4))
            .AddRule(Published, r => r.IsTo(IPAddress.IPv6Loopback, 128).Return())
            .AddRule(Published, r => r.IsFamily(AddressFamily.InterNetworkV6)
                .TranslateByAddress(AddressFamily.InterNetworkV6, PortsByAddress6))
            .AddRule(Published, r => r.IsFamily(AddressFamily.InterNetworkV6).IsToThisHost()
                .TranslateByPort(AddressFamily.InterNetworkV6, Ports6))
            .AddChain(Prerouting, new NftHook(NftChainKind.Nat, NftHookPoint.Prerouting, NftHook.DestinationNat))
            .AddRule(Prerouting, r => r.IsTo(Loopback, LoopbackBits).Return())
            .AddRule(Prerouting, r => r.Jump(Published))
            .AddChain(Output, new NftHook(NftChainKind.Nat, NftHookPoint.Output, NftHook.DestinationNat))
            .AddRule(Output, r => r.Jump(Published));
    }

    private static void AddFilter(NftBatch batch)
    {
        const NftConnectionState known = NftConnectionState.Established | NftConnectionState.Related;
        batch.AddChain(Forward, new NftHook(NftChainKind.Filter, NftHookPoint.Forward, NftHook.Filter))
            .AddRule(Forward, r => r.IsInState(known).Accept())
            .AddRule(Forward, r => r.LinksIn(Neighbours).Accept())
            .AddRule(Forward, r => r.ComesFromLinkIn(Internal).Drop())
            .AddRule(Forward, r => r.GoesToLinkIn(Internal).Drop())
            .AddRule(Forward, r => r.GoesToLinkIn(Bridges).IsDestinationTranslated().Accept())
            .AddRule(Forward, r => r.GoesToLinkIn(Bridges).Drop());
    }

    private static void AddMasquerading(NftBatch batch)
    {
        // A caller on one of our own networks would answer its neighbour directly and see a stranger's address;
        // 127.0.0.1 means nothing outside of this host. Both get the bridge's address.
        batch.AddChain(Postrouting, new NftHook(NftChainKind.Nat, NftHookPoint.Postrouting, NftHook.SourceNat))
            .AddRule(Postrouting, r => r.GoesToLinkIn(Bridges).IsFrom(Loopback, LoopbackBits).Masquerade());
        foreach ((AddressFamily family, NftSet subnets, NftSet masqueraded) in new[]
        {
            (AddressFamily.InterNetwork, Subnets4, Masqueraded4),
            (AddressFamily.InterNetworkV6, Subnets6, Masqueraded6),
        })
        {
            batch.AddRule(Postrouting, r => r.GoesToLinkIn(Bridges).IsDestinationTranslated()
                    .IsFromIn(family, subnets).Masquerade())
                .AddRule(Postrouting, r => r.GoesToLinkIn(Bridges, isMember: false)
                    .IsFromIn(family, masqueraded).Masquerade());
        }
    }
}
