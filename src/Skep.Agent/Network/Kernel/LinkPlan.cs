using System.Net.NetworkInformation;
using Skep.Linux.Netlink;

namespace Skep.Agent.Network.Kernel;

/// <summary>A bridge as it should be.</summary>
/// <param name="Addresses">The host's own addresses on it.</param>
/// <param name="IsForeign">Somebody else made it: what it has beside ours is his.</param>
internal sealed record WantedBridge(
    string Name,
    PhysicalAddress Mac,
    int Mtu,
    IReadOnlyList<(System.Net.IPAddress Address, int PrefixBits)> Addresses,
    bool IsForeign);

/// <summary>What is to be done so that the kernel has the links that it should have. Pure.</summary>
/// <param name="Remove">Links with our mark that nothing wants.</param>
/// <param name="Create">Bridges that are missing.</param>
/// <param name="Adopt">Bridges that exist, with what they lack or have too much.</param>
/// <param name="LostOuterLinks">Wanted ends of pairs that the kernel does not have.</param>
internal sealed record LinkPlan(
    IReadOnlyList<Link> Remove,
    IReadOnlyList<WantedBridge> Create,
    IReadOnlyList<BridgeRepair> Adopt,
    IReadOnlyList<string> LostOuterLinks)
{
    public static LinkPlan Decide(
        IReadOnlyCollection<Link> links,
        IReadOnlyCollection<LinkAddress> addresses,
        IReadOnlyCollection<WantedBridge> bridges,
        IReadOnlyCollection<string> outerLinks,
        LinkNames names)
    {
        HashSet<string> there = [.. links.Select(l => l.Name)];
        HashSet<string> wanted = [.. bridges.Select(b => b.Name), .. outerLinks];
        LinkPlan[] each = [.. bridges.Select(b => DecideBridge(links, addresses, b))];
        return new LinkPlan(
            [.. links.Where(l => names.IsOurs(l.Name) && !wanted.Contains(l.Name))],
            [.. each.SelectMany(p => p.Create)],
            [.. each.SelectMany(p => p.Adopt)],
            [.. outerLinks.Where(name => !there.Contains(name))]);
    }

    /// <summary>The part of one bridge; nothing is removed.</summary>
    public static LinkPlan DecideBridge(
        IReadOnlyCollection<Link> links, IReadOnlyCollection<LinkAddress> addresses, WantedBridge bridge) =>
        links.FirstOrDefault(l => l.Name == bridge.Name) is { } link
            ? new LinkPlan([], [], [BridgeRepair.Decide(bridge, link, addresses)], [])
            : new LinkPlan([], [bridge], [], []);
}

/// <summary>What an existing bridge needs.</summary>
/// <param name="Excess">Addresses that are not of the network, such as those of an earlier --bip.</param>
internal sealed record BridgeRepair(
    WantedBridge Bridge,
    int Link,
    bool NeedsUp,
    bool NeedsMtu,
    IReadOnlyList<(System.Net.IPAddress Address, int PrefixBits)> Missing,
    IReadOnlyList<LinkAddress> Excess)
{
    public static BridgeRepair Decide(WantedBridge bridge, Link link, IReadOnlyCollection<LinkAddress> addresses)
    {
        LinkAddress[] there = [.. addresses.Where(a => a.Link == link.Index && !a.Address.IsIPv6LinkLocal)];
        return new BridgeRepair(
            bridge,
            link.Index,
            !link.IsUp,
            link.Mtu != bridge.Mtu && !bridge.IsForeign,
            [.. bridge.Addresses.Where(w => !Array.Exists(
                there, t => t.Address.Equals(w.Address) && t.PrefixBits == w.PrefixBits))],
            bridge.IsForeign ? [] : [.. there.Where(t => !bridge.Addresses.Contains((t.Address, t.PrefixBits)))]);
    }
}

/// <summary>How this instance names its links: 15 characters are all that Linux allows.</summary>
/// <param name="InstanceId">Six hexadecimal digits.</param>
internal sealed record LinkNames(string InstanceId)
{
    /// <summary>Digits that tell the links of an instance apart.</summary>
    public const int OwnDigits = 6;

    public string BridgePrefix => "skb" + InstanceId;

    private string OuterPrefix => "skv" + InstanceId;

    public string DefaultBridge => BridgePrefix + "0";

    public string BridgeOf(string networkId) => BridgePrefix + networkId[..OwnDigits];

    public string OuterOf(string digits) => OuterPrefix + digits[..OwnDigits];

    public bool IsOurs(string name) =>
        name.StartsWith(BridgePrefix, StringComparison.Ordinal)
        || name.StartsWith(OuterPrefix, StringComparison.Ordinal);
}
