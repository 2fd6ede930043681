using Skep.Swarm.Objects;

namespace Skep.Tests.Networking;

/// <summary>Networks, services and tasks as an allocator leaves them.</summary>
internal static class NetworkObjects
{
    public static SwarmNetwork Overlay(string id, uint vni, bool isIngress = false) => new()
    {
        Id = new(id),
        Spec = new() { Annotations = new() { Name = "net-" + id }, Ingress = isIngress },
        DriverState = vni == 0 ? null : Driver(vni),
        Ipam = new() { Configs = [new() { Subnet = "10.0.1.0/24", Gateway = "10.0.1.1/24" }] },
    };

    public static Driver Driver(uint vni) => new()
    {
        Name = "overlay",
        Options = ValueMap.From(
            [KeyValuePair.Create("com.docker.network.driver.overlay.vxlanid_list", $"{vni}")]),
    };

    public static Service Service(string id, string[] networks, uint port = 0, string? address = "10.0.1.2/24") => new()
    {
        Id = new(id),
        Spec = new()
        {
            Annotations = new() { Name = "name-" + id },
            Task = new()
            {
                Networks =
                [
                    .. networks.Select(one => new NetworkAttachmentConfig { Target = one, Aliases = ["also"] }),
                ],
            },
        },
        Endpoint = new()
        {
            VirtualIPs = address is null
                ? []
                : [.. networks.Select(one => new VirtualIP { NetworkId = new(one), Addr = address })],
            Ports = port == 0 ? [] : [new() { PublishedPort = port, TargetPort = 80 }],
        },
    };

    public static SwarmTask Task(
        string id, string service, string node, TaskState state, TaskState desired,
        params SwarmNetwork[] networks) => new()
    {
        Id = new(id),
        ServiceId = new(service),
        ServiceAnnotations = new() { Name = "name-" + service },
        Slot = 1,
        NodeId = new(node),
        Status = new() { State = state },
        DesiredState = desired,
        Networks =
        [
            .. networks.Select((network, index) => new NetworkAttachment
            {
                Network = network, Addresses = [$"10.0.{index + 1}.{(id[^1] % 100) + 3}/24"],
            }),
        ],
    };
}
