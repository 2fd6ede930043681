using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Tests.Orchestration;

public class JobTasksTests
{
    private static int Complete(ServiceSwarm swarm, ServiceId id) =>
        swarm.Tasks(id).Count(task => task.Status.State == TaskState.Complete);

    [Fact]
    public void A_job_runs_so_often_and_so_many_at_a_time()
    {
        var swarm = new ServiceSwarm(2);
        ServiceId job = swarm.Create(new ReplicatedJob { TotalCompletions = 10, MaxConcurrent = 3 }, "once");
        int most = 0;
        swarm.OnChange = now => most = Math.Max(most, now.Tasks(job).Count(task =>
            task.Status.State < TaskState.Complete));
        swarm.Settle();
        Assert.Equal(10, Complete(swarm, job));
        Assert.Equal(3, most);
        Assert.Equal(Enumerable.Range(0, 10).Select(slot => (ulong)slot), swarm.Tasks(job).Select(task => task.Slot));
        Assert.All(swarm.Tasks(job), task => Assert.Equal(default(ObjectVersion), task.JobIteration));
        Assert.All(swarm.Tasks(job), task => Assert.Equal(TaskState.Complete, task.DesiredState));
    }

    [Fact]
    public void Another_iteration_does_everything_again()
    {
        var swarm = new ServiceSwarm(2);
        ServiceId job = swarm.Create(new ReplicatedJob { TotalCompletions = 2, MaxConcurrent = 2 }, "slow");
        swarm.Settle();
        swarm.SetImage(job, "once");
        swarm.Settle();
        ObjectVersion? iteration = swarm.Store.Services.Get(job)!.JobStatus!.JobIteration;
        Assert.Equal(2, Complete(swarm, job));
        Assert.All(swarm.Tasks(job), task => Assert.Equal(iteration, task.JobIteration));
        swarm.Update(job, spec => spec with { Task = spec.Task with { ForceUpdate = 1 } });
        swarm.Settle();
        Assert.Equal(4, Complete(swarm, job));
    }

    [Fact]
    public void A_failed_task_is_tried_again_after_the_delay_but_not_for_ever()
    {
        var swarm = new ServiceSwarm(1);
        ServiceId job = swarm.Create(
            new ReplicatedJob { TotalCompletions = 2, MaxConcurrent = 1 },
            "bad",
            spec => spec with
            {
                Task = spec.Task with { Restart = new() { Condition = RestartCondition.OnFailure, MaxAttempts = 2 } },
            });
        swarm.Settle();
        Assert.Equal(2, swarm.Tasks(job).Length);
        swarm.Pass(100);
        // Both slots were given up, after three tasks each.
        Assert.Equal([3, 3], swarm.Tasks(job).CountBy(task => task.Slot).Select(slot => slot.Value));
        Assert.All(swarm.Tasks(job), task => Assert.Equal(TaskState.Failed, task.Status.State));
    }

    [Fact]
    public void The_task_of_a_lost_node_is_run_elsewhere()
    {
        var swarm = new ServiceSwarm(2);
        ServiceId job = swarm.Create(new ReplicatedJob { TotalCompletions = 1, MaxConcurrent = 1 }, "run");
        string node = swarm.Settle().Running(job).Single().NodeId.Value;
        swarm.SetAvailability(node, NodeAvailability.Drain);
        swarm.Settle();
        Assert.NotEqual(node, swarm.Running(job).Single().NodeId.Value);
    }

    [Fact]
    public void A_global_job_runs_once_on_every_node()
    {
        var swarm = new ServiceSwarm(3);
        swarm.SetAvailability("n3", NodeAvailability.Pause);
        ServiceId job = swarm.Create(new GlobalJob(), "once");
        swarm.Settle();
        Assert.Equal(["n1", "n2"], swarm.Tasks(job).Select(task => task.NodeId.Value).Order(StringComparer.Ordinal));
        swarm.SetAvailability("n3", NodeAvailability.Active);
        swarm.Settle();
        Assert.Equal(3, Complete(swarm, job));
        swarm.SetNode("n1", node => node with { Spec = node.Spec with { Availability = NodeAvailability.Drain } });
        swarm.SetNode("n1", node => node with { Spec = node.Spec with { Availability = NodeAvailability.Active } });
        swarm.Pass(60);
        Assert.Equal(3, swarm.Tasks(job).Length);
        swarm.SetImage(job, "once again");
        swarm.Settle();
        Assert.Equal(3, swarm.Running(job).Length);
        Assert.Equal(3, swarm.Tasks(job).Length);
    }
}
