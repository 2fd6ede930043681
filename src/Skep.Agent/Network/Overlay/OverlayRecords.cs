using System.Globalization;
using System.Net;
using Skep.Agent.Network.Addresses;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Agent.Network.Overlay;

/// <summary>A network of the swarm, as a task's attachment shows it, in the engine's words. Pure.</summary>
public static class OverlayRecords
{
    private const string VxlanKey = "com.docker.network.driver.overlay.vxlanid_list";
    private const string EncryptedKey = "encrypted";
    private const long NanosPerTick = 100;

    /// <exception cref="RefusedException">It has another driver, or the managers have not allocated it.</exception>
    public static NetworkRecord From(SwarmNetwork network)
    {
        string name = network.Spec.Annotations.Name;
        Driver? driver = network.DriverState ?? network.Spec.DriverConfig;
        if (driver is { Name: not ("" or NetworkRecord.Overlay) })
        {
            throw new RefusedException(
                ErrorKind.NotFound, $"could not find plugin {driver.Name} in v1 plugin registry");
        }

        Dictionary<string, string> options = driver?.Options.ToDictionary() ?? [];
        string list = options.GetValueOrDefault(VxlanKey, "").Split(',')[0];
        if (!uint.TryParse(list, NumberStyles.None, CultureInfo.InvariantCulture, out uint vni))
        {
            throw new RefusedException(ErrorKind.Unavailable, $"network {name} has no VXLAN identifier yet");
        }

        return new NetworkRecord
        {
            Id = network.Id.Value,
            Name = name,
            Created = network.Meta.CreatedAt is { } at
                ? DateTimeOffset.FromUnixTimeSeconds(at.Seconds).AddTicks(at.Nanos / NanosPerTick)
                : DateTimeOffset.UnixEpoch,
            Driver = NetworkRecord.Overlay,
            EnableIPv6 = network.Spec.Ipv6Enabled,
            IsInternal = network.Spec.Internal,
            IsAttachable = network.Spec.Attachable,
            IsIngress = network.Spec.Ingress,
            IsEncrypted = options.TryGetValue(EncryptedKey, out string? value) && value is not ("false" or "0"),
            Vni = vni,
            Options = options,
            Labels = network.Spec.Annotations.Labels.ToDictionary(),
            Subnets = [.. (network.Ipam?.Configs ?? default).Select(Subnet)],
        };
    }

    private static SubnetRecord Subnet(IpamConfig config)
    {
        if (!Addresses.Subnet.TryParse(config.Subnet, out Subnet range, out _)
            || !IPAddress.TryParse(config.Gateway.Split('/')[0], out IPAddress? gateway))
        {
            throw new RefusedException(ErrorKind.Unavailable, $"subnet {config.Subnet} has no gateway yet");
        }

        return new SubnetRecord
        {
            Range = range,
            Gateway = gateway,
            ContainerRange = Addresses.Subnet.TryParse(config.Range, out Subnet part, out _) ? part : null,
            IsChosenByUser = true,
            IsGatewayChosenByUser = true,
        };
    }
}
