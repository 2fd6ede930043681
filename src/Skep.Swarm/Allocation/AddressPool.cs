using Skep.Swarm.Objects;

namespace Skep.Swarm.Allocation;

/// <summary>The addresses that a network has to give: those of one family, from all its subnets.</summary>
internal sealed class AddressPool
{
    private readonly List<Span> spans = [];
    private readonly HashSet<UInt128> kept = [];

    private AddressPool(bool isIpv4) => IsIpv4 = isIpv4;

    public bool IsIpv4 { get; }

    /// <summary>How many can be given out in all.</summary>
    public UInt128 Count { get; private set; }

    /// <returns>One for each family that the network has, version 4 first.</returns>
    public static IReadOnlyList<AddressPool> Of(SwarmNetwork network)
    {
        var pools = new List<AddressPool>(2);
        foreach (bool isIpv4 in (bool[])[true, false])
        {
            var pool = new AddressPool(isIpv4);
            foreach (IpamConfig config in network.Ipam?.Configs ?? default)
            {
                pool.Add(config);
            }
            if (pool.spans.Count > 0)
            {
                pool.Count -= (UInt128)pool.kept.Count(pool.IsGiven);
                pools.Add(pool);
            }
        }
        return pools;
    }

    /// <summary>The subnet that may give this address out when asked for it; also one outside of its range.</summary>
    public static UInt128 CountOf(IpamConfig config)
    {
        var pool = new AddressPool(Subnet.Parse(config.Subnet)?.IsIpv4 ?? true);
        pool.Add(config);
        return pool.Count - (UInt128)pool.kept.Count(pool.IsGiven);
    }

    /// <summary>The subnet that may give this address out when asked; also one outside of its range.</summary>
    public Subnet? SubnetFor(UInt128 address)
    {
        foreach (Span span in spans)
        {
            if (span.Whole.Contains(address))
            {
                return kept.Contains(address) || !span.IsUsable(address) ? null : span.Whole;
            }
        }
        return null;
    }

    /// <summary>The lowest one from the place on that is wanted; the place moves on to it.</summary>
    public bool TryFind(ref Place place, Func<UInt128, bool> isWanted, out UInt128 address, out Subnet subnet)
    {
        for (; place.Span < spans.Count; place = new(place.Span + 1, UInt128.Zero))
        {
            Span span = spans[place.Span];
            for (address = UInt128.Max(place.Next, span.First); address <= span.Last; address++)
            {
                if (!kept.Contains(address) && isWanted(address))
                {
                    place = place with { Next = address };
                    subnet = span.Whole;
                    return true;
                }
            }
        }
        (address, subnet) = (default, default);
        return false;
    }

    private bool IsGiven(UInt128 address) =>
        spans.Any(span => address >= span.First && address <= span.Last);

    private void Add(IpamConfig config)
    {
        if (Subnet.Parse(config.Subnet) is not { } whole || whole.IsIpv4 != IsIpv4)
        {
            return;
        }
        // Docker gives out neither the first nor the last one; the last of IPv6 is like any other.
        bool isTiny = whole.HostBits < 2;
        UInt128 usableFirst = isTiny ? whole.First : whole.First + 1;
        UInt128 usableLast = isTiny || !IsIpv4 ? whole.Last : whole.Last - 1;
        Subnet range = Subnet.Parse(config.Range) is { } part && whole.Contains(part) ? part : whole;
        var span = new Span(
            whole,
            UInt128.Max(range.First, usableFirst),
            UInt128.Min(range.Last, usableLast),
            usableFirst,
            usableLast);
        spans.Add(span);
        Count += span.Last - span.First + 1;
        foreach (string text in (string[])[config.Gateway, .. config.Reserved.Values])
        {
            if (IpNumber.Parse(text.Split('/')[0]) is { } number && whole.Contains(number))
            {
                kept.Add(number);
            }
        }
    }

    /// <summary>How far a search has come.</summary>
    public readonly record struct Place(int Span, UInt128 Next);

    private readonly record struct Span(
        Subnet Whole, UInt128 First, UInt128 Last, UInt128 UsableFirst, UInt128 UsableLast)
    {
        public bool IsUsable(UInt128 address) => address >= UsableFirst && address <= UsableLast;
    }
}
