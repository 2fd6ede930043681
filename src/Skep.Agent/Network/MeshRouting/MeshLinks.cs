using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Skep.Linux.Namespaces;
using Skep.Linux.Netlink;
using Skep.Linux.Nftables;

namespace Skep.Agent.Network.MeshRouting;

/// <summary>A task's place on the mesh.</summary>
/// <param name="InnerLink">Name of the link in the task's namespace.</param>
internal sealed record MeshPlace(string InnerLink, PhysicalAddress InnerMac, IReadOnlyList<MeshAddress> Addresses);

/// <param name="Gateway">Of the ingress network. No host has it: its hardware address is known beforehand.</param>
internal sealed record MeshAddress(IPAddress Address, int PrefixBits, IPAddress Gateway);

/// <summary>Tasks' links to the mesh: pairs without a bridge, each with a route of its own.</summary>
/// <remarks>
/// The task's default route stays where it was. But what answers a call of the mesh must go back by the mesh, so the
/// task's own address there has a table of its own. A datagram socket that is bound to no address answers from the
/// address of the default route, and nobody would know the answer: to such sockets the call seems to come in there.
/// Where a family has no default route, as IPv6 mostly, such a socket could not answer at all: its datagrams are led to
/// the mesh then, and those that are no answers are refused as before.
/// </remarks>
internal static class MeshLinks
{
    private const byte Udp = 17;
    private const string Table = "skep-ingress";
    private const uint DatagramMark = MeshNumbers.MarkBase;

    public static Route RouteTo(IPAddress task, int link) =>
        new(task, task.AddressFamily == AddressFamily.InterNetwork ? 32 : 128, null, link);

    /// <summary>Puts a namespace on the mesh. What an unclean end left under the link's name is removed.</summary>
    public static void Attach(MeshNames names, string namespacePath, MeshPlace place, int mtu)
    {
        string outer = names.OuterOf(place.Addresses[0].Address);
        using var host = new RouteSocket();
        if (host.FindLink(outer) is > 0 and var stale)
        {
            host.Apply(new RouteBatch().RemoveLink(stale, outer));
        }

        using (SafeFileHandle file = NetworkNamespace.Open(namespacePath))
        {
            host.Apply(new RouteBatch().AddRoutedVeth(
                new VethPair(outer, 0, place.InnerLink, place.InnerMac, (int)file.DangerousGetHandle(), mtu),
                MeshNumbers.GatewayMac));
        }

        MeshSettings.Open(outer);
        int link = host.FindLink(outer);
        var batch = new RouteBatch();
        foreach (MeshAddress own in place.Addresses)
        {
            batch.AddNeighbour(link, own.Address, place.InnerMac).AddRoute(RouteTo(own.Address, link), null);
        }

        host.Apply(batch);
        NetworkNamespace.Enter(namespacePath, () => SetUpInside(place));
    }

    /// <summary>To be called when the task's default route is set.</summary>
    public static void LeadDatagrams(string namespacePath, MeshPlace place) =>
        NetworkNamespace.Enter(namespacePath, () => LeadDatagramsInside(place));

    private static bool LeadDatagramsInside(MeshPlace place)
    {
        // Any address far away: documentation's own ones (RFC 5737, RFC 3849).
        IPAddress[] far = [IPAddress.Parse("198.51.100.1"), IPAddress.Parse("2001:db8::1")];
        using var route = new RouteSocket();
        NftBatch batch = NewTable(place.InnerLink);
        bool isNeeded = false;
        foreach (IPAddress address in far)
        {
            AddressFamily family = address.AddressFamily;
            IPAddress? source = route.FindSourceTo(address);
            if (!place.Addresses.Any(own => own.Address.AddressFamily == family)
                || place.Addresses.Any(own => own.Address.Equals(source)))
            {
                continue;
            }

            isNeeded = true;
            bool isIPv4 = family == AddressFamily.InterNetwork;
            if (source is null)
            {
                batch.AddRule("refuse", r => r.GoesToLink(place.InnerLink).IsFamily(family).IsTransport(Udp)
                    .IsInState(NftConnectionState.New).RejectAsUnreachable());
                Have(route, new PolicyRule(isIPv4, MeshNumbers.LastAnswerPriority, MeshNumbers.AnswerTable, null, 0)
                {
                    Protocol = Udp,
                });
            }
            else
            {
                batch.AddRule("prerouting", r => r.ComesFromLink(place.InnerLink).IsFamily(family)
                    .IsTransport(Udp).TranslateTo(source));
                Have(route, new PolicyRule(
                    isIPv4, MeshNumbers.AnswerPriority, MeshNumbers.AnswerTable, null, DatagramMark));
            }
        }

        if (isNeeded)
        {
            using var nft = new NftSocket();
            nft.Apply(batch);
        }

        return true;
    }

    private static void Have(RouteSocket route, PolicyRule rule)
    {
        if (!route.ListRules().Contains(rule))
        {
            route.Apply(new RouteBatch().AddRule(rule));
        }
    }

    private static NftBatch NewTable(string innerLink) => new NftBatch(NftFamily.Inet, Table)
        .ReplaceTable()
        .AddChain("prerouting", new NftHook(NftChainKind.Nat, NftHookPoint.Prerouting, NftHook.DestinationNat))
        .AddChain("mark", new NftHook(NftChainKind.Filter, NftHookPoint.Prerouting, NftHook.Mangle))
        .AddRule("mark", r => r.ComesFromLink(innerLink).IsTransport(Udp).MarkConnection(DatagramMark))
        .AddChain("refuse", new NftHook(NftChainKind.Filter, NftHookPoint.Output, NftHook.Filter))
        .AddChain("answer", new NftHook(NftChainKind.Route, NftHookPoint.Output, NftHook.Mangle))
        .AddRule("answer", r => r.IsTransport(Udp).IsAnswer()
            .IsMarked(isOfConnection: true, DatagramMark, uint.MaxValue).MarkPacket(DatagramMark));

    private static bool SetUpInside(MeshPlace place)
    {
        // A caller may come from anywhere, while the default route leads elsewhere.
        InsideNamespace.SetSysctl("net/ipv4/conf/all/rp_filter", "0");
        InsideNamespace.SetSysctl($"net/ipv4/conf/{place.InnerLink}/rp_filter", "0");
        using var inside = new RouteSocket();
        int link = inside.FindLink(place.InnerLink);
        var batch = new RouteBatch();
        foreach (MeshAddress own in place.Addresses)
        {
            batch.AddAddress(link, own.Address, own.PrefixBits);
        }

        batch.SetUp(link);
        foreach (MeshAddress own in place.Addresses)
        {
            bool isIPv4 = own.Address.AddressFamily == AddressFamily.InterNetwork;
            batch.AddNeighbour(link, own.Gateway, MeshNumbers.GatewayMac)
                .AddRoute(
                    new Route(isIPv4 ? IPAddress.Any : IPAddress.IPv6Any, 0, own.Gateway, link)
                    {
                        Table = MeshNumbers.AnswerTable,
                    },
                    own.Address)
                .AddRule(new PolicyRule(
                    isIPv4, MeshNumbers.AnswerPriority, MeshNumbers.AnswerTable, own.Address, 0));
        }

        inside.Apply(batch);
        return true;
    }
}
