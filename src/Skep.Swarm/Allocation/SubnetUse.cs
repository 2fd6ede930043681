using Skep.Swarm.Objects;

namespace Skep.Swarm.Allocation;

/// <summary>How full one subnet of a network is.</summary>
/// <param name="Range">Such as 10.0.1.0/24.</param>
/// <param name="InUse">With the gateway, and with what is kept for others.</param>
/// <param name="Free">How many are left to be given out.</param>
public sealed record SubnetUse(string Range, ulong InUse, ulong Free)
{
    /// <param name="network">Whose subnets.</param>
    /// <param name="services">Those that may have addresses on it, others do not matter.</param>
    /// <param name="tasks">Those that may have addresses on it, others do not matter.</param>
    public static IReadOnlyList<SubnetUse> Of(
        SwarmNetwork network, IEnumerable<Service> services, IEnumerable<SwarmTask> tasks)
    {
        var taken = new HashSet<UInt128>();
        foreach (VirtualIP address in services.SelectMany(service =>
            (service.Endpoint?.VirtualIPs ?? default).Where(one => one.NetworkId == network.Id)))
        {
            Add(taken, address.Addr);
        }
        foreach (NetworkAttachment attachment in tasks.Where(AddressBook.HasAddresses)
            .SelectMany(task => task.Networks.Where(one => one.Network?.Id == network.Id)))
        {
            foreach (string address in attachment.Addresses)
            {
                Add(taken, address);
            }
        }
        return [.. (network.Ipam?.Configs ?? default).Select(config => Of(config, taken)).OfType<SubnetUse>()];
    }

    private static SubnetUse? Of(IpamConfig config, HashSet<UInt128> taken)
    {
        if (Subnet.Parse(config.Subnet) is not { } subnet)
        {
            return null;
        }
        UInt128 all = AddressPool.CountOf(config);
        int given = taken.Count(subnet.Contains);
        HashSet<UInt128> kept = [];
        foreach (string text in (string[])[config.Gateway, .. config.Reserved.Values])
        {
            Add(kept, text);
        }
        UInt128 free = all > (UInt128)given ? all - (UInt128)given : 0;
        return new(config.Subnet, (ulong)(given + kept.Count(subnet.Contains)), ulong.CreateSaturating(free));
    }

    private static void Add(HashSet<UInt128> numbers, string text)
    {
        if (IpNumber.Parse(text.Split('/')[0]) is { } number)
        {
            numbers.Add(number);
        }
    }
}
