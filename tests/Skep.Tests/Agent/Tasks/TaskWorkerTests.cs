using System.Text;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;

namespace Skep.Tests.Agent.Tasks;

public class TaskWorkerTests
{
    [Fact]
    public async Task A_task_that_shall_run_is_prepared_started_and_waited_for()
    {
        await using var scene = new WorkerScene();
        await scene.GiveAllAsync(WorkerScene.NewTask("t1", TaskState.Running));
        SwarmTaskStatus running = await scene.ReportedAsync("t1", TaskState.Running);
        Assert.Equal("started", running.Message);
        Assert.Equal("", running.Err);
        Assert.Equal("c-t1", running.Container?.ContainerId);
        await scene.UntilAsync(() => scene.Runtime.Calls.Contains("wait t1"));
        Assert.Equal(["prepare t1", "start t1", "wait t1"], scene.Runtime.Calls);

        scene.Runtime.End(new TaskId("t1"), 0);
        SwarmTaskStatus complete = await scene.ReportedAsync("t1", TaskState.Complete);
        Assert.Equal("finished", complete.Message);
    }

    [Fact]
    public async Task A_container_that_fails_is_reported_with_its_exit_code()
    {
        await using var scene = new WorkerScene();
        await scene.GiveAllAsync(WorkerScene.NewTask("t1", TaskState.Running));
        scene.Runtime.End(new TaskId("t1"), 3);
        SwarmTaskStatus failed = await scene.ReportedAsync("t1", TaskState.Failed);
        Assert.Equal("task: non-zero exit (3)", failed.Err);
        Assert.Equal("started", failed.Message);
        Assert.Equal(3, failed.Container?.ExitCode);
    }

    [Fact]
    public async Task A_container_that_is_ill_is_told_of_before_it_is_stopped()
    {
        await using var scene = new WorkerScene();
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        scene.Runtime.Holds["end ill"] = held.Task;
        await scene.GiveAllAsync(OnNetwork("t1"));
        await scene.ReportedAsync("t1", TaskState.Running);
        scene.Runtime.BecomeIll(new TaskId("t1"));
        SwarmTaskStatus ill = await scene.ReportedAsync("t1", TaskState.Running);
        Assert.True(TaskTraffic.IsIll(ill));
        await scene.UntilAsync(() => scene.Runtime.Calls.Contains("end ill t1"));
        held.SetResult();
        SwarmTaskStatus failed = await scene.ReportedAsync("t1", TaskState.Failed);
        Assert.Equal("task: non-zero exit (137): dockerexec: unhealthy container", failed.Err);
    }

    [Fact]
    public async Task A_container_that_is_ill_and_on_no_network_is_stopped_at_once()
    {
        await using var scene = new WorkerScene();
        await scene.GiveAllAsync(WorkerScene.NewTask("t1", TaskState.Running));
        Assert.Equal("", (await scene.ReportedAsync("t1", TaskState.Running)).Err);
        scene.Runtime.BecomeIll(new TaskId("t1"));
        Assert.NotEqual("", (await scene.NextReportAsync("t1")).Err);
        Assert.Equal(["prepare t1", "start t1", "wait t1", "end ill t1"], scene.Runtime.Calls);
    }

    [Fact]
    public async Task A_restarted_daemon_ends_what_was_ill_and_does_not_wait_for_it_to_get_well()
    {
        await using var before = new WorkerScene();
        before.Runtime.Holds["end ill"] = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        await before.GiveAllAsync(OnNetwork("t1"));
        before.Runtime.BecomeIll(new TaskId("t1"));
        await before.UntilAsync(() => before.Runtime.Calls.Contains("end ill t1"));
        before.Runtime.Holds.Clear();
        await using WorkerScene after = await before.RestartAsync();
        await after.ReportedAsync("t1", TaskState.Failed);
        Assert.DoesNotContain("wait t1", after.Runtime.Calls);
    }

    [Fact]
    public async Task A_manager_that_takes_an_ill_task_for_well_is_told_again()
    {
        await using var scene = new WorkerScene();
        scene.Runtime.Holds["end ill"] = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        SwarmTask task = OnNetwork("t1");
        await scene.GiveAllAsync(task);
        scene.Runtime.BecomeIll(new TaskId("t1"));
        await scene.UntilAsync(() => scene.Runtime.Calls.Contains("end ill t1"));
        await scene.GiveAllAsync(task with { Status = new SwarmTaskStatus { State = TaskState.Running } });
        for (int told = 0; told < 2;)
        {
            told += TaskTraffic.IsIll(await scene.ReportedAsync("t1", TaskState.Running)) ? 1 : 0;
        }
    }

    [Fact]
    public async Task A_task_that_shall_be_ready_is_started_only_when_it_shall_run()
    {
        await using var scene = new WorkerScene();
        SwarmTask task = WorkerScene.NewTask("t1", TaskState.Ready);
        await scene.GiveAllAsync(task);
        await scene.ReportedAsync("t1", TaskState.Ready);
        Assert.Equal(["prepare t1"], scene.Runtime.Calls);
        await scene.GiveAsync(task with { DesiredState = TaskState.Running });
        await scene.ReportedAsync("t1", TaskState.Running);
        Assert.Contains("start t1", scene.Runtime.Calls);
    }

    [Fact]
    public async Task A_preparation_that_fails_rejects_the_task_with_the_reason()
    {
        await using var scene = new WorkerScene();
        scene.Runtime.Refusals["prepare"] = new RefusedException(ErrorKind.NotFound, "No such image: nope:latest");
        await scene.GiveAllAsync(WorkerScene.NewTask("t1", TaskState.Running));
        SwarmTaskStatus rejected = await scene.ReportedAsync("t1", TaskState.Rejected);
        Assert.Equal("No such image: nope:latest", rejected.Err);
        Assert.Equal("preparing", rejected.Message);
    }

    [Fact]
    public async Task A_start_that_fails_fails_the_task_with_the_reason()
    {
        await using var scene = new WorkerScene();
        scene.Runtime.Refusals["start"] = new RefusedException(ErrorKind.Failed, "starting container failed: no");
        await scene.GiveAllAsync(WorkerScene.NewTask("t1", TaskState.Running));
        SwarmTaskStatus failed = await scene.ReportedAsync("t1", TaskState.Failed);
        Assert.Equal("starting container failed: no", failed.Err);
    }

    [Fact]
    public async Task What_a_node_cannot_run_is_rejected_before_anything_is_made()
    {
        await using var scene = new WorkerScene();
        scene.Runtime.Refusals["check"] = new RefusedException(ErrorKind.Unsupported, "no");
        await scene.GiveAllAsync(WorkerScene.NewTask("t1", TaskState.Running));
        Assert.Equal("no", (await scene.ReportedAsync("t1", TaskState.Rejected)).Err);
        Assert.Empty(scene.Runtime.Calls);
    }

    [Fact]
    public async Task A_wish_to_end_breaks_off_a_preparation_and_stops_what_runs()
    {
        await using var scene = new WorkerScene();
        scene.Runtime.Holds["prepare"] = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        SwarmTask task = WorkerScene.NewTask("t1", TaskState.Running);
        await scene.GiveAllAsync(task);
        await scene.UntilAsync(() => scene.Runtime.Calls.Contains("prepare t1"));
        await scene.GiveAsync(task with { DesiredState = TaskState.Shutdown });
        SwarmTaskStatus ended = await scene.ReportedAsync("t1", TaskState.Shutdown);
        Assert.Equal("shutdown", ended.Message);
        Assert.Equal(["prepare t1", "stop t1"], scene.Runtime.Calls);
    }

    [Fact]
    public async Task A_task_that_is_taken_away_is_stopped_and_removed_with_its_file()
    {
        await using var scene = new WorkerScene();
        SwarmTask task = WorkerScene.NewTask("t1", TaskState.Running);
        await scene.GiveAllAsync(task);
        await scene.ReportedAsync("t1", TaskState.Running);
        Assert.Equal(["t1"], scene.Files);
        await scene.TakeAwayAsync(task);
        await scene.UntilAsync(() => scene.Files.Length == 0);
        Assert.Equal(["stop t1", "remove t1"], scene.Runtime.Calls.TakeLast(2));
    }

    [Fact]
    public async Task Tasks_that_a_complete_list_does_not_name_are_taken_away()
    {
        await using var scene = new WorkerScene();
        SwarmTask first = WorkerScene.NewTask("t1", TaskState.Running);
        await scene.GiveAllAsync(first, WorkerScene.NewTask("t2", TaskState.Running));
        await scene.ReportedAsync("t2", TaskState.Running);
        await scene.GiveAllAsync(first);
        await scene.UntilAsync(() => scene.Runtime.Calls.Contains("remove t2"));
        Assert.DoesNotContain("remove t1", scene.Runtime.Calls);
    }

    [Fact]
    public async Task Containers_of_tasks_that_a_complete_list_does_not_name_are_left_over()
    {
        await using var scene = new WorkerScene();
        await scene.GiveAllAsync(WorkerScene.NewTask("t1", TaskState.Running));
        await scene.UntilAsync(() => scene.Runtime.Known is not null);
        Assert.True(scene.Runtime.Known!("t1"));
        Assert.False(scene.Runtime.Known!("t9"));
    }

    [Fact]
    public async Task A_removal_that_fails_is_tried_again()
    {
        await using var scene = new WorkerScene();
        SwarmTask task = WorkerScene.NewTask("t1", TaskState.Running);
        await scene.GiveAllAsync(task);
        await scene.ReportedAsync("t1", TaskState.Running);
        scene.Runtime.Refusals["remove"] = new RefusedException(ErrorKind.Failed, "busy");
        await scene.TakeAwayAsync(task);
        await scene.UntilAsync(() => scene.Runtime.Calls.Contains("remove t1"));
        scene.Runtime.Refusals.Clear();
        await scene.UntilAsync(() => scene.Files.Length == 0);
        Assert.True(scene.Runtime.Calls.Count(static call => call == "remove t1") > 1);
    }

    [Fact]
    public async Task A_task_that_cannot_be_stopped_is_stopped_again_and_never_called_failed()
    {
        await using var scene = new WorkerScene();
        SwarmTask task = WorkerScene.NewTask("t1", TaskState.Running);
        await scene.GiveAllAsync(task);
        await scene.ReportedAsync("t1", TaskState.Running);
        scene.Runtime.Refusals["stop"] = new RefusedException(ErrorKind.Failed, "did not receive an exit event");
        await scene.GiveAsync(task with { DesiredState = TaskState.Shutdown });
        await scene.UntilAsync(() => scene.Runtime.Calls.Contains("stop t1"));
        scene.Runtime.Refusals.Clear();
        Assert.Equal("", (await scene.ReportedAsync("t1", TaskState.Shutdown)).Err);
    }

    [Fact]
    public async Task What_a_manager_did_not_take_is_told_to_the_next()
    {
        await using var scene = new WorkerScene();
        scene.IsAway = true;
        await scene.GiveAllAsync(WorkerScene.NewTask("t1", TaskState.Running));
        await scene.UntilAsync(() => scene.Runtime.Calls.Contains("wait t1"));
        scene.IsAway = false;
        scene.Worker.Hurry();
        await scene.ReportedAsync("t1", TaskState.Running);
    }

    [Fact]
    public async Task A_manager_that_knows_less_is_told_again()
    {
        await using var scene = new WorkerScene();
        SwarmTask task = WorkerScene.NewTask("t1", TaskState.Running);
        await scene.GiveAllAsync(task);
        await scene.ReportedAsync("t1", TaskState.Running);
        await scene.GiveAllAsync(task with { Status = new SwarmTaskStatus { State = TaskState.Preparing } });
        await scene.ReportedAsync("t1", TaskState.Running);
    }

    [Fact]
    public async Task A_restarted_daemon_goes_on_waiting_before_any_manager_speaks()
    {
        await using var before = new WorkerScene();
        await before.GiveAllAsync(WorkerScene.NewTask("t1", TaskState.Running));
        await before.ReportedAsync("t1", TaskState.Running);
        await using WorkerScene after = await before.RestartAsync();
        await after.UntilAsync(() => after.Runtime.Calls.Contains("wait t1"));
        after.Runtime.End(new TaskId("t1"), 9);
        await after.ReportedAsync("t1", TaskState.Failed);
        Assert.Equal(["wait t1"], after.Runtime.Calls);
    }

    [Fact]
    public async Task A_restarted_daemon_waits_for_managers_with_what_had_not_begun_to_run()
    {
        await using var before = new WorkerScene();
        before.Runtime.Holds["prepare"] = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        SwarmTask task = WorkerScene.NewTask("t1", TaskState.Running);
        await before.GiveAllAsync(task);
        await before.UntilAsync(() => before.Runtime.Calls.Contains("prepare t1"));
        Assert.Empty(before.Files);
        await using WorkerScene after = await before.RestartAsync();
        Assert.Empty(after.Runtime.Calls);
        after.Runtime.Holds.Clear();
        await after.GiveAllAsync(task);
        await after.ReportedAsync("t1", TaskState.Running);
    }

    private static SwarmTask OnNetwork(string id) => WorkerScene.NewTask(id, TaskState.Running) with
    {
        Networks =
        [
            new NetworkAttachment
            {
                Network = new SwarmNetwork { Id = new NetworkId("front") }, Addresses = ["10.0.1.3/24"],
            },
        ],
    };

    [Fact]
    public async Task Credentials_of_registries_are_on_no_disk()
    {
        await using var scene = new WorkerScene();
        await scene.GiveAllAsync(WorkerScene.NewTask("t1", TaskState.Running));
        await scene.ReportedAsync("t1", TaskState.Running);
        string content = Encoding.Latin1.GetString(scene.ReadFile("t1"));
        Assert.Contains("alpine", content);
        Assert.DoesNotContain("a-password-of-a-registry", content);
    }
}
