using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;

namespace Skep.Tests.Agent.Tasks;

public class LogGatheringTests
{
    [Fact]
    public async Task The_logs_of_all_tasks_that_are_meant_are_read_to_their_ends()
    {
        await using var scene = new WorkerScene();
        scene.Runtime.Logs[new TaskId("t1")] = "one\n";
        scene.Runtime.Logs[new TaskId("t2")] = "two\n";
        scene.Runtime.Logs[new TaskId("t3")] = "of another service\n";
        await scene.GiveAllAsync(
            WorkerScene.NewTask("t1", TaskState.Running),
            WorkerScene.NewTask("t2", TaskState.Running),
            WorkerScene.NewTask("t3", TaskState.Running) with { ServiceId = new ServiceId("other") });
        var lines = new List<string>();
        await foreach (SwarmLogLine line in scene.Worker.ReadLogsAsync(
            new LogSelector { Services = [new ServiceId("service")] }, new LogQuery(), CancellationToken.None))
        {
            lines.Add(line.Data.ToUtf8());
        }

        Assert.Equal(["one\n", "two\n"], lines.Order());
    }

    [Fact]
    public async Task A_followed_log_goes_on_with_tasks_that_come_later()
    {
        await using var scene = new WorkerScene();
        scene.Runtime.Logs[new TaskId("t1")] = "one\n";
        scene.Runtime.Logs[new TaskId("t2")] = "two\n";
        await scene.GiveAllAsync(WorkerScene.NewTask("t1", TaskState.Running));
        await using IAsyncEnumerator<SwarmLogLine> lines = scene.Worker
            .ReadLogsAsync(
                new LogSelector { Nodes = [new NodeId("node")] },
                new LogQuery { Follow = true },
                CancellationToken.None)
            .GetAsyncEnumerator();
        Assert.True(await lines.MoveNextAsync());
        Assert.Equal("one\n", lines.Current.Data.ToUtf8());
        await scene.GiveAsync(WorkerScene.NewTask("t2", TaskState.Running));
        Assert.True(await lines.MoveNextAsync());
        Assert.Equal("two\n", lines.Current.Data.ToUtf8());
    }
}
