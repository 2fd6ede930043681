using System.Net;
using System.Net.Sockets;
using Skep.Agent.Network;
using Skep.Agent.Network.Overlay;
using Skep.Docker.Engine;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Agent.Tasks;

/// <summary>Which networks a task's container goes on, in which order, and with which addresses. Pure.</summary>
internal static class TaskNetworks
{
    private const string Predefined = "com.docker.swarm.predefined";

    /// <exception cref="RefusedException">It is to be on a network that this node cannot do.</exception>
    public static void Check(SwarmTask task) => _ = Overlays(task);

    /// <returns>
    /// "host", "none", "bridge" or another network that every node has by itself; "default" if all are the swarm's.
    /// </returns>
    public static string ModeOf(SwarmTask task) =>
        task.Networks.Select(one => one.Network).FirstOrDefault(IsOfTheNode) is { } own
            ? own.Spec.Annotations.Name
            : task.Networks.IsEmpty ? "bridge" : "default";

    /// <summary>The networks of the swarm among them.</summary>
    public static IReadOnlyList<NetworkRecord> Overlays(SwarmTask task) =>
    [
        .. task.Networks.Select(one => one.Network).OfType<SwarmNetwork>()
            .Where(network => !IsOfTheNode(network)).Select(OverlayRecords.From),
    ];

    /// <summary>Keys are networks' names, in the order of the interfaces.</summary>
    public static NetworkingConfig Config(SwarmTask task)
    {
        var endpoints = new Dictionary<string, EndpointSettings?>();
        foreach (NetworkAttachment attachment in task.Networks)
        {
            if (attachment.Network is { } network && !IsOfTheNode(network))
            {
                endpoints[network.Spec.Annotations.Name] = Settings(attachment, network);
            }
        }

        return new NetworkingConfig { EndpointsConfig = endpoints };
    }

    public static EndpointSettings Settings(NetworkAttachment attachment, SwarmNetwork network)
    {
        IPAddress[] addresses =
        [
            .. attachment.Addresses.Select(text => text.Split('/')[0])
                .Select(text => IPAddress.TryParse(text, out IPAddress? address) ? address : null)
                .OfType<IPAddress>(),
        ];
        return new EndpointSettings
        {
            NetworkId = network.Id.Value,
            IpamConfig = new EndpointIpam
            {
                IPv4Address = Of(addresses, AddressFamily.InterNetwork),
                IPv6Address = Of(addresses, AddressFamily.InterNetworkV6),
            },
            DriverOpts = attachment.DriverAttachmentOpts.ToDictionary() is { Count: > 0 } options ? options : null,
        };
    }

    private static string? Of(IPAddress[] addresses, AddressFamily family) =>
        Array.Find(addresses, address => address.AddressFamily == family)?.ToString();

    private static bool IsOfTheNode(SwarmNetwork? network) => network is not null
        && network.Spec.Annotations.Labels.TryGetValue(Predefined, out string? value) && value == "true";
}
