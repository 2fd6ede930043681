using System.Globalization;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Allocation;

/// <summary>What the objects of networks that reach over nodes say of them.</summary>
public static class SharedNetworks
{
    public const string OverlayDriver = "overlay";

    public const string IngressName = "ingress";

    /// <summary>Where Docker keeps a number for each IPv4 subnet, with commas between them.</summary>
    public const string VniOption = "com.docker.network.driver.overlay.vxlanid_list";

    /// <summary>An ingress network that is older than the flag (SwarmKit allocator.go, IsIngressNetwork).</summary>
    private const string InternalLabel = "com.docker.swarm.internal";

    public static bool IsIngress(SwarmNetwork network) => IsIngress(network.Spec);

    public static bool IsIngress(NetworkSpec spec) =>
        spec.Ingress || (spec.Annotations.Name == IngressName && spec.Annotations.Labels.ContainsKey(InternalLabel));

    /// <summary>The network that carries the routing mesh; null: its user took it away.</summary>
    public static SwarmNetwork? Ingress(StoreReader store) =>
        store.Networks.Named(IngressName) is { } named && IsIngress(named)
            ? named
            : store.Networks.All.FirstOrDefault(IsIngress);

    /// <summary>The ingress network that a swarm begins with (SwarmKit manager.go, newIngressNetwork).</summary>
    public static SwarmNetwork NewIngress(IdSource ids) => new()
    {
        Id = new(ids.NewObjectId()),
        Spec = new()
        {
            Annotations = new() { Name = IngressName },
            Ingress = true,
            DriverConfig = new(),
            Ipam = new() { Driver = new() },
        },
    };

    /// <summary>Whether it has all that its tasks need of it.</summary>
    public static bool IsAllocated(SwarmNetwork network) => network.DriverState is not null
        && (LocalNetworks.IsLocal(network) || (network.Ipam is { Configs.IsEmpty: false } ipam
            && ipam.Configs.All(one => one.Subnet.Length > 0 && one.Gateway.Length > 0)
            && !VnisOf(network.DriverState).IsEmpty));

    /// <summary>The network identifiers that a driver's options name; those that are no numbers are left out.</summary>
    public static ValueList<uint> VnisOf(Driver? driver)
    {
        if (driver is null || !driver.Options.TryGetValue(VniOption, out string? list))
        {
            return [];
        }
        return ValueList.From(list.Split(',').SelectMany(text =>
            uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint vni)
                ? (uint[])[vni]
                : []));
    }
}
