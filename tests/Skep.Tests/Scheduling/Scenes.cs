using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Scheduling;

/// <summary>Nodes and tasks for scenes of placement.</summary>
internal static class Scenes
{
    public static Node Node(string id, params (string Key, string Value)[] labels) => new()
    {
        Id = new(id),
        Spec = new() { Membership = NodeMembership.Accepted, Annotations = new() { Labels = ValueMap.Of(labels) } },
        Status = new() { State = NodeState.Ready },
        Description = new() { Hostname = id, Resources = new() { NanoCpus = 4_000_000_000, MemoryBytes = 1_000 } },
    };

    public static Node With(this Node node, params GenericResource[] generic) => node with
    {
        Description = node.Description! with
        {
            Resources = node.Description!.Resources! with { Generic = ValueList.From(generic) },
        },
    };

    /// <summary>A task that waits for a node.</summary>
    public static SwarmTask Task(string service, ulong slot, TaskSpec? spec = null) => new()
    {
        Id = new($"{service}.{slot:d3}"),
        ServiceId = new(service),
        Slot = slot,
        Spec = spec ?? TaskSpec.Empty,
        SpecVersion = new ObjectVersion(1),
        DesiredState = TaskState.Running,
        Status = new() { State = TaskState.Pending },
    };

    public static IEnumerable<SwarmTask> Tasks(string service, int count, TaskSpec? spec = null) =>
        Enumerable.Range(1, count).Select(slot => Task(service, (ulong)slot, spec));

    public static SwarmTask On(this SwarmTask task, string node, TaskState state = TaskState.Running) => task with
    {
        NodeId = new(node),
        Status = new() { State = state },
    };

    public static StoreSnapshot Make(this StoreSnapshot store, Plan plan)
    {
        var transaction = new Transaction(store, new(store.Revision + 1), Stores.Now);
        Assert.All(plan.Changes, change => Assert.True(change.TryMake(transaction)));
        return transaction.ToSnapshot();
    }

    public static StoreSnapshot Decided(this StoreSnapshot store, Decider decider) =>
        store.Make(decider(store, Stores.Now, Stores.Ids()));

    /// <summary>How many tasks each node has, those without a node under a dash.</summary>
    public static string Spread(this StoreSnapshot store) => string.Join(" ", store.Tasks.All
        .GroupBy(task => task.NodeId.IsEmpty ? "-" : task.NodeId.Value)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => $"{group.Key}:{group.Count()}"));

    public static string Where(this StoreSnapshot store, string task) => store.Tasks.Get(new(task))!.NodeId.Value;

    public static string Error(this StoreSnapshot store, string task) => store.Tasks.Get(new(task))!.Status.Err;
}
