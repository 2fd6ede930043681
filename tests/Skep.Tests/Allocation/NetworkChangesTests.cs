using Skep.Swarm;
using Skep.Swarm.Allocation;
using Skep.Swarm.Networks;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Store;
using static Skep.Tests.Allocation.NetworkScenes;

namespace Skep.Tests.Allocation;

public class NetworkChangesTests
{
    private const string Refused = "rpc error: code = ";

    private static readonly NetworkSpec Web = Overlay("web").Spec;

    [Fact]
    public void A_network_is_made_once_and_removed_when_nobody_is_on_it()
    {
        StoreSnapshot store = Stores.With();
        NetworkId id = default;
        store = store.Change(write => id = NetworkChanges.Create(write, Web, Stores.Ids()).Id);
        Refuse(
            store,
            write => NetworkChanges.Create(write, Web, Stores.Ids()),
            "AlreadyExists desc = name conflicts with an existing object: network name-web already exists");

        Service service = Service("s", "name-web");
        store = store.Change(write => write.Create(service));
        Refuse(
            store,
            write => NetworkChanges.Remove(write, id),
            $"FailedPrecondition desc = network {id} is in use by service s");

        // The specification has left the network, a task of before has not.
        store = store.Change(write =>
        {
            write.Update(write.Services.Get(service.Id)! with { Spec = Service("s").Spec });
            write.Create(New("s", 1, id.Value));
        });
        Refuse(
            store,
            write => NetworkChanges.Remove(write, id),
            $"FailedPrecondition desc = network {id} is in use by task s.001");

        Assert.Null(store.Ended("s.001").Change(write => NetworkChanges.Remove(write, id)).Networks.Get(id));

        // A task whose service is gone goes too, though the leader has not looked yet.
        store = store.Change(write => write.Delete(write.Services.Get(service.Id)!));
        store = store.Change(write => NetworkChanges.Remove(write, id));
        Assert.Null(store.Networks.Get(id));
        Refuse(store, write => NetworkChanges.Remove(write, id), $"NotFound desc = network {id} not found");
    }

    [Fact]
    public void The_ingress_network_is_one_and_stays_while_a_service_needs_it()
    {
        SwarmNetwork ingress = SharedNetworks.NewIngress(Stores.Ids());
        StoreSnapshot store = Stores.With([ingress, Service("s").WithPort(80)]);
        NetworkSpec another = Web with { Ingress = true };
        NetworkChanges.Check(another);
        Refuse(
            store,
            write => NetworkChanges.Create(write, another, Stores.Ids()),
            $"AlreadyExists desc = ingress network ({ingress.Id}) is already present");
        Refuse(
            store,
            write => NetworkChanges.Remove(write, ingress.Id),
            "FailedPrecondition desc = ingress network cannot be removed because service s depends on it");

        store = store
            .Change(write => write.Delete(write.Services.Get(new("s"))!))
            .Change(write => NetworkChanges.Remove(write, ingress.Id))
            .Change(write => NetworkChanges.Create(write, another, Stores.Ids()));
        Assert.Equal("name-web", SharedNetworks.Ingress(store)!.Spec.Annotations.Name);
    }

    [Fact]
    public void Networks_that_every_node_has_cannot_be_removed()
    {
        StoreSnapshot store = Stores.With([Overlay("host") with
        {
            Spec = new()
            {
                Annotations = new() { Name = "host", Labels = ValueMap.Of((LocalNetworks.PredefinedLabel, "true")) },
            },
        }]);
        Refuse(
            store,
            write => NetworkChanges.Remove(write, new("host")),
            "FailedPrecondition desc = network host (host) is a swarm predefined network and cannot be removed");
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "name", "InvalidArgument desc = name must be valid as a DNS name component" },
        { "attachable ingress", "InvalidArgument desc = ingress network cannot be attachable" },
        {
            "ingress bridge",
            "Unimplemented desc = only overlay driver is currently supported for ingress network"
        },
        { "bridge", "Unimplemented desc = networks of the swarm with driver bridge are not supported yet" },
        { "weave", "InvalidArgument desc = error during lookup of plugin weave" },
        { "", "InvalidArgument desc = driver name: if driver is specified name is required" },
        { "option", "InvalidArgument desc = invalid option: overlay networks have no option x" },
        { "subnet", "InvalidArgument desc = ipam configuration: invalid subnet 10.0.0.0" },
        { "loopback", "InvalidArgument desc = ipam configuration: invalid subnet 127.0.0.0/24" },
        {
            "range",
            "InvalidArgument desc = ipam configuration: subnet 10.0.0.0/24 does not contain range 10.0.1.0/25"
        },
        {
            "gateway",
            "InvalidArgument desc = ipam configuration: subnet 10.0.0.0/24 does not contain gateway 10.0.1.1"
        },
        { "twice", "InvalidArgument desc = Pool overlaps with other one on this address space: "
            + "10.0.0.128/25 is asked for twice" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_cannot_be_is_refused_in_SwarmKits_words(string what, string words)
    {
        NetworkSpec spec = what switch
        {
            "name" => Web with { Annotations = new() { Name = "a.b" } },
            "attachable ingress" => Web with { Ingress = true, Attachable = true },
            "ingress bridge" => Web with { Ingress = true, DriverConfig = new() { Name = "bridge" } },
            "option" => Web with { DriverConfig = new() { Name = "overlay", Options = ValueMap.Of(("x", "y")) } },
            "subnet" => With(new IpamConfig { Subnet = "10.0.0.0" }),
            "loopback" => With(new IpamConfig { Subnet = "127.0.0.0/24" }),
            "range" => With(new IpamConfig { Subnet = "10.0.0.0/24", Range = "10.0.1.0/25" }),
            "gateway" => With(new IpamConfig { Subnet = "10.0.0.0/24", Gateway = "10.0.1.1" }),
            "twice" => With(new IpamConfig { Subnet = "10.0.0.0/24" }, new IpamConfig { Subnet = "10.0.0.128/25" }),
            var driver => Web with { DriverConfig = new() { Name = driver } },
        };
        Assert.Equal(Refused + words, Record.Exception(() => NetworkChanges.Check(spec))!.Message);
    }

    private static NetworkSpec With(params IpamConfig[] configs) =>
        Web with { Ipam = new() { Configs = ValueList.From(configs) } };

    private static void Refuse(StoreSnapshot store, Action<Transaction> change, string words) =>
        Assert.Equal(Refused + words, Record.Exception(() => store.Change(change))!.Message);
}
