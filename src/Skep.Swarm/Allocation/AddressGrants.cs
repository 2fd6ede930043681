using System.Diagnostics.CodeAnalysis;
using Skep.Swarm.Objects;

namespace Skep.Swarm.Allocation;

/// <summary>
/// Gives out addresses in one look at the store: what was given is taken, though the store does not know it yet.
/// </summary>
/// <remarks>
/// The lowest address that nobody has, and that no task had which is still remembered: a node that has not heard yet
/// of an end shall not send to a stranger. Only when there is no other, one of those.
/// </remarks>
internal sealed class AddressGrants(AddressBook book)
{
    private readonly HashSet<(NetworkId Network, UInt128 Address)> given = [];
    private readonly Dictionary<NetworkId, IReadOnlyList<AddressPool>> pools = [];

    // Where the search goes on: whatever is in front of it is taken, and stays so for this look.
    private readonly Dictionary<(NetworkId Network, bool IsIpv4, bool IsFresh), AddressPool.Place> places = [];

    /// <summary>One of each family that the network has, with prefix lengths; all or none.</summary>
    public bool TryTake(SwarmNetwork network, out ValueList<string> addresses)
    {
        var taken = new List<string>(2);
        IReadOnlyList<AddressPool> families = PoolsOf(network);
        foreach (AddressPool pool in families)
        {
            if (!TryTake(network.Id, pool, isFresh: true, taken) && !TryTake(network.Id, pool, isFresh: false, taken))
            {
                Return(network, taken);
                addresses = [];
                return false;
            }
        }
        addresses = ValueList.From(taken);
        return families.Count > 0;
    }

    /// <summary>Those that were asked for, and of a family of which none was asked for any one.</summary>
    public bool TryTake(
        SwarmNetwork network,
        ValueList<string> asked,
        out ValueList<string> addresses,
        [NotNullWhen(false)] out string? refusal)
    {
        var taken = new List<string>(2);
        addresses = [];
        refusal = null;
        foreach (string text in asked)
        {
            if (TryTakeThis(network, text, out string? whole))
            {
                taken.Add(whole);
                continue;
            }
            refusal = $"address {text} is not to be had on network {network.Spec.Annotations.Name}: "
                + "it is taken, or none of its subnets has it";
            Return(network, taken);
            return false;
        }
        foreach (AddressPool pool in PoolsOf(network).Where(pool => !taken.Exists(one => IsOf(pool, one))))
        {
            if (!TryTake(network.Id, pool, isFresh: true, taken) && !TryTake(network.Id, pool, isFresh: false, taken))
            {
                refusal = NoneLeft(network);
                Return(network, taken);
                return false;
            }
        }
        addresses = ValueList.From(taken);
        return true;
    }

    /// <summary>What was taken and is not needed after all.</summary>
    public void Return(SwarmNetwork network, IEnumerable<string> addresses)
    {
        foreach (UInt128 address in addresses.Select(text => IpNumber.Parse(text.Split('/')[0])).OfType<UInt128>())
        {
            given.Remove((network.Id, address));
            places.Remove((network.Id, IpNumber.IsIpv4(address), true));
            places.Remove((network.Id, IpNumber.IsIpv4(address), false));
        }
    }

    /// <summary>Docker's words, and what is full.</summary>
    public static string NoneLeft(SwarmNetwork network) =>
        $"could not find an available IP on network {network.Spec.Annotations.Name} "
        + $"({string.Join(", ", (network.Ipam?.Configs ?? default).Select(config => config.Subnet))})";

    private static bool IsOf(AddressPool pool, string address) =>
        IpNumber.Parse(address.Split('/')[0]) is { } number && IpNumber.IsIpv4(number) == pool.IsIpv4;

    private IReadOnlyList<AddressPool> PoolsOf(SwarmNetwork network)
    {
        if (!pools.TryGetValue(network.Id, out IReadOnlyList<AddressPool>? families))
        {
            pools[network.Id] = families = AddressPool.Of(network);
        }
        return families;
    }

    private bool IsFree(NetworkId network, UInt128 address) =>
        !given.Contains((network, address)) && !book.IsTaken(network, address);

    private bool TryTake(NetworkId network, AddressPool pool, bool isFresh, List<string> taken)
    {
        AddressPool.Place place = places.GetValueOrDefault((network, pool.IsIpv4, isFresh));
        bool isFound = pool.TryFind(
            ref place,
            address => IsFree(network, address) && !(isFresh && book.WasTaken(network, address)),
            out UInt128 found,
            out Subnet subnet);
        places[(network, pool.IsIpv4, isFresh)] = place;
        if (isFound)
        {
            given.Add((network, found));
            taken.Add(subnet.WithLength(found));
        }
        return isFound;
    }

    private bool TryTakeThis(SwarmNetwork network, string text, [NotNullWhen(true)] out string? whole)
    {
        whole = null;
        if (IpNumber.Parse(text.Split('/')[0]) is not { } address || !IsFree(network.Id, address))
        {
            return false;
        }
        foreach (AddressPool pool in PoolsOf(network))
        {
            if (pool.SubnetFor(address) is { } subnet)
            {
                given.Add((network.Id, address));
                whole = subnet.WithLength(address);
                return true;
            }
        }
        return false;
    }
}
