using Skep.Swarm.Allocation;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Scheduling;
using Skep.Tests.Store;
using static Skep.Tests.Allocation.NetworkScenes;

namespace Skep.Tests.Allocation;

/// <summary>Users, tasks and leaders come and go in any order.</summary>
public class AddressPropertyTests
{
    private static readonly string[] Networks = ["a", "b", "c", "d"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Nobody_shares_an_address_none_is_lost_and_every_leader_decides_alike(int seed)
    {
        var random = new Random(seed);
        StoreSnapshot store = Stores.With([SharedNetworks.NewIngress(Stores.Ids())])
            .Change(write => write.Update(write.Cluster! with
            {
                DefaultAddressPool = ["10.0.0.0/26"],
                SubnetSize = 28,
            }));
        Leader leader = new();
        int waited = 0;
        for (int step = 0; step < 250; step++)
        {
            store = store.Change(write => Change(write, random, step));
            if (random.Next(20) == 0)
            {
                leader = new();
            }
            store = Look(store, leader, isLost: random.Next(5) == 0);
            waited += store.TasksInState(TaskState.New).Count();
            Check(store);
        }
        Assert.True(waited > 20);
        CheckNothingIsLost(store);
    }

    /// <summary>Each decision is compared with that of a leader who knows nothing.</summary>
    private static StoreSnapshot Look(StoreSnapshot store, Leader leader, bool isLost)
    {
        Leader fresh = new();
        StoreSnapshot look = store;
        for (int decider = 0; decider < 3; decider++)
        {
            Plan expected = fresh.All[decider](look, Stores.Now, Stores.Ids());
            Plan found = leader.All[decider](look, Stores.Now, Stores.Ids());
            Assert.Equal(Told(expected), Told(found));
            look = look.Make(found);
        }
        // What was decided may be lost on its way to the store.
        return isLost ? store : look;
    }

    private static IEnumerable<StoreObject> Told(Plan plan) => plan.Changes.Select(change => change.Actions[0].Object);

    private static void Check(StoreSnapshot store)
    {
        var all = new List<(string Network, string Address)>();
        foreach (Service service in store.Services.All)
        {
            all.AddRange((service.Endpoint?.VirtualIPs ?? default).AsEnumerable()
                .Select(one => (one.NetworkId.Value, one.Addr)));
        }
        foreach (SwarmTask task in store.Tasks.All.Where(AddressBook.HasAddresses))
        {
            all.AddRange(task.Networks.AsEnumerable()
                .SelectMany(one => one.Addresses.Select(address => (one.Network!.Id.Value, address))));
        }
        Assert.Equal(all.Count, all.Distinct().Count());
        List<(SwarmNetwork Network, string Subnet, string Vni)> subnets =
        [
            .. store.Networks.All.Where(SharedNetworks.IsAllocated).SelectMany(network => network.Ipam!.Configs
                .Select(config => (network, config.Subnet, store.Vnis(network.Id.Value)))),
        ];
        Assert.Equal(subnets.Count, subnets.Select(one => one.Subnet).Distinct().Count());
        Assert.Equal(subnets.Count, subnets.Select(one => one.Vni).Distinct().Count());
    }

    private static void CheckNothingIsLost(StoreSnapshot store)
    {
        store = store.Change(write =>
        {
            foreach (SwarmTask task in store.Tasks.All)
            {
                write.Delete(task);
            }
            foreach (Service service in store.Services.All)
            {
                write.Delete(service);
            }
        });
        store = Look(store, new(), isLost: false);
        var book = new AddressBook();
        book.Follow(store);
        Assert.All(store.Networks.All, network => Assert.Equal(0, book.CountTaken(network.Id, isIpv4: true)));
    }

    private static void Change(Transaction write, Random random, int step)
    {
        string service = $"s{random.Next(5)}";
        switch (random.Next(10))
        {
            case 0:
                ChangeNetwork(write, Networks[random.Next(Networks.Length)]);
                break;
            case 1:
            case 2:
                ChangeService(write, service, random);
                break;
            case <= 6:
                string[] networks = [.. (write.Services.Get(new(service))?.Spec.Task.Networks ?? default)
                    .Select(one => one.Target)];
                write.Create(New(service, (ulong)step, networks));
                break;
            default:
                SwarmTask[] tasks = [.. write.Tasks.All];
                if (tasks.Length > 0)
                {
                    End(write, tasks[random.Next(tasks.Length)], random);
                }
                break;
        }
    }

    private static void ChangeNetwork(Transaction write, string id)
    {
        if (write.Networks.Get(new(id)) is not { } network)
        {
            write.Create(id == "d" ? Overlay(id, "10.8.0.0/29") : Overlay(id));
        }
        else if (!write.ServicesOnNetwork(id).Any() && !write.TasksOnNetwork(id).Any())
        {
            write.Delete(network);
        }
    }

    private static void ChangeService(Transaction write, string id, Random random)
    {
        string[] networks = [.. Networks.Where(network => random.Next(2) == 0)];
        Service wanted = Service(id, networks);
        if (random.Next(3) == 0)
        {
            wanted = wanted.WithPort((uint)(8000 + random.Next(4)));
        }
        Service? service = write.Services.Get(new(id));
        if (service is null)
        {
            write.Create(wanted);
        }
        else if (random.Next(4) == 0)
        {
            write.Delete(service);
        }
        else
        {
            write.Update(service with { Spec = wanted.Spec });
        }
    }

    private static void End(Transaction write, SwarmTask task, Random random)
    {
        if (task.Status.State > TaskState.Running || random.Next(3) == 0)
        {
            write.Delete(task);
            return;
        }
        write.Update(task with
        {
            DesiredState = TaskState.Shutdown,
            Status = new() { State = random.Next(2) == 0 ? TaskState.Shutdown : TaskState.Failed },
        });
    }

    private sealed class Leader
    {
        public Leader()
        {
            var book = new AddressBook();
            All =
            [
                new NetworkAllocation().Decide,
                new ServiceEndpoints(book).Decide,
                new TaskAllocation(book).Decide,
            ];
        }

        public Decider[] All { get; }
    }
}
