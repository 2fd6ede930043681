using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Swarm.Objects;
using Skep.Tests.Store;
using NetworkSpec = Skep.Swarm.Objects.NetworkSpec;

namespace Skep.Tests.Docker.Swarm;

public class NetworkUseTests
{
    private static readonly SwarmNetwork Web = new()
    {
        Id = new("net"),
        Spec = new() { Annotations = new() { Name = "web" }, Ingress = true },
        DriverState = new() { Name = "overlay" },
        Ipam = new()
        {
            Driver = new() { Name = "default" },
            Configs = [new() { Subnet = "10.0.1.0/24", Gateway = "10.0.1.1", Range = "10.0.1.0/28" }],
        },
    };

    [Fact]
    public void A_verbose_view_shows_services_tasks_nodes_and_how_full_the_network_is()
    {
        var service = new Service
        {
            Id = new("s"),
            Spec = new() { Annotations = new() { Name = "front" } },
            Endpoint = new()
            {
                Ports = [new() { TargetPort = 80, PublishedPort = 8080 }],
                VirtualIPs = [new() { NetworkId = Web.Id, Addr = "10.0.1.2/24" }],
            },
        };
        NetworkInspect view = NetworkUse.Add(
            SwarmNetworkView.Of(Web),
            Web,
            [service, service with { Id = new("other"), Spec = new(), Endpoint = null }],
            [Task("t1", "n1", "10.0.1.3/24", TaskState.Running), Task("t2", "n1", "10.0.1.4/24", TaskState.Failed)],
            [Stores.Worker("n1") with { Status = new() { Addr = "10.91.0.1" } }, Stores.Worker("n2")]);

        (string name, NetworkService found) = Assert.Single(view.Services!);
        Assert.Equal(("front", "10.0.1.2"), (name, found.VIP));
        Assert.Equal(["Target: 80, Publish: 8080"], found.Ports);
        NetworkTask task = Assert.Single(found.Tasks);
        Assert.Equal(
            ("front.1.t1", "10.0.1.3", "10.91.0.1"), (task.Name, task.EndpointIP, task.Info["Host IP"]));
        Assert.Equal("10.91.0.1", Assert.Single(view.Peers!).IP);
        NetworkSubnetStatus status = view.Status!.Ipam.Subnets["10.0.1.0/24"];
        Assert.Equal((3ul, 12ul), (status.IPsInUse, status.DynamicIPsAvailable));
    }

    [Fact]
    public void What_a_user_asks_of_a_network_of_the_swarm_is_kept_whole()
    {
        var asked = new CreateNetworkRequest
        {
            Name = "web",
            Driver = "overlay",
            EnableIPv6 = true,
            Internal = true,
            Attachable = true,
            Options = new Dictionary<string, string> { ["encrypted"] = "" },
            Labels = new Dictionary<string, string> { ["a"] = "b" },
            Ipam = new()
            {
                Config =
                [
                    new()
                    {
                        Subnet = "10.5.0.0/24",
                        IPRange = "10.5.0.0/25",
                        Gateway = "10.5.0.1",
                        AuxiliaryAddresses = new Dictionary<string, string> { ["x"] = "10.5.0.9" },
                    },
                ],
            },
        };

        Assert.True(NetworkSpecs.IsShared(asked));
        Assert.False(NetworkSpecs.IsShared(new() { Name = "local" }));
        Assert.Equal(
            new NetworkSpec
            {
                Annotations = new() { Name = "web", Labels = ValueMap.Of(("a", "b")) },
                DriverConfig = new() { Name = "overlay", Options = ValueMap.Of(("encrypted", "")) },
                Ipv6Enabled = true,
                Internal = true,
                Attachable = true,
                Ipam = new()
                {
                    Driver = new() { Name = "default" },
                    Configs =
                    [
                        new()
                        {
                            Subnet = "10.5.0.0/24",
                            Range = "10.5.0.0/25",
                            Gateway = "10.5.0.1",
                            Reserved = ValueMap.Of(("x", "10.5.0.9")),
                        },
                    ],
                },
            },
            NetworkSpecs.ToSpec(asked));
    }

    private static SwarmTask Task(string id, string node, string address, TaskState state) => new()
    {
        Id = new(id),
        NodeId = new(node),
        ServiceId = new("s"),
        Slot = 1,
        ServiceAnnotations = new() { Name = "front" },
        Status = new() { State = state },
        Networks = [new() { Network = Web, Addresses = [address] }],
    };
}
