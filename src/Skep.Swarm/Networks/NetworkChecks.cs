using Skep.Swarm.Allocation;
using Skep.Swarm.Objects;

namespace Skep.Swarm.Networks;

/// <summary>Which networks may be asked for, whatever the store holds; in SwarmKit's words.</summary>
internal static class NetworkChecks
{
    private const string Mtu = "com.docker.network.driver.mtu";

    /// <summary>The options of overlay networks that mean something to us.</summary>
    private static readonly string[] Options = [SharedNetworks.VniOption, Mtu, "encrypted", "secure"];

    public static void Check(NetworkSpec spec)
    {
        if (spec.Attachable && spec.Ingress)
        {
            throw Invalid("ingress network cannot be attachable");
        }
        ObjectNames.CheckOfDns(spec.Annotations);
        if (spec.Annotations.Labels.ContainsKey(LocalNetworks.PredefinedLabel))
        {
            throw SwarmRefusal.Of(
                SwarmCode.PermissionDenied,
                $"label {LocalNetworks.PredefinedLabel} is for internally created predefined networks and cannot be "
                + "applied by users");
        }
        CheckDriver(spec);
        CheckOptions(spec.DriverConfig);
        if (spec.ConfigFrom is { Length: > 0 } from)
        {
            throw SwarmRefusal.Of(
                SwarmCode.Unimplemented, $"network configuration taken from network {from} is not supported yet");
        }
        CheckIpam(spec);
    }

    private static void CheckDriver(NetworkSpec spec)
    {
        if (spec.DriverConfig is not { } driver)
        {
            return;
        }
        if (spec.Ingress && driver.Name != SharedNetworks.OverlayDriver)
        {
            throw SwarmRefusal.Of(
                SwarmCode.Unimplemented, "only overlay driver is currently supported for ingress network");
        }
        if (driver.Name.Length == 0)
        {
            throw Invalid("driver name: if driver is specified name is required");
        }
        if (LocalNetworks.IsLocal(driver.Name))
        {
            throw SwarmRefusal.Of(
                SwarmCode.Unimplemented, $"networks of the swarm with driver {driver.Name} are not supported yet");
        }
        if (driver.Name != SharedNetworks.OverlayDriver)
        {
            throw Invalid($"error during lookup of plugin {driver.Name}");
        }
    }

    private static void CheckOptions(Driver? driver)
    {
        foreach ((string key, string value) in driver?.Options ?? default)
        {
            if (!Options.Contains(key, StringComparer.Ordinal))
            {
                throw Invalid($"invalid option: overlay networks have no option {key}");
            }
            bool isNumber = uint.TryParse(value, out uint number);
            if (key == Mtu && (!isNumber || number is < 68 or > 65_535))
            {
                throw Invalid($"invalid value for option {key}: {value}");
            }
            if (key == SharedNetworks.VniOption
                && value.Split(',').Any(text => !uint.TryParse(text, out uint vni) || vni > SubnetBook.VniMax))
            {
                throw Invalid($"invalid vxlan id value \"{value}\" passed");
            }
        }
    }

    private static void CheckIpam(NetworkSpec spec)
    {
        if (spec.Ipam is not { } ipam)
        {
            return;
        }
        if (ipam.Driver is { } driver && !string.Equals(driver.Name, "default", StringComparison.OrdinalIgnoreCase))
        {
            throw Invalid(driver.Name.Length == 0
                ? "driver name: if driver is specified name is required"
                : $"error during lookup of plugin {driver.Name}");
        }
        if (ipam.Driver is { Options.IsEmpty: false })
        {
            throw Invalid("ipam configuration: the default driver has no options");
        }
        var subnets = new List<Subnet>();
        foreach (IpamConfig config in ipam.Configs)
        {
            Subnet subnet = CheckSubnet(config);
            if (subnets.Exists(subnet.Overlaps))
            {
                throw Invalid($"Pool overlaps with other one on this address space: {subnet} is asked for twice");
            }
            subnets.Add(subnet);
        }
        if (subnets.Count(subnet => !subnet.IsIpv4) > 1)
        {
            throw Invalid("a network has one IPv6 subnet at most");
        }
    }

    private static Subnet CheckSubnet(IpamConfig config)
    {
        if (Subnet.Parse(config.Subnet) is not { } subnet || IsForNobody(subnet))
        {
            throw Invalid($"ipam configuration: invalid subnet {config.Subnet}");
        }
        if (config.Range.Length > 0)
        {
            if (Subnet.Parse(config.Range) is not { } range)
            {
                throw Invalid($"ipam configuration: invalid range {config.Range}");
            }
            if (!subnet.Contains(range))
            {
                throw Invalid(
                    $"ipam configuration: subnet {config.Subnet} does not contain range {config.Range}");
            }
        }
        foreach ((string what, string text) in config.Reserved
            .Select(pair => ("reserved address", pair.Value))
            .Prepend(("gateway", config.Gateway)))
        {
            if (text.Length == 0)
            {
                continue;
            }
            if (IpNumber.Parse(text) is not { } address)
            {
                throw Invalid($"ipam configuration: invalid {what} {text}");
            }
            if (!subnet.Contains(address))
            {
                throw Invalid($"ipam configuration: subnet {config.Subnet} does not contain {what} {text}");
            }
        }
        return subnet;
    }

    /// <summary>Multicast, loopback and what has no number: no host can have such an address.</summary>
    private static bool IsForNobody(Subnet subnet) => new[] { "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "ff00::/8" }
        .Any(text => Subnet.Parse(text) is { } range && range.Overlaps(subnet));

    private static RefusedException Invalid(string problem) => SwarmRefusal.Of(SwarmCode.InvalidArgument, problem);
}
