using Skep.Swarm.Allocation;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Scheduling;
using Skep.Tests.Store;
using static Skep.Tests.Allocation.NetworkScenes;

namespace Skep.Tests.Allocation;

public class AddressTests
{
    [Fact]
    public void A_published_service_is_on_the_ingress_network_before_its_own()
    {
        SwarmNetwork ingress = SharedNetworks.NewIngress(Stores.Ids());
        StoreSnapshot store = Stores
            .With([ingress, Overlay("a"), Service("s", "name-a").WithPort(8080), New("s", 1, "name-a")])
            .Allocated();

        Assert.Equal($"{ingress.Id}=10.0.0.2/24 a=10.0.1.2/24", store.VirtualIPs("s"));
        Assert.Equal($"{ingress.Id}=10.0.0.3/24 a=10.0.1.3/24", store.Addresses("s.001"));
        SwarmTask task = store.Tasks.Get(new("s.001"))!;
        Assert.Equal(TaskState.Pending, task.Status.State);
        Assert.Equal(store.Networks.Get(new("a")), task.Networks[1].Network);
        Assert.Equal(store.Services.Get(new("s"))!.Endpoint, task.Endpoint);
    }

    [Fact]
    public void An_address_that_an_ended_task_had_is_given_to_another_only_when_there_is_none_besides()
    {
        StoreSnapshot store = Stores
            .With([Overlay("a", "10.0.0.0/29"), New("s", 1, "a"), New("s", 2, "a"), Service("s")])
            .Allocated()
            .Ended("s.001");
        Assert.Equal("a=10.0.0.2/29", store.Addresses("s.001"));
        foreach (ulong slot in (ulong[])[3, 4, 5, 6, 7])
        {
            store = store.Change(write => write.Create(New("s", slot, "a"))).Allocated();
        }

        Assert.Equal("a=10.0.0.4/29", store.Addresses("s.003"));
        Assert.Equal("a=10.0.0.6/29", store.Addresses("s.005"));
        Assert.Equal("a=10.0.0.2/29", store.Addresses("s.006"));
        Assert.Equal("could not find an available IP on network name-a (10.0.0.0/29)", store.Error("s.007"));

        store = store.Ended("s.004", TaskState.Failed).Allocated();

        Assert.Equal("a=10.0.0.5/29", store.Addresses("s.007"));
        Assert.Equal("", store.Error("s.007"));
    }

    [Fact]
    public void A_task_that_lacks_one_address_keeps_none_that_others_could_use()
    {
        StoreSnapshot store = Stores
            .With([
                Overlay("a", "10.0.0.0/30"), Overlay("b", "10.1.0.0/30"), Service("s"),
                New("s", 1, "b"), New("s", 2, "a", "b"), New("s", 3, "a")])
            .Allocated();

        Assert.Equal("could not find an available IP on network name-b (10.1.0.0/30)", store.Error("s.002"));
        Assert.Equal("a=10.0.0.2/30", store.Addresses("s.003"));
    }

    [Fact]
    public void An_address_that_was_asked_for_is_given_or_refused_by_name()
    {
        static SwarmTask Asking(ulong slot, string address) => New("s", slot) with
        {
            Spec = new() { Networks = [new() { Target = "a", Addresses = [address] }] },
        };
        StoreSnapshot store = Stores
            .With([
                Overlay("a", "10.0.0.0/24"), Service("s"), Asking(1, "10.0.0.77"), Asking(2, "10.0.0.77/24"),
                Asking(3, "10.0.0.1"), Asking(4, "10.1.0.1"), Asking(5, "nonsense"), Asking(6, "10.0.0.255")])
            .Allocated();

        Assert.Equal("a=10.0.0.77/24", store.Addresses("s.001"));
        foreach (string task in (string[])["s.002", "s.003", "s.004", "s.005", "s.006"])
        {
            Assert.Matches("^address .* is not to be had on network name-a: ", store.Error(task));
        }
    }

    [Fact]
    public void A_service_keeps_its_address_over_updates_and_loses_it_with_its_network()
    {
        StoreSnapshot store = Stores.With([Overlay("a"), Overlay("b"), Service("s", "a")]).Allocated();
        Assert.Equal("a=10.0.0.2/24", store.VirtualIPs("s"));

        store = Update(store, Service("s", "b", "a"));
        Assert.Equal("b=10.0.1.2/24 a=10.0.0.2/24", store.VirtualIPs("s"));

        store = Update(store, Service("s", "b"));
        Assert.Equal("b=10.0.1.2/24", store.VirtualIPs("s"));

        Service named = Service("s", "b");
        store = Update(store, named with
        {
            Spec = named.Spec with { Endpoint = new() { Mode = ResolutionMode.DnsRoundRobin } },
        });
        Assert.Equal("", store.VirtualIPs("s"));
        Assert.Equal(0, Taken(store));
    }

    [Fact]
    public void Addresses_that_a_leader_of_another_make_gave_to_nodes_are_taken()
    {
        StoreSnapshot store = Stores.With([Overlay("a")]).Allocated();
        store = store.Change(write =>
        {
            write.Create(Stores.Worker("n") with
            {
                Attachments = [new() { Network = store.Networks.Get(new("a")), Addresses = ["10.0.0.2/24"] }],
            });
            write.Create(Service("s", "a"));
        }).Allocated();

        Assert.Equal("a=10.0.0.3/24", store.VirtualIPs("s"));
    }

    [Fact]
    public void A_network_with_254_addresses_is_filled_and_emptied_20_times()
    {
        var book = new AddressBook();
        var tasks = new TaskAllocation(book);
        StoreSnapshot store = Stores.With([Overlay("a", "10.0.0.0/24"), Service("s")])
            .Decided(new NetworkAllocation().Decide);
        for (int round = 0; round < 20; round++)
        {
            store = store
                .Change(write =>
                {
                    for (ulong slot = 1; slot <= 254; slot++)
                    {
                        write.Create(New("s", slot, "a"));
                    }
                })
                .Decided(tasks.Decide);
            string[] addresses = [.. store.Tasks.All.Where(task => !task.Networks.IsEmpty)
                .Select(task => task.Networks[0].Addresses[0])];
            Assert.Equal(253, addresses.Distinct().Count());
            Assert.Equal(253, addresses.Length);
            Assert.Single(store.TasksInState(TaskState.New));

            store = store.Change(write =>
            {
                foreach (SwarmTask task in store.Tasks.All)
                {
                    write.Delete(task);
                }
            });
            book.Follow(store);
            Assert.Equal(0, book.CountTaken(new("a"), isIpv4: true));
        }
    }

    [Theory]
    [InlineData("10.0.1.7/24", "10.0.1.0/24", "10.0.1.255")]
    [InlineData("fd00::5/64", "fd00::/64", "fd00::ffff:ffff:ffff:ffff")]
    [InlineData("1.2.3.4/32", "1.2.3.4/32", "1.2.3.4")]
    public void A_subnet_begins_where_its_prefix_says(string text, string whole, string last)
    {
        Subnet subnet = Subnet.Parse(text)!.Value;

        Assert.Equal((whole, last), (subnet.ToString(), IpNumber.Text(subnet.Last)));
    }

    [Theory]
    [InlineData("10.0.1.0")]
    [InlineData("10.0.1.0/33")]
    [InlineData("010.0.1.0/8")]
    [InlineData("::/0")]
    [InlineData("/8")]
    public void What_is_no_subnet_is_none(string text) => Assert.Null(Subnet.Parse(text));

    private static StoreSnapshot Update(StoreSnapshot store, Service service) => store
        .Change(write => write.Update(write.Services.Get(service.Id)! with { Spec = service.Spec }))
        .Allocated();

    private static int Taken(StoreSnapshot store)
    {
        var book = new AddressBook();
        book.Follow(store);
        return book.CountTaken(new("a"), isIpv4: true) + book.CountTaken(new("b"), isIpv4: true);
    }
}
