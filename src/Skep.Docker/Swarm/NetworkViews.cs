using Skep.Swarm.Objects;
using Api = Skep.Docker.Engine;

namespace Skep.Docker.Swarm;

/// <summary>Ports and networks of services and tasks as the Engine API shows them.</summary>
internal static class NetworkViews
{
    /// <summary>SwarmKit's mark of an ingress network that is older than the flag.</summary>
    private const string InternalLabel = "com.docker.swarm.internal";

    public static IReadOnlyList<Api.NetworkTarget>? TargetsOf(ValueList<NetworkAttachmentConfig> networks) =>
        networks.IsEmpty
            ? null
            : [.. networks.Select(network => new Api.NetworkTarget
            {
                Target = Views.OrNull(network.Target),
                Aliases = Views.OrNull(network.Aliases),
                DriverOpts = Views.OrNull(network.DriverAttachmentOpts),
            })];

    public static IReadOnlyList<Api.ServicePort>? PortsOf(ValueList<PortConfig> ports) =>
        ports.IsEmpty
            ? null
            : [.. ports.Select(port => new Api.ServicePort
            {
                Name = Views.OrNull(port.Name),
                Protocol = Views.Word(port.Protocol),
                TargetPort = port.TargetPort,
                PublishedPort = port.PublishedPort,
                PublishMode = Views.Word(port.PublishMode),
            })];

    public static Api.TaskNetwork Of(NetworkAttachment attachment) => new()
    {
        Network = attachment.Network is { } network ? Of(network) : new(),
        Addresses = Views.OrNull(attachment.Addresses),
    };

    private static Api.SwarmNetworkInspect Of(SwarmNetwork network) => new()
    {
        Id = network.Id.Value,
        Version = Views.Version(network),
        CreatedAt = Views.CreatedAt(network),
        UpdatedAt = Views.UpdatedAt(network),
        Spec = new()
        {
            Name = Views.OrNull(network.Spec.Annotations.Name),
            Labels = network.Spec.Annotations.Labels,
            DriverConfiguration = Views.DriverOf(network.Spec.DriverConfig),
            Ipv6Enabled = network.Spec.Ipv6Enabled,
            Internal = network.Spec.Internal,
            Attachable = network.Spec.Attachable,
            Ingress = IsIngress(network.Spec),
            IpamOptions = IpamOf(network.Spec.Ipam),
            ConfigFrom = network.Spec.ConfigFrom is { Length: > 0 } name ? new() { Network = name } : null,
            Scope = "swarm",
        },
        DriverState = Views.DriverOf(network.DriverState) ?? new(),
        IpamOptions = IpamOf(network.Ipam),
    };

    public static bool IsIngress(NetworkSpec spec) =>
        spec.Ingress || (spec.Annotations.Name == "ingress" && spec.Annotations.Labels.ContainsKey(InternalLabel));

    private static Api.SwarmIpam? IpamOf(IpamOptions? ipam) => ipam is null
        ? null
        : new()
        {
            Driver = Views.DriverOf(ipam.Driver) ?? new(),
            Configs = ipam.Configs.IsEmpty
                ? null
                : [.. ipam.Configs.Select(subnet => new Api.SwarmSubnet
                {
                    Subnet = Views.OrNull(subnet.Subnet),
                    Range = Views.OrNull(subnet.Range),
                    Gateway = Views.OrNull(subnet.Gateway),
                })],
        };
}
