using System.Globalization;
using Skep.Swarm.Allocation;
using Skep.Swarm.Objects;
using Skep.Swarm.Services;
using Skep.Swarm.Store;

namespace Skep.Swarm.Networking;

/// <summary>What SwarmKit's objects say about networks, as nodes need to know it. Pure, one object at a time.</summary>
internal static class NetworkReading
{
    private const string VniOption = "com.docker.network.driver.overlay.vxlanid_list";
    private const string MtuOption = "com.docker.network.driver.mtu";
    private const string EncryptedOption = "encrypted";

    /// <summary>Digits of a container's id that are a name of the container, as Docker has it.</summary>
    private const int ShortIdDigits = 12;

    /// <returns>Null: it has nothing on the nodes, because it is a node's own or is not allocated yet.</returns>
    public static NetworkFacts? Network(SwarmNetwork? network)
    {
        if (network is null || VniOf(network) is not { } vni)
        {
            return null;
        }

        ValueMap<string> options = network.Spec.DriverConfig?.Options ?? default;
        return new NetworkFacts
        {
            Id = network.Id,
            Name = network.Spec.Annotations.Name,
            Vni = vni,
            IsIngress = network.Spec.Ingress,
            IsInternal = network.Spec.Internal,
            IsAttachable = network.Spec.Attachable,
            IsEncrypted = options.TryGetValue(EncryptedOption, out string? encrypted)
                && encrypted is not ("false" or "0"),
            Mtu = options.TryGetValue(MtuOption, out string? mtu)
                && int.TryParse(mtu, NumberStyles.None, CultureInfo.InvariantCulture, out int bytes) ? bytes : 0,
            Subnets = ValueList.From(
                (network.Ipam?.Configs ?? default).Where(one => one.Subnet.Length > 0)
                    .Select(one => new SubnetFacts(one.Subnet, WithoutLength(one.Gateway)))),
        };
    }

    /// <summary>
    /// The places of a task that has a node and has not ended; what serves is said by <see cref="TaskTraffic"/>.
    /// </summary>
    /// <param name="weight">See <see cref="TaskWeight"/>.</param>
    public static IEnumerable<EndpointFacts> Endpoints(SwarmTask? task, int weight)
    {
        if (task is null || task.NodeId.IsEmpty || task.Status.State > TaskState.Running)
        {
            yield break;
        }

        foreach (NetworkAttachment attachment in task.Networks.AsEnumerable())
        {
            if (attachment.Network is null || attachment.Addresses.IsEmpty || VniOf(attachment.Network) is null)
            {
                continue;
            }

            bool isByHand = task.Spec.Runtime is NetworkAttachmentSpec;
            yield return new EndpointFacts
            {
                Task = task.Id,
                Network = attachment.Network.Id,
                Node = task.NodeId,
                Service = task.ServiceId,
                Name = isByHand ? "" : TaskNames.Of(task),
                Addresses = ValueList.From(attachment.Addresses.Select(WithoutLength)),
                Aliases = AliasesOf(task, attachment),
                IsServing = TaskTraffic.IsServing(task),
                Weight = weight,
            };
        }
    }

    /// <summary>The places of a service that have names; the ingress network has none.</summary>
    public static IEnumerable<ServiceFacts> Places(StoreReader store, Service? service)
    {
        if (service is null)
        {
            yield break;
        }

        var seen = new HashSet<NetworkId>();
        foreach (NetworkAttachmentConfig wish in Attachments.WishesOf(service.Spec).AsEnumerable())
        {
            if (Attachments.Find(store, wish.Target) is not { Spec.Ingress: false } network
                || VniOf(network) is null || !seen.Add(network.Id))
            {
                continue;
            }

            ValueList<VirtualIP> addresses = service.Endpoint?.VirtualIPs ?? default;
            yield return new ServiceFacts
            {
                Id = service.Id,
                Network = network.Id,
                Name = service.Spec.Annotations.Name,
                VirtualAddresses = ValueList.From(
                    addresses.Where(one => one.NetworkId == network.Id && one.Addr.Length > 0)
                        .Select(one => WithoutLength(one.Addr))),
                Aliases = wish.Aliases,
            };
        }
    }

    public static IEnumerable<PublishedPortFacts> Ports(Service? service)
    {
        if (service is null)
        {
            yield break;
        }

        foreach (PortConfig port in (service.Endpoint?.Ports ?? default).AsEnumerable())
        {
            if (port.PublishMode != PublishMode.Ingress || port.PublishedPort == 0)
            {
                continue;
            }

            TrafficLabels.IngressWish wish = TrafficLabels.IngressOf(
                service.Spec.Annotations.Labels, port.PublishedPort);
            yield return new PublishedPortFacts
            {
                Service = service.Id,
                Protocol = port.Protocol,
                PublishedPort = port.PublishedPort,
                TargetPort = port.TargetPort,
                HidesCallers = wish.HidesCallers,
                PrefersLocal = wish.PrefersLocal,
            };
        }
    }

    public static string WithoutLength(string address)
    {
        int slash = address.IndexOf('/');
        return slash < 0 ? address : address[..slash];
    }

    // A service's aliases lead to the service; a container that is nobody's has its own.
    private static ValueList<string> AliasesOf(SwarmTask task, NetworkAttachment attachment)
    {
        string container = task.Status.Container?.ContainerId
            ?? (task.Spec.Runtime as NetworkAttachmentSpec)?.ContainerId ?? "";
        string[] own = container.Length > ShortIdDigits ? [container[..ShortIdDigits]] : [];
        return task.ServiceId.IsEmpty
            ? ValueList.From(attachment.Aliases.Concat(own).Distinct())
            : ValueList.Owning(own);
    }

    private static uint? VniOf(SwarmNetwork network) =>
        network.DriverState is { } driver
        && driver.Options.TryGetValue(VniOption, out string? list)
        && uint.TryParse(list.Split(',')[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint vni)
        && vni > 0 ? vni : null;
}
