using Skep.Docker.Compose;
using Skep.Docker.Engine;

namespace Skep.Docker.Stacks;

/// <summary>The networks that a stack's services are on.</summary>
/// <param name="Own">To be created, unless they are there.</param>
/// <param name="External">Names of those that somebody else must have created.</param>
public sealed record StackNetworks(IReadOnlyList<CreateNetworkRequest> Own, IReadOnlyList<string> External)
{
    /// <summary>Where a service is that names no network.</summary>
    public const string DefaultKey = "default";

    private const string DefaultDriver = "overlay";

    /// <summary>Declared networks that no service uses are not created, as Docker has it.</summary>
    public static StackNetworks Of(StackScope scope, ComposeProject project)
    {
        var own = new List<CreateNetworkRequest>();
        var external = new List<string>();
        foreach (string key in KeysInUse(project))
        {
            ComposeNetwork? network = project.Networks.FirstOrDefault(network => network.Key == key);
            if (network is { IsExternal: true })
            {
                external.Add(network.Name ?? key);
            }
            else
            {
                own.Add(Request(scope, key, network));
            }
        }

        return new StackNetworks(own, external);
    }

    /// <summary>The real name of a network, as a service names it.</summary>
    public static string Target(StackScope scope, ComposeProject project, string key) =>
        scope.NameOf(key, project.Networks.FirstOrDefault(network => network.Key == key)?.Name);

    private static IEnumerable<string> KeysInUse(ComposeProject project) => project.Services
        .SelectMany(service => service.Networks.IsEmpty
            ? [DefaultKey]
            : service.Networks.Select(use => use.Network))
        .Distinct()
        .Order(StringComparer.Ordinal);

    private static CreateNetworkRequest Request(StackScope scope, string key, ComposeNetwork? network)
    {
        if (network?.HasIpv4 == false)
        {
            throw ComposeException.At(network.Place, $"network {key}: a network without IPv4 is not supported");
        }

        return new CreateNetworkRequest
        {
            Name = scope.NameOf(key, network?.Name),
            CheckDuplicate = true,
            Driver = string.IsNullOrEmpty(network?.Driver) ? DefaultDriver : network.Driver,
            EnableIPv6 = network?.HasIpv6,
            Ipam = network is null ? null : IpamOf(network),
            Internal = network?.IsInternal ?? false,
            Attachable = network?.IsAttachable ?? false,
            Options = network is { DriverOptions.IsEmpty: false } ? network.DriverOptions : null,
            Labels = scope.Labels(network?.Labels ?? []),
        };
    }

    private static Ipam? IpamOf(ComposeNetwork network)
    {
        bool isSaid = !string.IsNullOrEmpty(network.IpamDriver)
            || !network.Pools.IsEmpty || !network.IpamOptions.IsEmpty;
        return !isSaid ? null : new Ipam
        {
            Driver = string.IsNullOrEmpty(network.IpamDriver) ? "default" : network.IpamDriver,
            Options = network.IpamOptions.IsEmpty ? null : network.IpamOptions,
            Config =
            [
                .. network.Pools.Select(pool => new IpamConfig
                {
                    Subnet = pool.Subnet,
                    Gateway = pool.Gateway,
                    IPRange = pool.IpRange,
                    AuxiliaryAddresses = pool.ReservedAddresses.IsEmpty ? null : pool.ReservedAddresses,
                }),
            ],
        };
    }
}
