using Skep.Docker.Engine;
using Skep.Swarm.Objects;
using IpamConfig = Skep.Docker.Engine.IpamConfig;

namespace Skep.Docker.Swarm;

/// <summary>Networks of the swarm as GET /networks/{id} shows them.</summary>
public static class SwarmNetworkView
{
    public const string Scope = "swarm";

    /// <summary>SwarmKit's mark on networks that every node has of its own, which lists leave out.</summary>
    private const string PredefinedLabel = "com.docker.swarm.predefined";

    public static bool IsPredefined(SwarmNetwork network) =>
        network.Spec.Annotations.Labels.TryGetValue(PredefinedLabel, out string? value) && value == "true";

    public static NetworkInspect Of(SwarmNetwork network) => new()
    {
        Name = network.Spec.Annotations.Name,
        Id = network.Id.Value,
        Created = Views.CreatedAt(network),
        Scope = Scope,
        Driver = network.DriverState?.Name ?? "",
        EnableIPv6 = network.Spec.Ipv6Enabled,
        Ipam = new()
        {
            Driver = network.Ipam?.Driver?.Name ?? "",
            Options = Views.OrNull(network.Ipam?.Driver?.Options ?? default),
            Config = network.Ipam is { } ipam ? [.. ipam.Configs.Select(SubnetOf)] : null,
        },
        Internal = network.Spec.Internal,
        Attachable = network.Spec.Attachable,
        Ingress = NetworkViews.IsIngress(network.Spec),
        ConfigFrom = new() { Network = network.Spec.ConfigFrom ?? "" },
        Options = network.DriverState?.Options ?? default,
        Labels = network.Spec.Annotations.Labels,
    };

    private static IpamConfig SubnetOf(Skep.Swarm.Objects.IpamConfig subnet) => new()
    {
        Subnet = Views.OrNull(subnet.Subnet),
        IPRange = Views.OrNull(subnet.Range),
        Gateway = Views.OrNull(subnet.Gateway),
        AuxiliaryAddresses = Views.OrNull(subnet.Reserved),
    };
}
