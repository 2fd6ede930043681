using Skep.Swarm;
using Skep.Swarm.Nodes;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Nodes;

public class NodeChangesTests
{
    private static readonly NodeSpec AsWorker = new() { Membership = NodeMembership.Accepted };

    [Fact]
    public void The_last_manager_is_not_demoted()
    {
        StoreSnapshot store = Stores.With(Stores.Manager("m1"), Stores.Worker("w1"));
        Refused(
            "rpc error: code = FailedPrecondition desc = attempting to demote the last manager of the swarm",
            store,
            change => Demote(change, "m1", Stores.Quorum("m1")));
    }

    [Fact]
    public void Two_demotions_at_once_do_not_end_without_a_manager()
    {
        StoreSnapshot store = Stores.With(Stores.Manager("m1"), Stores.Manager("m2"));
        Quorum quorum = Stores.Quorum("m1", "m2");
        store = store.Change(change => Demote(change, "m2", quorum));
        Refused("attempting to demote the last manager of the swarm", store, change => Demote(change, "m1", quorum));
    }

    [Theory]
    [InlineData(true, "m1 m2 m3")]
    [InlineData(true, "m1 m2 m3!")]
    [InlineData(false, "m1 m2! m3")]
    public void A_demotion_that_would_lose_the_quorum_is_refused(bool isTaken, string members)
    {
        StoreSnapshot store = Stores.With(Stores.Manager("m1"), Stores.Manager("m2"), Stores.Manager("m3"));
        if (isTaken)
        {
            Assert.Equal(
                NodeRole.Worker,
                store.Change(change => Demote(change, "m3", Stores.Quorum(members.Split(' '))))
                    .Nodes.Get(new("m3"))!.Spec.DesiredRole);
            return;
        }
        Refused(
            "can't remove member from the raft: this would result in a loss of quorum",
            store,
            change => Demote(change, "m3", Stores.Quorum(members.Split(' '))));
    }

    /// <remarks>Each of them alone can go; together with those before it, it would leave too few that answer.</remarks>
    [Theory]
    [InlineData("", "m1 m2!", "m1", "can't remove member from the raft: this would result in a loss of quorum")]
    [InlineData("m1", "m1 m3", "m3", "can't remove member from the raft: this would result in a loss of quorum")]
    [InlineData("m1 m2", "m1 m2 m3 m4! m5", "m3", "can't remove member from the raft: this would result in a loss")]
    [InlineData("m1 m4", "m1 m2 m3 m4! m5", "m3", null)]
    [InlineData("m3", "m1 m2 m3!", "m2", null)]
    public void Demotions_count_those_that_shall_go_as_gone(string before, string members, string next, string? refusal)
    {
        StoreSnapshot store = Stores.With(
            [.. Enumerable.Range(1, 5).Select(static number => Stores.Manager($"m{number}"))]);
        Quorum quorum = Stores.Quorum(members.Split(' '));
        foreach (string id in before.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            store = store.Change(change => Demote(change, id, quorum));
        }

        if (refusal is null)
        {
            Assert.NotSame(store, store.Change(change => Demote(change, next, quorum)));
        }
        else
        {
            Refused(refusal, store, change => Demote(change, next, quorum));
        }
    }

    [Fact]
    public void An_update_of_what_has_changed_meanwhile_is_out_of_sequence()
    {
        StoreSnapshot store = Stores.With(Stores.Worker("w1"));
        ObjectVersion old = store.Nodes.Get(new("w1"))!.Meta.Version;
        NodeSpec drained = AsWorker with { Availability = NodeAvailability.Drain };
        store = store.Change(change => NodeChanges.Update(change, new("w1"), old, drained, Quorum.None));
        Assert.Equal(NodeAvailability.Drain, store.Nodes.Get(new("w1"))!.Spec.Availability);
        Refused(
            "rpc error: code = Unknown desc = update out of sequence",
            store,
            change => NodeChanges.Update(change, new("w1"), old, AsWorker, Quorum.None));
    }

    [Fact]
    public void A_weight_that_is_none_is_refused_until_the_label_is_another_and_does_not_hold_up_other_changes()
    {
        NodeSpec light = AsWorker with
        {
            Annotations = new() { Labels = ValueMap.From([KeyValuePair.Create("skep.weight", "light")]) },
        };
        Refused(
            "rpc error: code = InvalidArgument desc = label skep.weight of node w1: \"light\" is no weight; whole "
            + "numbers from 0 to 100 are, and 100 is what holds without the label",
            Stores.With(Stores.Worker("w1")),
            change => NodeChanges.Update(
                change, new("w1"), change.Nodes.Get(new("w1"))!.Meta.Version, light, Quorum.None));
        StoreSnapshot store = Stores.With(Stores.Worker("w1") with { Spec = light });
        store = store.Change(change => NodeChanges.Update(
            change, new("w1"), change.Nodes.Get(new("w1"))!.Meta.Version,
            light with { Availability = NodeAvailability.Drain }, Quorum.None));
        Assert.Equal(NodeAvailability.Drain, store.Nodes.Get(new("w1"))!.Spec.Availability);
    }

    [Fact]
    public void Only_what_is_down_is_removed_without_force_and_no_member_of_the_quorum_ever()
    {
        StoreSnapshot store = Stores.With(Stores.Manager("m1"), Stores.Worker("w1"));
        Quorum quorum = Stores.Quorum("m1");
        Refused(
            "rpc error: code = FailedPrecondition desc = node w1 is not down and can't be removed",
            store,
            change => NodeChanges.Remove(change, new("w1"), false, quorum));
        Refused(
            "node m1 is a cluster manager and is a member of the raft cluster. "
            + "It must be demoted to worker before removal",
            store,
            change => NodeChanges.Remove(change, new("m1"), true, quorum));
        Refused(
            "rpc error: code = NotFound desc = node x not found",
            store,
            change => NodeChanges.Remove(change, new("x"), true, quorum));
    }

    [Fact]
    public void A_removed_node_takes_its_certificate_and_its_tasks_with_it()
    {
        SwarmTask Task(string id, string node, TaskState state) =>
            new() { Id = new(id), NodeId = new(node), Status = new() { State = state } };
        StoreSnapshot store = Stores.With(
            Stores.Worker("w1"),
            Stores.Worker("w2"),
            Task("a", "w1", TaskState.Running),
            Task("b", "w1", TaskState.Failed),
            Task("c", "w2", TaskState.Running));
        store = store.Change(change => NodeChanges.Remove(change, new("w1"), true, Quorum.None));
        Assert.Null(store.Nodes.Get(new("w1")));
        Assert.True(store.Cluster!.BlacklistedCertificates.ContainsKey("w1"));
        Assert.Equal(TaskState.Orphaned, store.Tasks.Get(new("a"))!.Status.State);
        Assert.Equal("Task belonged to a node that has been deleted", store.Tasks.Get(new("a"))!.Status.Message);
        Assert.Equal(TaskState.Failed, store.Tasks.Get(new("b"))!.Status.State);
        Assert.Equal(TaskState.Running, store.Tasks.Get(new("c"))!.Status.State);
    }

    [Fact]
    public void A_manager_shows_its_part_in_the_quorum()
    {
        Node node = Stores.Quorum("m1", "m2!").Describe(Stores.Manager("m2"));
        Assert.Equal(
            new ManagerStatus { RaftId = 2, Addr = "10.0.0.2:2377", Reachability = Reachability.Unreachable },
            node.ManagerStatus);
        Assert.True(Stores.Quorum("m1").Describe(Stores.Manager("m1")).ManagerStatus!.Leader);
        Assert.Null(Stores.Quorum("m1").Describe(Stores.Worker("w1")).ManagerStatus);
    }

    private static void Demote(Transaction change, string id, Quorum quorum) => NodeChanges.Update(
        change, new(id), change.Nodes.Get(new(id))!.Meta.Version, AsWorker, quorum);

    private static void Refused(string words, StoreSnapshot store, Action<Transaction> change) =>
        Assert.Contains(words, Assert.Throws<RefusedException>(() => store.Change(change)).Message);
}
