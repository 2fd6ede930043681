using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Skep.Swarm.Objects;

namespace Skep.Swarm.Allocation;

/// <summary>Which subnets and network identifiers the swarm's networks have, and which are left.</summary>
internal sealed class SubnetBook
{
    /// <summary>Lower numbers could be taken for VLANs (moby ovmanager.go, vxlanIDStart).</summary>
    public const uint VniMin = 4_096;

    /// <summary>RFC 7348: 24 bits.</summary>
    public const uint VniMax = (1 << 24) - 1;

    /// <summary>Size when the founder named none (moby ipamutils, global scope).</summary>
    private const uint DefaultSubnetSize = 24;

    /// <summary>Subnets of IPv6 that are given out have 64 bits for their hosts, as interfaces expect.</summary>
    private const int Ipv6HostBits = 64;

    /// <summary>The part of a local IPv6 prefix that the swarm fills with subnets (RFC 4193, section 3.1).</summary>
    private const int Ipv6PoolBits = 80;

    /// <summary>
    /// Pools when the founder named none. The first is Docker's; the others are for nodes that reach all of it already.
    /// </summary>
    private static readonly ValueList<string> DefaultPools = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

    private readonly Cluster cluster;
    private readonly List<Holding> holdings = [];
    private readonly HashSet<uint> vnis = [];

    /// <param name="cluster">Says from which pools subnets are given out.</param>
    /// <param name="networks">Those that have some already.</param>
    public SubnetBook(Cluster cluster, IEnumerable<SwarmNetwork> networks)
    {
        this.cluster = cluster;
        foreach (SwarmNetwork network in networks)
        {
            Add(network);
        }
    }

    /// <summary>Those of the spec count as well, so that nothing is given out that another has asked for.</summary>
    public void Add(SwarmNetwork network)
    {
        Add(network, network.Ipam, isHeld: true);
        Add(network, network.Spec.Ipam, isHeld: false);
        vnis.UnionWith(SharedNetworks.VnisOf(network.DriverState));
    }

    /// <summary>What a node reports that it reaches in another way.</summary>
    public void Add(Subnet subnet, string owner) => holdings.Add(new(subnet, default, owner, true));

    /// <summary>Who has some of these addresses; null: nobody but the network itself.</summary>
    /// <param name="subnet">What is asked for.</param>
    /// <param name="self">Who asks.</param>
    /// <param name="mindsWishes">Wishes that were not fulfilled yet are in the way, too.</param>
    public string? HolderOf(Subnet subnet, NetworkId self, bool mindsWishes)
    {
        foreach (Holding holding in holdings)
        {
            if (holding.Subnet.Overlaps(subnet) && holding.Network != self && (holding.IsHeld || mindsWishes))
            {
                return $"{holding.Subnet} of {holding.Owner}";
            }
        }
        return null;
    }

    public bool HasVni(uint vni) => vnis.Contains(vni);

    /// <returns>Null: all pools are used up.</returns>
    public Subnet? FreeIpv4()
    {
        ValueList<string> pools = cluster.DefaultAddressPool.IsEmpty ? DefaultPools : cluster.DefaultAddressPool;
        uint size = cluster.SubnetSize == 0 ? DefaultSubnetSize : cluster.SubnetSize;
        foreach (string text in pools)
        {
            if (Subnet.Parse(text) is { IsIpv4: true } pool && pool.PrefixLength <= size && size <= 32
                && FreeIn(pool, 32 - (int)size) is { } free)
            {
                return free;
            }
        }
        return null;
    }

    /// <summary>A local prefix that follows from the swarm's id, so that two swarms hardly share one.</summary>
    public Subnet? FreeIpv6()
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(cluster.Id.Value));
        hash[0] = 0xFD;
        UInt128 prefix = BinaryPrimitives.ReadUInt128BigEndian(hash);
        return FreeIn(Subnet.Around(prefix, Ipv6PoolBits, isIpv4: false), Ipv6HostBits);
    }

    /// <param name="besides">Those that are spoken for.</param>
    public uint? FreeVni(List<uint> besides)
    {
        for (uint vni = VniMin; vni <= VniMax; vni++)
        {
            if (!vnis.Contains(vni) && !besides.Contains(vni))
            {
                return vni;
            }
        }
        return null;
    }

    /// <summary>The lowest of that size in which nobody has an address.</summary>
    private Subnet? FreeIn(Subnet pool, int hostBits)
    {
        Subnet candidate = Subnet.Around(pool.First, hostBits, pool.IsIpv4);
        foreach (Subnet taken in holdings.Select(holding => holding.Subnet)
            .Where(pool.Overlaps)
            .OrderBy(subnet => subnet.First))
        {
            if (taken.Last < candidate.First)
            {
                continue;
            }
            if (taken.First > candidate.Last)
            {
                break;
            }
            if (taken.Last >= pool.Last)
            {
                return null;
            }
            candidate = Subnet.Around(taken.Last, hostBits, pool.IsIpv4);
            candidate = Subnet.Around(candidate.Last + 1, hostBits, pool.IsIpv4);
        }
        return pool.Contains(candidate) ? candidate : null;
    }

    private void Add(SwarmNetwork network, IpamOptions? ipam, bool isHeld)
    {
        foreach (IpamConfig config in ipam?.Configs ?? default)
        {
            if (Subnet.Parse(config.Subnet) is { } subnet)
            {
                holdings.Add(new(subnet, network.Id, $"network {network.Spec.Annotations.Name}", isHeld));
            }
        }
    }

    private readonly record struct Holding(Subnet Subnet, NetworkId Network, string Owner, bool IsHeld);
}
