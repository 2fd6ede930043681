using Skep.Docker.Engine;
using Skep.Swarm.Objects;
using SwarmIpamConfig = Skep.Swarm.Objects.IpamConfig;

namespace Skep.Docker.Swarm;

/// <summary>What users ask of networks of the swarm, as the store keeps it.</summary>
public static class NetworkSpecs
{
    /// <summary>Whether a request means a network of the swarm, and not one of this machine alone.</summary>
    public static bool IsShared(CreateNetworkRequest asked) =>
        asked.Ingress || asked.Scope == SwarmNetworkView.Scope || asked.Driver == "overlay";

    public static NetworkSpec ToSpec(CreateNetworkRequest asked) => new()
    {
        Annotations = Views.ToAnnotations(asked.Name, asked.Labels),
        DriverConfig = new()
        {
            Name = string.IsNullOrEmpty(asked.Driver) ? "bridge" : asked.Driver,
            Options = Views.ToMap(asked.Options),
        },
        Ipv6Enabled = asked.EnableIPv6 ?? false,
        Internal = asked.Internal,
        Attachable = asked.Attachable,
        Ingress = asked.Ingress,
        Ipam = asked.Ipam is { } ipam
            ? new()
            {
                Driver = new()
                {
                    Name = ipam.Driver.Length == 0 ? "default" : ipam.Driver,
                    Options = Views.ToMap(ipam.Options),
                },
                Configs = [.. (ipam.Config ?? []).Select(ToSubnet)],
            }
            : null,
        ConfigFrom = asked.ConfigFrom is { Network.Length: > 0 } from ? from.Network : null,
    };

    private static SwarmIpamConfig ToSubnet(Engine.IpamConfig asked) => new()
    {
        Subnet = asked.Subnet ?? "",
        Range = asked.IPRange ?? "",
        Gateway = asked.Gateway ?? "",
        Reserved = Views.ToMap(asked.AuxiliaryAddresses),
    };
}
