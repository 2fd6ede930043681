using Skep.Swarm.Allocation;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Scheduling;
using Skep.Tests.Store;

namespace Skep.Tests.Allocation;

public class EndpointPropertyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Nobody_shares_a_port_and_one_that_followed_gives_the_same_as_a_new_one(int seed)
    {
        var random = new Random(seed);
        StoreSnapshot store = Stores.With();
        var old = new ServiceEndpoints(new());
        int given = 0;
        for (int step = 0; step < 300; step++)
        {
            store = store.Change(write => Change(write, random));
            Plan expected = new ServiceEndpoints(new()).Decide(store, Stores.Now, Stores.Ids());
            Plan found = old.Decide(store, Stores.Now, Stores.Ids());
            Assert.Equal(Told(expected), Told(found));
            given += found.Changes.Length;
            if (random.Next(4) == 0)
            {
                continue; // Lost on its way to the store.
            }
            // A port that is given back can be had by another in the next look, not in the same.
            store = store.Make(found).Decided(old.Decide);
            store = store.Decided(old.Decide);
            Assert.Empty(old.Decide(store, Stores.Now, Stores.Ids()).Changes);
            Check(store);
        }
        Assert.True(given > 100);
    }

    private static void Check(StoreSnapshot store)
    {
        var all = store.Services.All
            .SelectMany(service => (service.Endpoint?.Ports ?? default).AsEnumerable())
            .Where(port => port.PublishMode == PublishMode.Ingress)
            .Select(port => (port.Protocol, port.PublishedPort))
            .ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        foreach (Service waiting in store.Services.All.Where(one => !ServiceEndpoints.IsAllocated(store, one)))
        {
            Assert.Contains(
                waiting.Spec.Endpoint!.Ports.AsEnumerable(),
                port => store.Services.All.Any(other => other.Id != waiting.Id
                    && (other.Endpoint?.Ports ?? default).Any(has => has.PublishedPort == port.PublishedPort)));
        }
    }

    private static void Change(Transaction write, Random random)
    {
        string id = $"s{random.Next(12)}";
        Service? service = write.Services.Get(new(id));
        if (service is not null && random.Next(3) == 0)
        {
            write.Delete(service);
            return;
        }
        var ports = new List<PortConfig>();
        for (int count = random.Next(4); count > 0; count--)
        {
            ports.Add(new()
            {
                TargetPort = (uint)count,
                PublishedPort = random.Next(2) == 0 ? 0 : (uint)(29_999 + random.Next(8)),
                PublishMode = random.Next(5) == 0 ? PublishMode.Host : PublishMode.Ingress,
            });
        }
        // One service does not ask for a port twice: that is refused before it comes here.
        var spec = new ServiceSpec
        {
            Annotations = new() { Name = id },
            Endpoint = new()
            {
                Ports = ValueList.From(ports.GroupBy(port => port.PublishedPort == 0
                    ? (port.TargetPort, 0u)
                    : (0u, port.PublishedPort)).Select(group => group.First())),
            },
        };
        if (service is null)
        {
            write.Create(new Service { Id = new(id), Spec = spec });
        }
        else
        {
            write.Update(service with { Spec = spec });
        }
    }

    private static IEnumerable<StoreObject> Told(Plan plan) => plan.Changes.Select(change => change.Actions[0].Object);
}
