using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Tests.Orchestration;

public class GlobalTasksTests
{
    private static string[] NodesOf(ServiceSwarm swarm, ServiceId id) =>
        [.. swarm.Running(id).Select(task => task.NodeId.Value).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_node_gets_one_task_and_a_new_node_as_well()
    {
        var swarm = new ServiceSwarm(3);
        ServiceId watch = swarm.Create(new GlobalService(), "watch");
        Assert.Equal(["n1", "n2", "n3"], NodesOf(swarm.Settle(), watch));
        Assert.All(swarm.Tasks(watch), task => Assert.Equal(0ul, task.Slot));
        swarm.Change(store => store.Create(ServiceSwarm.NewNode("n4")));
        Assert.Equal(["n1", "n2", "n3", "n4"], NodesOf(swarm.Settle(), watch));
    }

    [Fact]
    public void A_task_of_a_drained_node_goes_nowhere_else_and_comes_back_with_it()
    {
        var swarm = new ServiceSwarm(2);
        ServiceId watch = swarm.Create(new GlobalService(), "watch");
        swarm.Settle();
        swarm.SetAvailability("n2", NodeAvailability.Drain);
        Assert.Equal(["n1"], NodesOf(swarm.Settle(), watch));
        swarm.SetAvailability("n2", NodeAvailability.Active);
        Assert.Equal(["n1", "n2"], NodesOf(swarm.Settle(), watch));
    }

    [Fact]
    public void A_paused_node_keeps_what_runs_and_gets_nothing_new()
    {
        var swarm = new ServiceSwarm(2);
        ServiceId watch = swarm.Create(new GlobalService(), "watch");
        swarm.Settle();
        swarm.SetAvailability("n2", NodeAvailability.Pause);
        Assert.Equal(["n1", "n2"], NodesOf(swarm.Settle(), watch));
        ServiceId other = swarm.Create(new GlobalService(), "other");
        Assert.Equal(["n1"], NodesOf(swarm.Settle(), other));
        swarm.Report(swarm.Running(watch).Single(task => task.NodeId.Value == "n2").Id, TaskState.Failed);
        swarm.Pass(60);
        Assert.Equal(["n1"], NodesOf(swarm, watch));
        // An update leaves the paused node out, and reaches it when it takes tasks again.
        swarm.SetImage(other, "newer");
        swarm.Pass(60);
        swarm.SetAvailability("n2", NodeAvailability.Active);
        swarm.Pass(60);
        Assert.Equal(["n1", "n2"], NodesOf(swarm, watch));
        Assert.Equal(["n1", "n2"], NodesOf(swarm, other));
        Assert.All(swarm.Running(other), task => Assert.Equal("newer", task.Spec.Container!.Image));
    }

    [Fact]
    public void Only_nodes_that_fit_the_constraints_have_a_task()
    {
        var swarm = new ServiceSwarm(3);
        void Label(string node, string zone) => swarm.SetNode(node, one => one with
        {
            Spec = one.Spec with { Annotations = new() { Labels = ValueMap.Of(("zone", zone)) } },
        });
        Label("n1", "a");
        Label("n2", "b");
        ServiceId watch = swarm.Create(new GlobalService(), "watch", spec => spec with
        {
            Task = spec.Task with { Placement = new() { Constraints = ["node.labels.zone==a"] } },
        });
        Assert.Equal(["n1"], NodesOf(swarm.Settle(), watch));
        Label("n1", "c");
        Label("n3", "a");
        Assert.Equal(["n3"], NodesOf(swarm.Settle(), watch));
        Assert.Equal(["n3"], NodesOf(swarm.Pass(60), watch));
    }

    [Fact]
    public void A_failed_task_is_restarted_on_its_node()
    {
        var swarm = new ServiceSwarm(2);
        ServiceId watch = swarm.Create(new GlobalService(), "watch");
        swarm.Settle();
        swarm.Report(swarm.Running(watch).Single(task => task.NodeId.Value == "n2").Id, TaskState.Failed);
        swarm.Pass(4);
        Assert.Equal(["n1"], NodesOf(swarm, watch));
        swarm.Pass(1);
        Assert.Equal(["n1", "n2"], NodesOf(swarm, watch));
    }

    [Fact]
    public void Nothing_is_left_of_a_node_that_was_removed()
    {
        var swarm = new ServiceSwarm(2);
        ServiceId watch = swarm.Create(new GlobalService(), "watch");
        swarm.Settle();
        swarm.CutOff("n2");
        swarm.Settle();
        Assert.Equal(2, swarm.Tasks(watch).Length);
        swarm.Change(store => Skep.Swarm.Nodes.NodeChanges.OrphanSome(store, new("n2"), int.MaxValue));
        swarm.Change(store => store.Delete(store.Nodes.Get(new("n2"))!));
        swarm.Settle();
        Assert.Equal("n1", Assert.Single(swarm.Tasks(watch)).NodeId.Value);
    }
}
