using System.Globalization;
using Skep.Docker.Engine;
using Skep.Swarm;
using Skep.Swarm.Allocation;
using Skep.Swarm.Objects;
using Skep.Swarm.Services;
using Node = Skep.Swarm.Objects.Node;

namespace Skep.Docker.Swarm;

/// <summary>Who is on a network of the swarm: what inspect adds when it is asked to be verbose.</summary>
public static class NetworkUse
{
    private const int ShortId = 12;

    public static NetworkInspect Add(
        NetworkInspect view,
        SwarmNetwork network,
        IReadOnlyList<Service> services,
        IReadOnlyList<SwarmTask> tasks,
        IReadOnlyList<Node> nodes)
    {
        ILookup<string, SwarmTask> running = tasks
            .Where(task => AddressBook.HasAddresses(task) && AddressOf(network, task).Length > 0)
            .ToLookup(task => task.ServiceId.Value);
        var byId = nodes.ToDictionary(node => node.Id);
        return view with
        {
            Services = services
                .Where(service => running.Contains(service.Id.Value) || VirtualOf(network, service) is not null)
                .ToDictionary(
                    service => service.Spec.Annotations.Name,
                    service => new NetworkService
                    {
                        VIP = VirtualOf(network, service) ?? "<nil>",
                        Ports = [.. PortsOf(network, service)],
                        Tasks = [.. running[service.Id.Value].Select(task => TaskOf(network, task, byId))],
                    }),
            Peers =
            [
                .. running.SelectMany(group => group).Select(task => byId.GetValueOrDefault(task.NodeId))
                    .OfType<Node>().DistinctBy(node => node.Id).OrderBy(node => node.Id.Value, StringComparer.Ordinal)
                    .Select(PeerOf),
            ],
            Status = new()
            {
                Ipam = new()
                {
                    Subnets = SubnetUse.Of(network, services, tasks).ToDictionary(
                        subnet => subnet.Range,
                        subnet => new NetworkSubnetStatus
                        {
                            IPsInUse = subnet.InUse,
                            DynamicIPsAvailable = subnet.Free,
                        }),
                },
            },
        };
    }

    private static NetworkTask TaskOf(SwarmNetwork network, SwarmTask task, Dictionary<NodeId, Node> nodes) => new()
    {
        Name = TaskNames.Of(task),
        EndpointId = task.Id.Value,
        EndpointIP = AddressOf(network, task),
        Info = new Dictionary<string, string>
        {
            ["Host IP"] = nodes.TryGetValue(task.NodeId, out Node? node) ? node.Status.Addr : "",
        },
    };

    private static NetworkPeer PeerOf(Node node) => new()
    {
        Name = $"{node.Description?.Hostname}-{node.Id.Value[..Math.Min(ShortId, node.Id.Value.Length)]}",
        IP = node.Status.Addr,
    };

    private static IEnumerable<string> PortsOf(SwarmNetwork network, Service service) =>
        SharedNetworks.IsIngress(network)
            ? (service.Endpoint?.Ports ?? default)
                .Where(port => port.PublishMode == PublishMode.Ingress)
                .Select(port => string.Create(
                    CultureInfo.InvariantCulture, $"Target: {port.TargetPort}, Publish: {port.PublishedPort}"))
            : [];

    private static string? VirtualOf(SwarmNetwork network, Service service)
    {
        string? found = (service.Endpoint?.VirtualIPs ?? default)
            .FirstOrDefault(one => one.NetworkId == network.Id)?.Addr;
        return string.IsNullOrEmpty(found) ? null : found.Split('/')[0];
    }

    private static string AddressOf(SwarmNetwork network, SwarmTask task) => task.Networks
        .FirstOrDefault(one => one.Network?.Id == network.Id)?.Addresses.FirstOrDefault()?.Split('/')[0] ?? "";
}
