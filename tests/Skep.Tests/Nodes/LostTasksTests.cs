using Skep.Swarm.Decisions;
using Skep.Swarm.Nodes;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Nodes;

public class LostTasksTests
{
    [Fact]
    public void Tasks_of_a_node_that_is_down_for_a_day_are_given_up()
    {
        SwarmTask Task(string id, TaskState state) =>
            new() { Id = new(id), NodeId = new("w1"), Status = new() { State = state } };
        StoreSnapshot store = Stores.With(
            Stores.Worker("w1") with { Status = new() { State = NodeState.Down } },
            Task("a", TaskState.Pending),
            Task("b", TaskState.Assigned),
            Task("c", TaskState.Running),
            Task("d", TaskState.Failed));
        var lost = new LostTasks();
        Plan early = lost.Decide(store, Stores.Now.AddHours(23), Stores.Ids());
        Assert.Empty(early.Changes);
        Assert.Equal(Stores.Now.AddHours(24), early.WakeAt);
        Plan late = lost.Decide(store, Stores.Now.AddHours(24), Stores.Ids());
        Assert.Equal(["b", "c"], late.Changes.Select(change => change.Actions[0].Object.RawId));
        Assert.All(late.Changes, change =>
            Assert.Equal(TaskState.Orphaned, ((SwarmTask)change.Actions[0].Object).Status.State));
        store = store.Change(change => change.Update(change.Nodes.Get(new("w1"))! with { Status = new() }));
        Assert.Empty(lost.Decide(store, Stores.Now.AddHours(48), Stores.Ids()).Changes);
    }
}
