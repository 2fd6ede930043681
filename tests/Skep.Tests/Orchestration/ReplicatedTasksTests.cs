using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Tests.Orchestration;

public class ReplicatedTasksTests
{
    private static ReplicatedService Replicas(ulong count) => new() { Replicas = count };

    [Fact]
    public void A_service_gets_as_many_tasks_as_it_asks_for()
    {
        var swarm = new ServiceSwarm(3);
        ServiceId web = swarm.Create(Replicas(6), "web", spec => spec with
        {
            Task = spec.Task with { LogDriver = new() { Name = "journald" } },
        });
        swarm.Settle();
        SwarmTask[] tasks = swarm.Running(web);
        Assert.Equal([1, 2, 3, 4, 5, 6], tasks.Select(task => task.Slot));
        Assert.All(tasks.CountBy(task => task.NodeId), node => Assert.Equal(2, node.Value));
        Service service = swarm.Store.Services.Get(web)!;
        Assert.All(tasks, task =>
        {
            Assert.Equal(service.Spec.Task, task.Spec);
            Assert.Equal(service.Spec.Annotations, task.ServiceAnnotations);
            Assert.Equal("journald", task.LogDriver?.Name);
            Assert.Equal(TaskState.Running, task.DesiredState);
            Assert.Null(task.JobIteration);
            Assert.Equal(25, task.Id.Value.Length);
        });
        Assert.Null(swarm.StatusOf(web));
        Assert.Null(swarm.WakeAt);
    }

    [Fact]
    public void A_service_that_grows_keeps_its_tasks_and_fills_free_slots()
    {
        var swarm = new ServiceSwarm(3);
        ServiceId web = swarm.Create(Replicas(2), "web");
        TaskId[] before = [.. swarm.Settle().Tasks(web).Select(task => task.Id)];
        swarm.Scale(web, 4);
        swarm.Settle();
        Assert.Equal([1, 2, 3, 4], swarm.Running(web).Select(task => task.Slot));
        Assert.Subset(swarm.Running(web).Select(task => task.Id).ToHashSet(), before.ToHashSet());
        Assert.Null(swarm.StatusOf(web));
    }

    [Fact]
    public void A_service_that_shrinks_stays_spread_and_keeps_what_runs()
    {
        var swarm = new ServiceSwarm(3);
        ServiceId web = swarm.Create(Replicas(6), "web");
        swarm.Settle();
        swarm.Scale(web, 3);
        swarm.Settle();
        SwarmTask[] left = swarm.Tasks(web);
        Assert.Equal([1, 2, 3], left.Select(task => task.Slot));
        Assert.Equal(3, left.Select(task => task.NodeId).Distinct().Count());
        swarm.Scale(web, 0);
        swarm.Settle();
        Assert.Empty(swarm.Tasks(web));
    }

    [Fact]
    public void A_service_that_shrinks_gives_up_what_does_not_run_first()
    {
        var swarm = new ServiceSwarm(1);
        ServiceId web = swarm.Create(Replicas(3), "web");
        swarm.Look();
        foreach (SwarmTask task in swarm.Tasks(web).Where(task => task.Slot > 1))
        {
            swarm.Report(task.Id, TaskState.Running);
        }
        swarm.Scale(web, 2);
        swarm.Look();
        Assert.Equal(
            [2, 3],
            swarm.Tasks(web).Where(task => task.DesiredState == TaskState.Running).Select(task => task.Slot));
    }

    [Fact]
    public void The_tasks_of_a_removed_service_are_stopped_and_forgotten()
    {
        var swarm = new ServiceSwarm(2);
        ServiceId web = swarm.Create(Replicas(4), "web");
        swarm.Settle();
        swarm.Remove(web);
        swarm.Look();
        Assert.Equal(4, swarm.Tasks(web).Count(task => task.DesiredState == TaskState.Remove));
        swarm.Settle();
        Assert.Empty(swarm.Tasks(web));
    }

    [Fact]
    public void A_service_that_is_to_be_removed_goes_after_its_tasks()
    {
        var swarm = new ServiceSwarm(2);
        ServiceId web = swarm.Create(Replicas(4), "web");
        swarm.Settle();
        swarm.Change(store => store.Update(store.Services.Get(web)! with { PendingDelete = true }));
        swarm.Look();
        Assert.NotNull(swarm.Store.Services.Get(web));
        swarm.Settle();
        Assert.Empty(swarm.Tasks(web));
        Assert.Null(swarm.Store.Services.Get(web));
    }

    [Fact]
    public void Tasks_of_a_node_that_is_lost_come_up_elsewhere_at_once()
    {
        var swarm = new ServiceSwarm(3);
        ServiceId web = swarm.Create(Replicas(6), "web");
        TaskId[] staying = [.. swarm.Settle().Running(web).Where(task => task.NodeId.Value != "n1").Select(t => t.Id)];
        swarm.CutOff("n1");
        swarm.Settle();
        SwarmTask[] wanted = [.. swarm.Tasks(web).Where(task => task.DesiredState == TaskState.Running)];
        Assert.Equal([1, 2, 3, 4, 5, 6], wanted.Select(task => task.Slot));
        Assert.All(wanted, task => Assert.NotEqual("n1", task.NodeId.Value));
        Assert.All(wanted, task => Assert.Equal(TaskState.Running, task.Status.State));
        Assert.Subset(wanted.Select(task => task.Id).ToHashSet(), staying.ToHashSet());
        // The node returns with tasks that are not wanted any more, and nothing else changes.
        swarm.Return("n1");
        swarm.Settle();
        Assert.Equal(wanted.Select(task => task.Id), swarm.Running(web).Select(task => task.Id));
    }

    [Fact]
    public void A_drained_node_hands_its_tasks_over_before_their_delay()
    {
        var swarm = new ServiceSwarm(2);
        ServiceId web = swarm.Create(Replicas(4), "web");
        swarm.Settle();
        swarm.SetAvailability("n1", NodeAvailability.Drain);
        swarm.Settle();
        Assert.Equal(4, swarm.Running(web).Length);
        Assert.All(swarm.Running(web), task => Assert.Equal("n2", task.NodeId.Value));
        // Nothing moves back.
        swarm.SetAvailability("n1", NodeAvailability.Active);
        Assert.False(swarm.Look());
    }

    [Fact]
    public void A_huge_service_is_made_in_parts()
    {
        var swarm = new ServiceSwarm(1);
        ServiceId web = swarm.Create(Replicas(Limits.TasksMadeAtOnce + 5), "web");
        swarm.Look();
        Assert.Equal((int)Limits.TasksMadeAtOnce, swarm.Tasks(web).Length);
        swarm.Look();
        Assert.Equal((int)Limits.TasksMadeAtOnce + 5, swarm.Tasks(web).Length);
    }
}
