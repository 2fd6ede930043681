using Skep.Docker.Engine;
using Skep.Swarm;
using Skep.Swarm.Objects;
using SwarmIpamConfig = Skep.Swarm.Objects.IpamConfig;

namespace Skep.Docker.Swarm;

/// <summary>What users ask of networks of the swarm, as the store keeps it.</summary>
public static class NetworkSpecs
{
    /// <summary>Whether a request means a network of the swarm, and not one of this machine alone.</summary>
    public static bool IsShared(CreateNetworkRequest asked) =>
        asked.Ingress || asked.Scope == SwarmNetworkView.Scope || asked.Driver == "overlay";

    /// <exception cref="RefusedException">It is to have no IPv4, which would be passed over in silence.</exception>
    public static void CheckFamilies(CreateNetworkRequest asked)
    {
        if (asked.EnableIPv4 == false && !asked.ConfigOnly)
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                $"IPv4 cannot be disabled: network {asked.Name} is asked for with EnableIPv4=false; without that, and "
                + "with EnableIPv6 (--ipv6), it has both");
        }
    }

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
