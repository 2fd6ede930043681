using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Tests.Orchestration;

public class TaskRestartsTests
{
    private static ServiceId Create(ServiceSwarm swarm, string image, RestartPolicy? policy) => swarm.Create(
        new ReplicatedService { Replicas = 1 },
        image,
        spec => spec with { Task = spec.Task with { Restart = policy } });

    private static SwarmDuration Seconds(double seconds) => SwarmDuration.From(TimeSpan.FromSeconds(seconds));

    private static SwarmTask Current(ServiceSwarm swarm, ServiceId id) =>
        swarm.Tasks(id).Single(task => task.DesiredState <= TaskState.Running);

    [Fact]
    public void A_failed_task_is_prepared_anew_at_once_and_started_after_the_delay()
    {
        var swarm = new ServiceSwarm(1);
        ServiceId web = Create(swarm, "web", null);
        TaskId first = swarm.Settle().Running(web).Single().Id;
        swarm.Report(first, TaskState.Failed);
        swarm.Settle();
        Assert.Equal(TaskState.Shutdown, swarm.Store.Tasks.Get(first)!.DesiredState);
        SwarmTask second = Current(swarm, web);
        Assert.Equal((TaskState.Ready, TaskState.Ready, 1ul), (second.DesiredState, second.Status.State, second.Slot));
        ServiceSwarm.AssertNear(swarm.Now.AddSeconds(5), SwarmTime.From(swarm.WakeAt!.Value));
        swarm.Pass(4.9);
        Assert.Equal(TaskState.Ready, Current(swarm, web).Status.State);
        swarm.Pass(0.1);
        Assert.Equal(TaskState.Running, Current(swarm, web).Status.State);
        Assert.Equal(second.Id, Current(swarm, web).Id);
    }

    [Fact]
    public void A_new_leader_starts_a_waiting_task_when_the_old_one_would_have()
    {
        var swarm = new ServiceSwarm(1);
        ServiceId web = Create(swarm, "web", new() { Condition = RestartCondition.Any, Delay = Seconds(20) });
        swarm.Report(swarm.Settle().Running(web).Single().Id, TaskState.Failed);
        swarm.Pass(15);
        swarm.ChangeLeader();
        swarm.Pass(4.9);
        Assert.Equal(TaskState.Ready, Current(swarm, web).Status.State);
        swarm.Pass(0.1);
        Assert.Equal(TaskState.Running, Current(swarm, web).Status.State);
    }

    [Fact]
    public void What_fails_while_it_waits_for_its_start_does_not_shorten_the_wait()
    {
        var swarm = new ServiceSwarm(1);
        ServiceId web = Create(swarm, "web", null);
        swarm.Report(swarm.Settle().Running(web).Single().Id, TaskState.Failed);
        swarm.Settle();
        SwarmTask waiting = Current(swarm, web);
        swarm.Report(waiting.Id, TaskState.Rejected);
        swarm.Pass(4);
        Assert.Equal(waiting.Id, Current(swarm, web).Id);
        swarm.Pass(1);
        Assert.NotEqual(waiting.Id, Current(swarm, web).Id);
        Assert.Equal(TaskState.Ready, Current(swarm, web).DesiredState);
    }

    [Theory]
    [InlineData(RestartCondition.Any, TaskState.Complete, true)]
    [InlineData(RestartCondition.Any, TaskState.Failed, true)]
    [InlineData(RestartCondition.OnFailure, TaskState.Complete, false)]
    [InlineData(RestartCondition.OnFailure, TaskState.Failed, true)]
    [InlineData(RestartCondition.OnFailure, TaskState.Rejected, true)]
    [InlineData(RestartCondition.None, TaskState.Complete, false)]
    [InlineData(RestartCondition.None, TaskState.Failed, false)]
    public void The_condition_says_what_is_restarted(RestartCondition condition, TaskState end, bool isRestarted)
    {
        var swarm = new ServiceSwarm(1);
        ServiceId web = Create(swarm, "web", new() { Condition = condition });
        swarm.Report(swarm.Settle().Running(web).Single().Id, end);
        swarm.Pass(60);
        Assert.Equal(isRestarted ? 1 : 0, swarm.Running(web).Length);
        Assert.Equal(isRestarted ? 2 : 1, swarm.Tasks(web).Length);
        // A slot whose task has ended for good stays taken.
        swarm.ChangeLeader();
        Assert.False(swarm.Look());
    }

    [Fact]
    public void After_so_many_attempts_a_slot_is_given_up_also_by_the_next_leader()
    {
        var swarm = new ServiceSwarm(1);
        ServiceId web = Create(swarm, "bad", new() { MaxAttempts = 7, Condition = RestartCondition.OnFailure });
        swarm.Pass(20);
        swarm.ChangeLeader();
        swarm.Pass(300);
        Assert.Equal(8, swarm.Tasks(web).Length);
        Assert.All(swarm.Tasks(web), task => Assert.Equal(TaskState.Failed, task.Status.State));
        // A new edition begins at zero.
        swarm.SetImage(web, "web");
        swarm.Pass(10);
        Assert.Single(swarm.Running(web));
    }

    [Fact]
    public void Attempts_before_the_window_do_not_count()
    {
        var swarm = new ServiceSwarm(1);
        ServiceId web = Create(
            swarm,
            "web",
            new() { Condition = RestartCondition.Any, MaxAttempts = 2, Delay = Seconds(1), Window = Seconds(30) });
        swarm.Settle();
        for (int restart = 0; restart < 5; restart++)
        {
            swarm.Pass(20);
            swarm.Report(swarm.Running(web).Single().Id, TaskState.Failed);
            swarm.Pass(1);
        }
        Assert.Single(swarm.Running(web));
        for (int restart = 0; restart < 2; restart++)
        {
            foreach (SwarmTask task in swarm.Running(web))
            {
                swarm.Report(task.Id, TaskState.Failed);
            }
            swarm.Pass(1);
        }
        swarm.Pass(300);
        Assert.Empty(swarm.Running(web));
    }

    [Fact]
    public void A_loop_of_failures_goes_on_at_its_pace_even_without_any_history()
    {
        var swarm = new ServiceSwarm(1);
        swarm.Change(store => store.Update(store.Cluster! with
        {
            Spec = store.Cluster.Spec with { Orchestration = new() { TaskHistoryRetentionLimit = 0 } },
        }));
        ServiceId web = Create(swarm, "bad", null);
        int made = 0;
        var known = new HashSet<TaskId>();
        swarm.OnChange = now => made += now.Tasks(web).Count(task => known.Add(task.Id));
        swarm.Pass(100);
        Assert.InRange(made, 20, 22);
        Assert.InRange(swarm.Tasks(web).Length, 1, 2);
    }
}
