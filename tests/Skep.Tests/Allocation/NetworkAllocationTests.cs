using Skep.Swarm.Allocation;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Scheduling;
using Skep.Tests.Store;
using static Skep.Tests.Allocation.NetworkScenes;

namespace Skep.Tests.Allocation;

public class NetworkAllocationTests
{
    [Fact]
    public void The_ingress_network_gets_the_first_subnet_and_others_what_follows()
    {
        StoreSnapshot store = Stores.With([Overlay("a"), Overlay("b"), SharedNetworks.NewIngress(Stores.Ids())])
            .Decided(new NetworkAllocation().Decide);

        SwarmNetwork ingress = SharedNetworks.Ingress(store)!;
        Assert.Equal("10.0.0.0/24>10.0.0.1", store.Subnets(ingress.Id.Value));
        Assert.Equal("10.0.1.0/24>10.0.1.1", store.Subnets("a"));
        Assert.Equal("10.0.2.0/24>10.0.2.1", store.Subnets("b"));
        Assert.Equal(("4096", "4097", "4098"), (store.Vnis(ingress.Id.Value), store.Vnis("a"), store.Vnis("b")));
        Assert.Equal("overlay", ingress.DriverState!.Name);
        Assert.Equal("default", ingress.Ipam!.Driver!.Name);
        Assert.Empty(new NetworkAllocation().Decide(store, Stores.Now, Stores.Ids()).Changes);
    }

    [Fact]
    public void Subnets_come_from_the_pools_of_the_swarm_and_avoid_those_that_others_have_or_ask_for()
    {
        StoreSnapshot store = Stores
            .With([Overlay("a"), Overlay("b"), Overlay("wish", "192.168.0.16/28", "10.5.0.0/16"), Overlay("full")])
            .Change(write => write.Update(write.Cluster! with
            {
                DefaultAddressPool = ["172.20.0.0/28", "192.168.0.0/26"],
                SubnetSize = 28,
            }))
            .Decided(new NetworkAllocation().Decide);

        Assert.Equal("172.20.0.0/28>172.20.0.1", store.Subnets("a"));
        Assert.Equal("192.168.0.0/28>192.168.0.1", store.Subnets("b"));
        Assert.Equal("192.168.0.32/28>192.168.0.33", store.Subnets("full"));
        Assert.Equal("192.168.0.16/28>192.168.0.17 10.5.0.0/16>10.5.0.1", store.Subnets("wish"));
        Assert.Equal("4099,4100", store.Vnis("wish"));
    }

    [Fact]
    public void A_network_waits_for_a_pool_and_its_tasks_say_so_until_one_is_freed()
    {
        StoreSnapshot store = Stores.With([Overlay("a"), Overlay("b"), Service("s", "b"), New("s", 1, "b")])
            .Change(write => write.Update(write.Cluster! with
            {
                DefaultAddressPool = ["10.9.0.0/24"],
                SubnetSize = 24,
            }))
            .Allocated();
        Assert.Equal("10.9.0.0/24>10.9.0.1", store.Subnets("a"));
        Assert.Equal("", store.Subnets("b"));
        Assert.Equal(
            "network name-b attached to task not allocated yet: could not find an available, non-overlapping IPv4 "
            + "address pool among the defaults to assign to the network",
            store.Error("s.001"));

        store = store.Change(write => write.Delete(write.Networks.Get(new("a"))!)).Allocated();

        Assert.Equal("10.9.0.0/24>10.9.0.1", store.Subnets("b"));
        Assert.Equal("b=10.9.0.2/24", store.VirtualIPs("s"));
        Assert.Equal("b=10.9.0.3/24", store.Addresses("s.001"));
    }

    [Fact]
    public void A_network_with_IPv6_gets_a_local_prefix_and_its_tasks_an_address_of_each_family()
    {
        SwarmNetwork six = Overlay("six") with { Spec = Overlay("six").Spec with { Ipv6Enabled = true } };
        StoreSnapshot store = Stores
            .With([six, Overlay("own", "fd00:1::/64"), Service("s", "six"), New("s", 1, "six", "own")])
            .Allocated();

        string[] subnets = store.Subnets("six").Split(' ');
        Assert.Equal("10.0.1.0/24>10.0.1.1", subnets[0]);
        Assert.Matches("^fd[0-9a-f:]+::/64>fd[0-9a-f:]+::1$", subnets[1]);
        Assert.Equal("4097", store.Vnis("six"));
        Assert.Equal("10.0.0.0/24>10.0.0.1 fd00:1::/64>fd00:1::1", store.Subnets("own"));
        string prefix = subnets[1].Split('/')[0];
        Assert.Equal($"six=10.0.1.2/24 six={prefix}2/64", store.VirtualIPs("s"));
        Assert.Equal($"six=10.0.1.3/24,{prefix}3/64 own=10.0.0.2/24,fd00:1::2/64", store.Addresses("s.001"));
    }

    [Fact]
    public void What_a_user_asked_for_is_given_as_it_is()
    {
        SwarmNetwork network = Overlay("a") with
        {
            Spec = Overlay("a").Spec with
            {
                DriverConfig = new()
                {
                    Name = "overlay",
                    Options = ValueMap.Of((SharedNetworks.VniOption, "5000"), ("encrypted", "")),
                },
                Ipam = new()
                {
                    Configs =
                    [
                        new()
                        {
                            Subnet = "10.7.0.0/24",
                            Range = "10.7.0.128/30",
                            Reserved = ValueMap.Of(("x", "10.7.0.128")),
                        },
                    ],
                },
            },
        };
        StoreSnapshot store = Stores
            .With([network, New("s", 1, "a"), New("s", 2, "a"), New("s", 3, "a"), Service("s", "a") with
            {
                Spec = Service("s", "a").Spec with { Endpoint = new() { Mode = ResolutionMode.DnsRoundRobin } },
            }])
            .Allocated();

        Assert.Equal("10.7.0.0/24>10.7.0.129", store.Subnets("a"));
        Assert.Equal("5000", store.Vnis("a"));
        Assert.Equal("", store.Networks.Get(new("a"))!.DriverState!.Options["encrypted"]);
        Assert.Equal("", store.VirtualIPs("s"));
        Assert.Equal("a=10.7.0.130/24", store.Addresses("s.001"));
        Assert.Equal("a=10.7.0.131/24", store.Addresses("s.002"));
        Assert.Equal("could not find an available IP on network name-a (10.7.0.0/24)", store.Error("s.003"));
    }

    [Fact]
    public void What_nodes_reach_in_other_ways_is_given_to_nobody_and_named_when_it_is_asked_for()
    {
        StoreSnapshot store = Stores.With([Scenes.Node("n1"), Overlay("a")])
            .Change(write => PeerRecord.Register(
                write, new("n1"), new() { Ranges = ["10.0.0.0/9", "10.128.1.0/24", "192.168.0.53/32"] }, Stores.Ids()))
            .Decided(new NetworkAllocation().Decide);

        Assert.Equal("10.128.0.0/24>10.128.0.1", store.Subnets("a"));
        Assert.Equal(
            "rpc error: code = InvalidArgument desc = failed to allocate network name-c: Pool overlaps with other one "
            + "on this address space: 192.168.0.0/16 overlaps 192.168.0.53/32 of node n1",
            Record.Exception(() => NetworkAllocation.RefuseClash(store, Overlay("c", "192.168.0.0/16")))!.Message);
    }

    [Fact]
    public void A_clash_is_refused_by_name_and_of_two_wishes_the_first_comes_true()
    {
        StoreSnapshot store = Stores.With([Overlay("a", "10.3.0.0/16"), Overlay("b", "10.3.4.0/24")]);
        Assert.Equal(
            "rpc error: code = InvalidArgument desc = failed to allocate network name-c: Pool overlaps with other one "
            + "on this address space: 10.3.4.0/25 overlaps 10.3.0.0/16 of network name-a",
            Record.Exception(() => NetworkAllocation.RefuseClash(store, Overlay("c", "10.3.4.0/25")))!.Message);
        NetworkAllocation.RefuseClash(store, Overlay("c", "10.4.4.0/25"));

        store = store.Decided(new NetworkAllocation().Decide);

        Assert.Equal("10.3.0.0/16>10.3.0.1", store.Subnets("a"));
        Assert.Equal("", store.Subnets("b"));
    }
}
