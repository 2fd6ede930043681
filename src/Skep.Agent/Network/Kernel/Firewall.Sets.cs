using Skep.Agent.Network.Addresses;
using Skep.Agent.Network.Ports;
using Skep.Linux.Nftables;

namespace Skep.Agent.Network.Kernel;

/// <content>The sets and maps, and what is in them.</content>
internal static partial class Firewall
{
    private static readonly NftSet Bridges = new("bridges", NftType.LinkName);
    private static readonly NftSet Internal = new("internal", NftType.LinkName);

    /// <summary>Pairs of a bridge with itself, where containers may talk to each other.</summary>
    private static readonly NftSet Neighbours = new("neighbours", NftType.LinkName + NftType.LinkName);

    private static readonly NftSet Subnets4 = new("subnets4", NftType.IPv4, HasIntervals: true);
    private static readonly NftSet Subnets6 = new("subnets6", NftType.IPv6, HasIntervals: true);
    private static readonly NftSet Masqueraded4 = new("masqueraded4", NftType.IPv4, HasIntervals: true);
    private static readonly NftSet Masqueraded6 = new("masqueraded6", NftType.IPv6, HasIntervals: true);

    private static readonly NftSet PortsByAddress4 = new(
        "ports-by-address4", NftType.IPv4 + NftType.Protocol + NftType.Port, NftType.IPv4 + NftType.Port);

    private static readonly NftSet PortsByAddress6 = new(
        "ports-by-address6", NftType.IPv6 + NftType.Protocol + NftType.Port, NftType.IPv6 + NftType.Port);

    private static readonly NftSet Ports4 = new(
        "ports4", NftType.Protocol + NftType.Port, NftType.IPv4 + NftType.Port);

    private static readonly NftSet Ports6 = new(
        "ports6", NftType.Protocol + NftType.Port, NftType.IPv6 + NftType.Port);

    private static void AddSets(NftBatch batch)
    {
        foreach (NftSet set in new[]
        {
            Bridges, Internal, Neighbours, Subnets4, Subnets6, Masqueraded4, Masqueraded6,
            PortsByAddress4, PortsByAddress6, Ports4, Ports6,
        })
        {
            batch.AddSet(set);
        }
    }

    private static void AddBridges(NftBatch batch, IReadOnlyCollection<FirewallBridge> bridges)
    {
        batch.AddElements(Bridges, [.. bridges.Select(b => Link(b.Link))])
            .AddElements(Internal, [.. bridges.Where(b => b.IsInternal).Select(b => Link(b.Link))])
            .AddElements(Neighbours, [.. bridges.Where(b => b.AllowsBetweenContainers)
                .Select(b => new NftElement(new NftValue().LinkName(b.Link).LinkName(b.Link)))]);
        foreach (bool isIPv4 in new[] { true, false })
        {
            batch.AddElements(isIPv4 ? Subnets4 : Subnets6, Intervals(bridges, isIPv4))
                .AddElements(
                    isIPv4 ? Masqueraded4 : Masqueraded6,
                    Intervals(bridges.Where(b => b.Masquerades && !b.IsInternal), isIPv4));
        }
    }

    private static void AddPorts(NftBatch batch, IReadOnlyCollection<FirewallPort> ports)
    {
        foreach ((NftSet map, List<NftElement> elements) in Elements(ports))
        {
            batch.AddElements(map, elements);
        }
    }

    private static NftElement Link(string name) => new(new NftValue().LinkName(name));

    /// <summary>An interval is its first address and the first one behind it.</summary>
    private static List<NftElement> Intervals(IEnumerable<FirewallBridge> bridges, bool isIPv4)
    {
        var elements = new List<NftElement>();
        foreach (Subnet subnet in bridges.SelectMany(b => b.Subnets).Where(s => s.IsIPv4 == isIPv4).Order())
        {
            elements.Add(new NftElement(new NftValue().Address(subnet.Network)));
            elements.Add(new NftElement(
                new NftValue().Address(subnet.AddressAt(subnet.Last + 1)), IsIntervalEnd: true));
        }

        return elements;
    }

    private static IEnumerable<(NftSet Map, List<NftElement> Elements)> Elements(
        IReadOnlyCollection<FirewallPort> ports) =>
        ports.GroupBy(p => (p.Port.IsIPv4, p.Port.IsAnyAddress)).Select(group => (
            group.Key switch
            {
                (true, true) => Ports4,
                (true, false) => PortsByAddress4,
                (false, true) => Ports6,
                (false, false) => PortsByAddress6,
            },
            group.Select(p => Element(p.Port, p)).ToList()));

    private static NftElement Element(PublishedPort port, FirewallPort leads)
    {
        var key = new NftValue();
        if (!port.IsAnyAddress)
        {
            key.Address(port.HostAddress);
        }

        key.Protocol((byte)port.Protocol).Port(port.HostPort);
        return new NftElement(key, new NftValue().Address(leads.Container).Port(port.ContainerPort));
    }
}
