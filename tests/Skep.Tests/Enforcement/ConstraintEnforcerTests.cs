using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Tests.Orchestration;

namespace Skep.Tests.Enforcement;

public class ConstraintEnforcerTests
{
    private static void Label(ServiceSwarm swarm, string node, string zone) => swarm.SetNode(node, one => one with
    {
        Spec = one.Spec with { Annotations = new() { Labels = ValueMap.Of(("zone", zone)) } },
    });

    private static ServiceId Create(ServiceSwarm swarm, string constraint) => swarm.Create(
        new ReplicatedService { Replicas = 2 },
        "web",
        spec => spec with { Task = spec.Task with { Placement = new() { Constraints = [constraint] } } });

    [Fact]
    public void A_node_that_loses_its_label_loses_its_tasks()
    {
        var swarm = new ServiceSwarm(2);
        Label(swarm, "n1", "a");
        ServiceId web = Create(swarm, "node.labels.zone == a");
        TaskId[] before = [.. swarm.Settle().Running(web).Select(task => task.Id)];
        Assert.All(swarm.Running(web), task => Assert.Equal("n1", task.NodeId.Value));
        Label(swarm, "n1", "b");
        Label(swarm, "n2", "a");
        swarm.Look();
        Assert.All(before, id =>
        {
            SwarmTask task = swarm.Store.Tasks.Get(id)!;
            Assert.Equal(TaskState.Rejected, task.Status.State);
            Assert.Equal("task rejected by constraint enforcer", task.Status.Message);
            Assert.Equal("assigned node no longer meets constraints", task.Status.Err);
            Assert.Equal(TaskState.Shutdown, task.DesiredState);
        });
        swarm.Pass(5);
        Assert.Equal(["n2", "n2"], swarm.Running(web).Select(task => task.NodeId.Value));
    }

    [Theory]
    [InlineData(NodeAvailability.Pause)]
    [InlineData(NodeAvailability.Active)]
    public void A_paused_node_is_left_alone(NodeAvailability availability)
    {
        var swarm = new ServiceSwarm(1);
        Label(swarm, "n1", "a");
        ServiceId web = Create(swarm, "node.labels.zone == a");
        swarm.Settle();
        swarm.SetAvailability("n1", availability);
        Label(swarm, "n1", "b");
        swarm.Pass(60);
        // SetAvailability kept the labels, Label keeps the availability.
        Assert.Equal(availability == NodeAvailability.Pause ? 2 : 0, swarm.Running(web).Length);
    }

    [Fact]
    public void A_new_constraint_is_left_to_the_update_and_its_pace()
    {
        var swarm = new ServiceSwarm(2);
        Label(swarm, "n1", "a");
        Label(swarm, "n2", "b");
        ServiceId web = Create(swarm, "node.labels.zone != c");
        swarm.Settle();
        swarm.Update(web, spec => spec with
        {
            Task = spec.Task with { Placement = new() { Constraints = ["node.labels.zone == a"] } },
        });
        swarm.Look();
        Assert.DoesNotContain(swarm.Tasks(web), task => task.Status.State == TaskState.Rejected);
        swarm.Pass(30);
        Assert.All(swarm.Running(web), task => Assert.Equal("n1", task.NodeId.Value));
        Assert.Equal(UpdateState.Completed, swarm.StatusOf(web)!.State);
        // The task that could stay has the old constraint in its own spec; the service's counts.
        Label(swarm, "n2", "a");
        Label(swarm, "n1", "b");
        swarm.Pass(60);
        Assert.Equal(["n2", "n2"], swarm.Running(web).Select(task => task.NodeId.Value));
    }

    [Fact]
    public void A_node_that_shrinks_gives_up_what_does_not_fit()
    {
        var swarm = new ServiceSwarm(1);
        ServiceId web = swarm.Create(new ReplicatedService { Replicas = 3 }, "web", spec => spec with
        {
            Task = spec.Task with { Resources = new() { Reservations = new() { MemoryBytes = 2L << 30 } } },
        });
        Assert.Equal(3, swarm.Settle().Running(web).Length);
        swarm.SetNode("n1", node => node with
        {
            Description = node.Description! with { Resources = new() { MemoryBytes = 5L << 30 } },
        });
        swarm.Pass(30);
        Assert.Equal(2, swarm.Running(web).Length);
        Assert.Single(swarm.Tasks(web), task => task.Status.State == TaskState.Pending);
    }

    [Fact]
    public void A_named_resource_that_is_gone_takes_its_task_with_it()
    {
        var swarm = new ServiceSwarm(1);
        void Give(params string[] names) => swarm.SetNode("n1", node => node with
        {
            Description = node.Description! with
            {
                Resources = new()
                {
                    Generic = [.. names.Select(name => new NamedGenericResource { Kind = "gpu", Value = name })],
                },
            },
        });
        Give("g1", "g2");
        ServiceId web = swarm.Create(new ReplicatedService { Replicas = 2 }, "web", spec => spec with
        {
            Task = spec.Task with
            {
                Resources = new()
                {
                    Reservations = new() { Generic = [new DiscreteGenericResource { Kind = "gpu", Value = 1 }] },
                },
            },
        });
        Assert.Equal(2, swarm.Settle().Running(web).Length);
        Give("g1");
        swarm.Pass(30);
        Assert.Single(swarm.Running(web));
    }
}
