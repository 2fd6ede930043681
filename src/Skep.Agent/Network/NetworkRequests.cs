using System.Net;
using System.Net.Sockets;
using Skep.Agent.Network.Addresses;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Agent.Network;

/// <summary>Turns a request for a network into its record, or refuses it in Docker's words. Pure.</summary>
internal static class NetworkRequests
{
    /// <summary>Checks everything that does not depend on other networks.</summary>
    public static void Validate(CreateNetworkRequest request)
    {
        string driver = DriverOf(request);
        ValidateName(request);
        if (request.Ingress || request.Scope == "swarm" || driver == "overlay")
        {
            throw new RefusedException(
                ErrorKind.Forbidden,
                "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this "
                + "node to swarm and try again.");
        }

        if (request.ConfigOnly || request.ConfigFrom is { Network.Length: > 0 })
        {
            throw new RefusedException(ErrorKind.Unsupported, "configuration-only networks are not supported yet");
        }

        switch (driver)
        {
            case NetworkRecord.Bridge:
                break;
            case NetworkRecord.Host or NetworkRecord.Null:
                throw new RefusedException(
                    ErrorKind.Forbidden, $"only one instance of \"{driver}\" network is allowed");
            default:
                throw new RefusedException(
                    ErrorKind.NotFound, $"plugin \"{driver}\" not found");
        }

        if (request.Ipam is { Driver: not ("" or "default") } ipam)
        {
            throw new RefusedException(ErrorKind.Invalid, $"invalid ipam driver: \"{ipam.Driver}\"");
        }

        ValidateSubnets(request.Ipam?.Config ?? [], WantsIPv6(request));
    }

    /// <summary>The same of a network of the swarm; the rest is the managers' to check.</summary>
    public static void ValidateShared(CreateNetworkRequest request)
    {
        ValidateName(request);
        if (request.ConfigOnly)
        {
            throw new RefusedException(ErrorKind.Invalid, "configuration-only networks are not of the swarm");
        }

        ValidateSubnets(request.Ipam?.Config ?? [], wantsIPv6: true);
    }

    public static string DriverOf(CreateNetworkRequest request) =>
        string.IsNullOrEmpty(request.Driver) ? NetworkRecord.Bridge : request.Driver;

    public static bool WantsIPv6(CreateNetworkRequest request) => request.EnableIPv6
        ?? BridgeOptions.Flag(
            request.Options ?? new Dictionary<string, string>(), BridgeOptions.EnableIPv6Key, whenAbsent: false);

    /// <summary>Chooses the subnets of a validated request.</summary>
    /// <param name="networks">The other networks.</param>
    /// <param name="reserved">Where the host's routes and resolvers lie.</param>
    public static IReadOnlyList<SubnetRecord> ChooseSubnets(
        CreateNetworkRequest request,
        AddressPools pools,
        IReadOnlyCollection<NetworkRecord> networks,
        IReadOnlyCollection<Subnet> reserved)
    {
        Subnet[] used = networks.SelectMany(n => n.Subnets).Select(s => s.Range).ToArray();
        var chosen = new List<SubnetRecord>();
        foreach (IpamConfig config in request.Ipam?.Config ?? [])
        {
            if (string.IsNullOrEmpty(config.Subnet))
            {
                continue;
            }

            Subnet subnet = Subnet.Parse(config.Subnet);
            if (!subnet.IsIPv4 && !WantsIPv6(request))
            {
                continue;
            }

            if (used.Any(subnet.Overlaps) || chosen.Exists(c => c.Range.Overlaps(subnet)))
            {
                throw new RefusedException(
                    ErrorKind.Forbidden,
                    "invalid pool request: Pool overlaps with other one on this address space");
            }

            chosen.Add(FromUser(subnet, config));
        }

        foreach (bool isIPv4 in WantsIPv6(request) ? [true, false] : new[] { true })
        {
            if (!chosen.Exists(c => c.Range.IsIPv4 == isIPv4))
            {
                chosen.Add(FromPool(pools, isIPv4, [.. used, .. reserved, .. chosen.Select(c => c.Range)]));
            }
        }

        return [.. chosen.Where(c => c.Range.IsIPv4), .. chosen.Where(c => !c.Range.IsIPv4)];
    }

    public static SubnetRecord FromPool(AddressPools pools, bool isIPv4, IReadOnlyCollection<Subnet> inUse)
    {
        Subnet subnet = pools.Choose(isIPv4, inUse) ?? throw new RefusedException(
            ErrorKind.Invalid,
            "all predefined address pools have been fully subnetted");
        return new SubnetRecord { Range = subnet, Gateway = FirstAddress(subnet, null, []) };
    }

    private static SubnetRecord FromUser(Subnet subnet, IpamConfig config)
    {
        Subnet? range = string.IsNullOrEmpty(config.IPRange) ? null : Subnet.Parse(config.IPRange);
        bool hasGateway = !string.IsNullOrEmpty(config.Gateway);
        IEnumerable<string> auxiliary = config.AuxiliaryAddresses?.Values ?? [];
        return new SubnetRecord
        {
            Range = subnet,
            ContainerRange = range,
            Gateway = hasGateway
                ? IPAddress.Parse(config.Gateway!)
                : FirstAddress(subnet, range, auxiliary.Select(IPAddress.Parse)),
            AuxiliaryAddresses = config.AuxiliaryAddresses,
            IsChosenByUser = true,
            IsGatewayChosenByUser = hasGateway,
        };
    }

    private static IPAddress FirstAddress(Subnet subnet, Subnet? range, IEnumerable<IPAddress> taken)
    {
        var block = new AddressBlock(subnet, range);
        foreach (IPAddress address in taken)
        {
            block.TryTake(address);
        }

        return block.TakeAny()
            ?? throw new RefusedException(
                ErrorKind.Failed, "failed to allocate gateway (): no available addresses on this pool");
    }

    private static void ValidateName(CreateNetworkRequest request)
    {
        if (NetworkRecord.Predefined.Contains(request.Name) || request.Name == "default")
        {
            throw new RefusedException(
                ErrorKind.Forbidden, $"operation is not permitted on predefined {request.Name} network");
        }

        if (request.Name.Trim().Length == 0)
        {
            throw new RefusedException(ErrorKind.Invalid, $"invalid name: {request.Name}");
        }
    }

    private static void ValidateSubnets(IReadOnlyList<IpamConfig> configs, bool wantsIPv6)
    {
        var faults = new List<string>();
        foreach (IpamConfig config in configs)
        {
            if (!Subnet.TryParse(config.Subnet ?? "", out Subnet subnet, out IPAddress? written))
            {
                faults.Add($"invalid subnet {config.Subnet}: invalid CIDR block notation");
                continue;
            }

            if (!subnet.IsIPv4 && !wantsIPv6)
            {
                continue;
            }

            if (!written.Equals(subnet.Network))
            {
                faults.Add($"invalid subnet {written}/{subnet.PrefixBits}: it should be {subnet}");
            }

            AddRangeFaults(faults, config.IPRange, subnet);
            AddAddressFault(faults, config.Gateway, subnet, $"invalid gateway {config.Gateway}");
            foreach ((string name, string address) in config.AuxiliaryAddresses ?? new Dictionary<string, string>())
            {
                AddAddressFault(faults, address, subnet, $"invalid auxiliary address {name}");
            }
        }

        if (faults.Count > 0)
        {
            throw new RefusedException(ErrorKind.Invalid, "invalid network config:\n" + string.Join('\n', faults));
        }
    }

    private static void AddRangeFaults(List<string> faults, string? text, Subnet subnet)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        if (!Subnet.TryParse(text, out Subnet range, out IPAddress? written))
        {
            faults.Add($"invalid ip-range {text}: invalid CIDR block notation");
            return;
        }

        if (range.IsIPv4 != subnet.IsIPv4)
        {
            faults.Add($"invalid ip-range {text}: parent subnet is an {FamilyOf(subnet)} block");
            return;
        }

        if (range.PrefixBits < subnet.PrefixBits)
        {
            faults.Add($"invalid ip-range {text}: CIDR block is bigger than its parent subnet {subnet}");
        }

        if (!written.Equals(range.Network))
        {
            faults.Add($"invalid ip-range {text}: it should be {range}");
        }

        if (!subnet.Overlaps(range))
        {
            faults.Add($"invalid ip-range {text}: parent subnet {subnet} doesn't contain ip-range");
        }
    }

    private static void AddAddressFault(List<string> faults, string? text, Subnet subnet, string start)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        if (!Subnet.TryParseAddress(text, out IPAddress? address))
        {
            faults.Add($"{start}: invalid address");
        }
        else if (address.AddressFamily == AddressFamily.InterNetwork != subnet.IsIPv4)
        {
            faults.Add($"{start}: parent subnet is an {FamilyOf(subnet)} block");
        }
        else if (!subnet.Contains(address))
        {
            faults.Add($"{start}: parent subnet {subnet} doesn't contain this address");
        }
    }

    private static string FamilyOf(Subnet subnet) => subnet.IsIPv4 ? "IPv4" : "IPv6";
}
