using Skep.Swarm.Objects;
using Skep.Swarm.Services;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.ServiceRequests;

public class ServiceListsTests
{
    private static readonly StoreSnapshot store = Stores.With(
        Service("s1", "web", new ReplicatedService { Replicas = 3 }),
        Service("s2", "worker", new GlobalService()),
        Service("s3", "job", new ReplicatedJob { MaxConcurrent = 2, TotalCompletions = 9 }) with
        {
            JobStatus = new() { JobIteration = new(1) },
        },
        Service("s4", "plugin", new ReplicatedService()) with
        {
            Spec = ServiceSpecs.Named("plugin") with
            {
                Task = new() { Runtime = new GenericRuntimeSpec { Kind = "Plugin" } },
            },
        },
        OfService("ta", "s1", "n1", TaskState.Running, TaskState.Running) with { Slot = 1 },
        OfService("tb", "s1", "n2", TaskState.Failed, TaskState.Shutdown) with { Slot = 2 },
        OfService("tc", "s2", "n1", TaskState.Running, TaskState.Running),
        OfService("td", "s2", "n2", TaskState.Running, TaskState.Shutdown),
        OfService("te", "s3", "n1", TaskState.Complete, TaskState.Complete) with { JobIteration = new(1) },
        OfService("tf", "s3", "n1", TaskState.Running, TaskState.Complete) with { JobIteration = new(1) },
        OfService("tg", "s3", "n1", TaskState.Complete, TaskState.Complete) with { JobIteration = new(0) });

    [Fact]
    public void Services_must_fit_every_filter()
    {
        Assert.Equal(["s1", "s2", "s3", "s4"], Services(ObjectQuery.All));
        Assert.Equal(["s1"], Services(new() { Names = ["web", "other"] }));
        Assert.Equal(["s1", "s2"], Services(new() { NamePrefixes = ["w"] }));
        Assert.Equal(["s2"], Services(new() { NamePrefixes = ["w"], IdPrefixes = ["s2", "s3"] }));
        Assert.Equal(["s1"], Services(new() { Labels = ValueMap.Of(("of", "web")) }));
        Assert.Equal(["s1", "s2", "s3", "s4"], Services(new() { Labels = ValueMap.Of(("of", "")), IdPrefixes = ["s"] })
            .Append("s4"));
        Assert.Equal(["s4"], Services(new() { Runtimes = ["plugin"] }));
    }

    [Fact]
    public void Tasks_must_fit_every_filter()
    {
        Assert.Equal(["ta", "tb"], Tasks(new() { Services = [new("s1")] }));
        Assert.Equal(["ta", "tb", "tc", "td"], Tasks(new() { Services = [new("s2"), new("s1"), new("s1")] }));
        Assert.Equal(["tc"], Tasks(new() { Services = [new("s2")], Nodes = [new("n1")] }));
        Assert.Equal(["tb", "td"], Tasks(new() { Nodes = [new("n2")] }));
        Assert.Equal(["ta"], Tasks(new() { DesiredStates = [TaskState.Running], IdPrefixes = ["ta", "tb"] }));
        Assert.Equal(["ta"], Tasks(new() { Names = ["web.1.ta"] }));
        Assert.Equal(["tc", "td"], Tasks(new() { NamePrefixes = ["worker.n"] }));
        Assert.Equal(["ta", "tb"], Tasks(new() { Labels = ValueMap.Of(("of", "web")) }));
        Assert.Equal(["ta", "tb", "tc", "td", "te", "tf", "tg"], Tasks(new() { Runtimes = ["container"] }));
        Assert.Empty(Tasks(new() { Runtimes = ["attachment"] }));
    }

    [Fact]
    public void Tasks_are_up_to_date_that_are_as_their_service_asks()
    {
        StoreSnapshot later = store.Change(change =>
        {
            TaskSpec asked = change.Services.Get(new("s1"))!.Spec.Task;
            change.Update(change.Tasks.Get(new("ta"))! with { Spec = asked });
            change.Delete(change.Services.Get(new("s3"))!);
        });
        ObjectQuery query = new() { UpToDate = true };
        Assert.Equal(["ta"], ServiceLists.Tasks(later, query).Select(task => task.Id.Value));
    }

    [Fact]
    public void The_tasks_of_a_service_are_counted_as_lists_show_them()
    {
        Assert.Equal(new ServiceTaskCounts(1, 3, 0), Counts("s1"));
        Assert.Equal(new ServiceTaskCounts(2, 1, 0), Counts("s2"));
        Assert.Equal(new ServiceTaskCounts(1, 2, 1), Counts("s3"));
        Assert.Equal(new ServiceTaskCounts(0, 0, 0), Counts("gone"));
        StoreSnapshot after = store.Change(change => ServiceChanges.Remove(change, new("s1")));
        Assert.Equal(new ServiceTaskCounts(1, 0, 0), ServiceStatuses.Of(after, new("s1")));
    }

    private static string[] Services(ObjectQuery query) =>
        [.. ServiceLists.Services(store, query).Select(service => service.Id.Value)];

    private static string[] Tasks(ObjectQuery query) =>
        [.. ServiceLists.Tasks(store, query).Select(task => task.Id.Value)];

    private static ServiceTaskCounts Counts(string service) => ServiceStatuses.Of(store, new(service));

    private static Service Service(string id, string name, ServiceMode mode) => new()
    {
        Id = new(id),
        Spec = ServiceSpecs.Named(name) with { Mode = mode, Annotations = Annotations(name) },
    };

    private static SwarmTask OfService(string id, string service, string node, TaskState state, TaskState desired) =>
        new()
        {
            Id = new(id),
            ServiceId = new(service),
            NodeId = new(node),
            Spec = new() { Runtime = new ContainerSpec() },
            ServiceAnnotations = Annotations(service switch { "s1" => "web", "s2" => "worker", _ => "job" }),
            Status = new() { State = state },
            DesiredState = desired,
        };

    private static Annotations Annotations(string name) => new() { Name = name, Labels = ValueMap.Of(("of", name)) };
}
