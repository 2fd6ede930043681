using System.Collections.Immutable;
using System.Globalization;
using Skep.Swarm.Decisions;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Allocation;

/// <summary>Gives networks that reach over nodes their subnets, gateways and network identifiers.</summary>
/// <remarks>
/// What is taken is read from the networks themselves, and from what nodes say that they reach in other ways. Network
/// objects are few and seldom change, so all of them are looked at whenever one does, or while one waits.
/// </remarks>
public sealed class NetworkAllocation
{
    private StoreSnapshot last = StoreSnapshot.Empty;
    private bool isSettled;

    public Plan Decide(StoreSnapshot cluster, DateTimeOffset now, IdSource ids)
    {
        if (cluster.Cluster is null)
        {
            return Plan.Nothing;
        }
        isSettled &= cluster.NetworksSince(last).Count == 0;
        last = cluster;
        if (isSettled)
        {
            return Plan.Nothing;
        }
        SwarmNetwork[] open = [.. cluster.Networks.All.Where(network => !SharedNetworks.IsAllocated(network)
            && !LocalNetworks.IsLocal(network))];
        var changes = ImmutableArray.CreateBuilder<Change>();
        if (open.Length > 0)
        {
            SubnetBook book = BookOf(cluster);
            // The ingress network first, as in SwarmKit: it gets the first subnet of the swarm.
            foreach (SwarmNetwork network in open
                .OrderByDescending(SharedNetworks.IsIngress)
                .ThenBy(network => network.Meta.CreatedAt ?? default)
                .ThenBy(network => network.Id.Value, StringComparer.Ordinal))
            {
                if (TryAllocate(book, network, mindsWishes: false, out string _) is { } allocated)
                {
                    book.Add(allocated);
                    changes.Add(Change.Update(allocated));
                }
            }
        }
        isSettled = open.Length == 0;
        return new(changes.ToImmutable(), null);
    }

    /// <summary>Refuses a network that could never be allocated, and says who is in the way.</summary>
    public static void RefuseClash(StoreReader store, SwarmNetwork network)
    {
        if (store.Cluster is not null && !LocalNetworks.IsLocal(network)
            && TryAllocate(BookOf(store), network, mindsWishes: true, out string problem) is null)
        {
            throw SwarmRefusal.Of(
                SwarmCode.InvalidArgument,
                $"failed to allocate network {network.Spec.Annotations.Name}: {problem}");
        }
    }

    /// <summary>What keeps a network from being allocated; null: nothing does.</summary>
    internal static string? Problem(StoreReader store, SwarmNetwork network) =>
        store.Cluster is not null
        && TryAllocate(BookOf(store), network, mindsWishes: false, out string problem) is null
            ? problem
            : null;

    private static SubnetBook BookOf(StoreReader store)
    {
        var book = new SubnetBook(store.Cluster!, store.Networks.All);
        foreach (Resource resource in store.ResourcesOf(PeerRecord.ExtensionName))
        {
            NodeId node = PeerRecord.NodeOf(resource);
            string name = store.Nodes.Get(node)?.Description?.Hostname is { Length: > 0 } host ? host : node.Value;
            foreach (string range in PeerRecord.Read(resource)?.Ranges ?? [])
            {
                if (Subnet.Parse(range) is { } subnet)
                {
                    book.Add(subnet, $"node {name}");
                }
            }
        }
        return book;
    }

    private static SwarmNetwork? TryAllocate(
        SubnetBook book, SwarmNetwork network, bool mindsWishes, out string problem)
    {
        // What a leader has allocated before is kept, whatever the spec says.
        ValueList<IpamConfig> asked = network.Ipam is { Configs.IsEmpty: false } state
            ? state.Configs
            : network.Spec.Ipam?.Configs ?? default;
        var configs = new List<IpamConfig>();
        foreach (IpamConfig config in WithDefaults(asked, network.Spec.Ipv6Enabled))
        {
            if (Subnet.Parse(config.Subnet) is { } wanted
                && book.HolderOf(wanted, network.Id, mindsWishes) is { } holder)
            {
                problem = $"Pool overlaps with other one on this address space: {wanted} overlaps {holder}";
                return null;
            }
            if (TryAllocate(book, config, out problem) is not { } whole)
            {
                return null;
            }
            configs.Add(whole);
        }
        if (TryNumber(book, network, configs.Count(IsIpv4), out problem) is not { } vnis)
        {
            return null;
        }
        return network with
        {
            Ipam = new()
            {
                Driver = new() { Name = "default", Options = network.Spec.Ipam?.Driver?.Options ?? default },
                Configs = ValueList.From(configs),
            },
            DriverState = new()
            {
                Name = SharedNetworks.OverlayDriver,
                Options = (network.Spec.DriverConfig?.Options ?? default).With(SharedNetworks.VniOption, vnis),
            },
        };
    }

    private static IEnumerable<IpamConfig> WithDefaults(ValueList<IpamConfig> asked, bool isIpv6)
    {
        if (!asked.Any(IsIpv4))
        {
            yield return new() { Family = IpamFamily.Ipv4 };
        }
        foreach (IpamConfig config in asked.AsEnumerable())
        {
            yield return config;
        }
        if (isIpv6 && asked.All(IsIpv4))
        {
            yield return new() { Family = IpamFamily.Ipv6 };
        }
    }

    private static bool IsIpv4(IpamConfig config) =>
        Subnet.Parse(config.Subnet)?.IsIpv4 ?? config.Family != IpamFamily.Ipv6;

    private static IpamConfig? TryAllocate(SubnetBook book, IpamConfig config, out string problem)
    {
        problem = "";
        Subnet subnet;
        if (config.Subnet.Length > 0)
        {
            if (Subnet.Parse(config.Subnet) is not { } wanted)
            {
                problem = $"invalid subnet {config.Subnet}";
                return null;
            }
            subnet = wanted;
        }
        else if ((IsIpv4(config) ? book.FreeIpv4() : book.FreeIpv6()) is { } free)
        {
            subnet = free;
        }
        else
        {
            problem = $"could not find an available, non-overlapping IPv{(IsIpv4(config) ? 4 : 6)} address pool "
                + "among the defaults to assign to the network";
            return null;
        }
        return config with
        {
            Subnet = subnet.ToString(),
            Gateway = config.Gateway.Length > 0 ? config.Gateway : GatewayOf(subnet, config),
        };
    }

    /// <summary>The first address that can be had: of the range, if there is one, as Docker does.</summary>
    private static string GatewayOf(Subnet subnet, IpamConfig config)
    {
        UInt128 first = subnet.HostBits < 2 ? subnet.First : subnet.First + 1;
        if (Subnet.Parse(config.Range) is { } range && subnet.Contains(range))
        {
            first = UInt128.Max(first, range.First);
        }
        HashSet<UInt128> reserved =
            [.. config.Reserved.Values.Select(text => IpNumber.Parse(text.Split('/')[0])).OfType<UInt128>()];
        while (reserved.Contains(first))
        {
            first++;
        }
        return IpNumber.Text(first);
    }

    /// <summary>A number for each IPv4 subnet: those that the user named, then free ones.</summary>
    private static string? TryNumber(SubnetBook book, SwarmNetwork network, int count, out string problem)
    {
        problem = "";
        var numbers = new List<uint>();
        foreach (uint wanted in SharedNetworks.VnisOf(network.Spec.DriverConfig).Take(count))
        {
            if (book.HasVni(wanted) || wanted > SubnetBook.VniMax || numbers.Contains(wanted))
            {
                problem = $"could not assign vxlan id {wanted}: it is in use";
                return null;
            }
            numbers.Add(wanted);
        }
        while (numbers.Count < count)
        {
            if (book.FreeVni(numbers) is not { } free)
            {
                problem = "could not obtain vxlan id";
                return null;
            }
            numbers.Add(free);
        }
        return string.Join(',', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));
    }
}
