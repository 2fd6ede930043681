using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Updates;
using Skep.Tests.Orchestration;

namespace Skep.Tests.Updates;

public class RollingUpdateTests
{
    private static ServiceId Create(ServiceSwarm swarm, ulong replicas, UpdateConfig? update, string image = "v1")
    {
        ServiceId id = swarm.Create(
            new ReplicatedService { Replicas = replicas }, image, spec => spec with { Update = update });
        swarm.Settle();
        return id;
    }

    private static SwarmDuration Seconds(double seconds) => SwarmDuration.From(TimeSpan.FromSeconds(seconds));

    private static int Count(ServiceSwarm swarm, ServiceId id, string image) =>
        swarm.Running(id).Count(task => task.Spec.Container!.Image == image);

    [Fact]
    public void Tasks_are_replaced_one_by_one_and_the_update_completes_when_they_stayed_up()
    {
        var swarm = new ServiceSwarm(3);
        ServiceId web = Create(swarm, 4, null);
        int fewest = 4;
        swarm.OnChange = now => fewest = Math.Min(fewest, now.Running(web).Length);
        swarm.SetImage(web, "v2");
        DateTimeOffset start = swarm.Now;
        swarm.Settle();
        Assert.Equal(4, Count(swarm, web, "v2"));
        Assert.Equal(3, fewest);
        UpdateStatus status = swarm.StatusOf(web)!;
        Assert.Equal((UpdateState.Updating, "update in progress"), (status.State, status.Message));
        ServiceSwarm.AssertNear(start, status.StartedAt);
        Assert.Null(status.CompletedAt);
        swarm.Pass(5);
        status = swarm.StatusOf(web)!;
        Assert.Equal((UpdateState.Completed, "update completed"), (status.State, status.Message));
        ServiceSwarm.AssertNear(start.AddSeconds(5), status.CompletedAt);
        Assert.Equal(8, swarm.Tasks(web).Length);
        Assert.Null(swarm.WakeAt);
    }

    [Theory]
    [InlineData(1, 10, 50)]
    [InlineData(2, 10, 25)]
    [InlineData(0, 10, 5)]
    [InlineData(3, 0, 5)]
    public void Parallelism_and_delay_set_the_pace(int parallelism, int delay, int seconds)
    {
        var swarm = new ServiceSwarm(3);
        ServiceId web = Create(swarm, 5, new() { Parallelism = (ulong)parallelism, Delay = Seconds(delay) });
        int fewest = 5;
        swarm.OnChange = now => fewest = Math.Min(fewest, now.Running(web).Length);
        swarm.SetImage(web, "v2");
        swarm.Settle();
        Assert.Equal(delay == 0 || parallelism == 0 ? 5 : parallelism, Count(swarm, web, "v2"));
        Assert.InRange(fewest, parallelism == 0 ? 0 : 5 - parallelism, 4);
        // The delay of the last tasks is nobody's, but they are watched for five seconds.
        swarm.Pass(seconds - 5.5);
        Assert.Equal(UpdateState.Updating, swarm.StatusOf(web)!.State);
        swarm.Pass(5.5);
        Assert.Equal(UpdateState.Completed, swarm.StatusOf(web)!.State);
        Assert.Equal(5, Count(swarm, web, "v2"));
    }

    [Fact]
    public void Starting_first_never_goes_below_what_is_asked_for()
    {
        var swarm = new ServiceSwarm(3);
        ServiceId web = Create(swarm, 3, new() { Parallelism = 1, Order = UpdateOrder.StartFirst });
        (int fewest, int most) = (3, 3);
        swarm.OnChange = now =>
        {
            fewest = Math.Min(fewest, now.Running(web).Length);
            most = Math.Max(most, now.Running(web).Length);
        };
        swarm.SetImage(web, "v2");
        swarm.Pass(5);
        Assert.Equal((3, 4), (fewest, most));
        Assert.Equal(3, Count(swarm, web, "v2"));
        Assert.Equal(UpdateState.Completed, swarm.StatusOf(web)!.State);
    }

    [Fact]
    public void A_service_with_a_host_port_stops_first_and_says_so()
    {
        var swarm = new ServiceSwarm(1);
        ServiceId web = swarm.Create(new ReplicatedService { Replicas = 1 }, "v1", spec => spec with
        {
            Update = new() { Parallelism = 1, Order = UpdateOrder.StartFirst },
            Endpoint = new()
            {
                Ports = [new() { TargetPort = 80, PublishedPort = 8080, PublishMode = PublishMode.Host }],
            },
        });
        swarm.Settle();
        swarm.SetImage(web, "v2");
        swarm.Settle();
        Assert.Equal(
            "update in progress (stop-first: two tasks cannot publish the same port of a node)",
            swarm.StatusOf(web)!.Message);
        Assert.Equal(1, Count(swarm, web, "v2"));
        Assert.Equal(UpdateState.Completed, swarm.Pass(5).StatusOf(web)!.State);
        ServiceSpec spec = swarm.Store.Services.Get(web)!.Spec;
        Assert.StartsWith("update-order start-first has no effect", UpdateRules.WarningOf(spec));
        Assert.Null(UpdateRules.WarningOf(spec with { Endpoint = null }));
        Assert.Null(UpdateRules.WarningOf(spec with { Update = null }));
    }

    [Fact]
    public void A_task_that_fails_while_it_is_watched_pauses_the_update()
    {
        var swarm = new ServiceSwarm(3);
        ServiceId web = Create(swarm, 3, null);
        swarm.SetImage(web, "bad");
        swarm.Settle();
        UpdateStatus status = swarm.StatusOf(web)!;
        SwarmTask first = swarm.Tasks(web).Where(task => task.Spec.Container!.Image == "bad")
            .MinBy(task => task.Status.AppliedAt!.Value)!;
        Assert.Equal(UpdateState.Paused, status.State);
        Assert.Equal($"update paused due to failure or early termination of task {first.Id}", status.Message);
        swarm.Pass(60);
        Assert.Equal(status, swarm.StatusOf(web));
        Assert.Equal(2, Count(swarm, web, "v1"));
        // With the next change the update goes on.
        swarm.SetImage(web, "v3");
        swarm.Pass(5);
        Assert.Equal(3, Count(swarm, web, "v3"));
        Assert.Equal(UpdateState.Completed, swarm.StatusOf(web)!.State);
    }

    [Fact]
    public void A_paused_update_is_resumed_by_the_same_spec_and_forgives_what_failed()
    {
        var swarm = new ServiceSwarm(3);
        ServiceId web = Create(swarm, 3, new() { Parallelism = 1, Delay = Seconds(1) });
        swarm.SetImage(web, "v2");
        swarm.Settle();
        swarm.Report(swarm.Running(web).Single(task => task.Spec.Container!.Image == "v2").Id, TaskState.Failed);
        swarm.Pass(10);
        Assert.Equal(UpdateState.Paused, swarm.StatusOf(web)!.State);
        Assert.Equal((2, 1), (Count(swarm, web, "v1"), Count(swarm, web, "v2")));
        swarm.Update(web, spec => spec);
        swarm.Pass(20);
        Assert.Equal(UpdateState.Completed, swarm.StatusOf(web)!.State);
        Assert.Equal(3, Count(swarm, web, "v2"));
    }

    [Fact]
    public void Failures_up_to_the_ratio_are_borne()
    {
        var swarm = new ServiceSwarm(3);
        UpdateConfig update = new() { Parallelism = 1, Delay = Seconds(1), MaxFailureRatio = 0.25f };
        ServiceId web = Create(swarm, 4, update);
        void FailNewest()
        {
            swarm.Report(
                swarm.Running(web).Where(task => task.Spec.Container!.Image == "v2")
                    .MaxBy(task => task.Meta.CreatedAt!.Value)!.Id,
                TaskState.Failed);
            swarm.Settle();
        }
        swarm.SetImage(web, "v2");
        swarm.Settle();
        FailNewest();
        Assert.Equal(UpdateState.Updating, swarm.StatusOf(web)!.State);
        swarm.Pass(1);
        FailNewest();
        Assert.Equal(UpdateState.Paused, swarm.StatusOf(web)!.State);
    }

    [Fact]
    public void An_update_that_shall_go_on_goes_on()
    {
        var swarm = new ServiceSwarm(3);
        ServiceId web = Create(swarm, 3, new() { Parallelism = 1, FailureAction = UpdateFailureAction.Continue });
        swarm.SetImage(web, "bad");
        swarm.Settle();
        Assert.Equal(0, Count(swarm, web, "v1"));
        Assert.Equal(UpdateState.Completed, swarm.Pass(5).StatusOf(web)!.State);
    }

    [Fact]
    public void A_failure_after_its_watch_is_none_of_the_update_also_for_the_next_leader()
    {
        var swarm = new ServiceSwarm(3);
        ServiceId web = Create(swarm, 3, new() { Parallelism = 1, Delay = Seconds(20) });
        swarm.SetImage(web, "v2");
        swarm.Pass(6);
        swarm.ChangeLeader();
        swarm.Report(swarm.Running(web).Single(task => task.Spec.Container!.Image == "v2").Id, TaskState.Failed);
        swarm.Pass(60);
        Assert.Equal(UpdateState.Completed, swarm.StatusOf(web)!.State);
        Assert.Equal(3, Count(swarm, web, "v2"));
    }

    [Fact]
    public void A_failed_update_goes_back_by_itself()
    {
        var swarm = new ServiceSwarm(3);
        ServiceId web = Create(swarm, 3, new() { Parallelism = 1, FailureAction = UpdateFailureAction.Rollback });
        Service before = swarm.Store.Services.Get(web)!;
        var messages = new List<(UpdateState, string)>();
        swarm.OnChange = now =>
        {
            if (now.StatusOf(web) is { } status && (messages.Count == 0 || messages[^1].Item1 != status.State))
            {
                messages.Add((status.State, status.Message));
            }
        };
        swarm.SetImage(web, "bad");
        swarm.Pass(60);
        TaskId failed = swarm.Tasks(web).Where(task => task.Spec.Container!.Image == "bad")
            .MinBy(task => task.Status.AppliedAt!.Value)!.Id;
        Assert.Equal(
            [
                (UpdateState.Updating, "update in progress"),
                (UpdateState.RollbackStarted,
                    $"update rolled back due to failure or early termination of task {failed}"),
                (UpdateState.RollbackCompleted, "rollback completed"),
            ],
            messages);
        Assert.Equal(3, Count(swarm, web, "v1"));
        Service after = swarm.Store.Services.Get(web)!;
        Assert.Equal((before.Spec, before.SpecVersion), (after.Spec, after.SpecVersion));
        Assert.Null(after.PreviousSpec);
        Assert.Null(after.PreviousSpecVersion);
    }

    [Fact]
    public void A_rollback_that_fails_is_paused_and_never_turned_again()
    {
        var swarm = new ServiceSwarm(3);
        UpdateConfig update = new() { Parallelism = 1, FailureAction = UpdateFailureAction.Rollback };
        ServiceId web = Create(swarm, 2, update, "bad");
        swarm.SetImage(web, "v2");
        swarm.Pass(10);
        swarm.Change(store =>
        {
            Service service = store.Services.Get(web)!;
            store.Update(service with
            {
                Spec = service.PreviousSpec!,
                SpecVersion = service.PreviousSpecVersion,
                PreviousSpec = service.Spec,
                PreviousSpecVersion = service.SpecVersion,
                UpdateStatus = new()
                {
                    State = UpdateState.RollbackStarted,
                    Message = "manually requested rollback",
                    StartedAt = SwarmTime.From(swarm.Now),
                },
            });
        });
        swarm.Pass(60);
        UpdateStatus status = swarm.StatusOf(web)!;
        Assert.Equal(UpdateState.RollbackPaused, status.State);
        Assert.StartsWith("rollback paused due to failure or early termination of task ", status.Message);
        Assert.Equal(1, Count(swarm, web, "v2"));
    }

    [Fact]
    public void A_leader_that_changes_in_the_middle_changes_nothing()
    {
        var swarm = new ServiceSwarm(3);
        ServiceId web = Create(swarm, 6, new() { Parallelism = 2, Delay = Seconds(2) });
        (int fewest, int most) = (6, 6);
        swarm.OnChange = now =>
        {
            fewest = Math.Min(fewest, now.Running(web).Length);
            most = Math.Max(most, now.Running(web).Length);
            now.ChangeLeader();
        };
        swarm.SetImage(web, "v2");
        swarm.Pass(4 + 5);
        Assert.Equal((4, 6), (fewest, most));
        Assert.Equal(6, Count(swarm, web, "v2"));
        Assert.Equal(UpdateState.Completed, swarm.StatusOf(web)!.State);
        Assert.Equal(12, swarm.Tasks(web).Length);
    }

    [Fact]
    public void What_is_out_of_date_without_a_difference_that_matters_stays()
    {
        var swarm = new ServiceSwarm(2);
        ServiceId web = Create(swarm, 2, null);
        TaskId[] before = [.. swarm.Running(web).Select(task => task.Id)];
        swarm.Update(web, spec => spec with
        {
            Annotations = spec.Annotations with { Labels = ValueMap.Of(("a", "b")) },
            Task = spec.Task with
            {
                Placement = new() { Constraints = ["node.role == worker"] },
            },
        });
        swarm.Pass(10);
        Assert.Equal(before, swarm.Running(web).Select(task => task.Id));
        Assert.Null(swarm.StatusOf(web));
        swarm.Update(web, spec => spec with { Task = spec.Task with { ForceUpdate = 1 } });
        swarm.Pass(10);
        Assert.DoesNotContain(swarm.Running(web), task => before.Contains(task.Id));
    }

    [Fact]
    public void A_task_that_waits_for_a_node_is_replaced_without_waiting_for_it()
    {
        var swarm = new ServiceSwarm(1);
        ServiceId web = Create(swarm, 1, null);
        swarm.Update(web, spec => spec with
        {
            Task = spec.Task with { Placement = new() { Constraints = ["node.hostname == nowhere"] } },
        });
        swarm.Pass(5);
        Assert.Empty(swarm.Running(web));
        swarm.Update(web, spec => spec with { Task = spec.Task with { Placement = null } });
        Assert.Single(swarm.Settle().Running(web));
    }

    [Fact]
    public void A_global_service_is_updated_node_by_node()
    {
        var swarm = new ServiceSwarm(4);
        ServiceId watch = swarm.Create(new GlobalService(), "v1");
        swarm.Settle();
        int fewest = 4;
        swarm.OnChange = now => fewest = Math.Min(fewest, now.Running(watch).Length);
        swarm.SetImage(watch, "v2");
        swarm.Pass(5);
        Assert.Equal((3, 4), (fewest, Count(swarm, watch, "v2")));
        Assert.Equal(UpdateState.Completed, swarm.StatusOf(watch)!.State);
        Assert.Equal(4, swarm.Running(watch).Select(task => task.NodeId).Distinct().Count());
    }

    [Fact]
    public void Growing_and_changing_at_once_does_both()
    {
        var swarm = new ServiceSwarm(3);
        ServiceId web = Create(swarm, 2, null);
        swarm.Update(web, spec => spec with
        {
            Mode = new ReplicatedService { Replicas = 4 },
            Task = spec.Task with { Runtime = new ContainerSpec { Image = "v2" } },
        });
        swarm.Pass(5);
        Assert.Equal(4, Count(swarm, web, "v2"));
        Assert.Equal(UpdateState.Completed, swarm.StatusOf(web)!.State);
    }
}
