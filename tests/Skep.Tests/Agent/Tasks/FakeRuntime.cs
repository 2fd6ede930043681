using System.Collections.Concurrent;
using Skep.Agent.Tasks;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;

namespace Skep.Tests.Agent.Tasks;

/// <summary>Runs nothing, writes down what it is asked, and ends what a test says has ended.</summary>
internal sealed class FakeRuntime : ITaskRuntime
{
    private readonly ConcurrentDictionary<TaskId, TaskCompletionSource<TaskEnd?>> ends = new();

    /// <summary>"prepare t1", "start t1" …</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Refuses a step by its name.</summary>
    public ConcurrentDictionary<string, RefusedException> Refusals { get; } = new();

    /// <summary>A step by its name waits for this, or for being broken off.</summary>
    public ConcurrentDictionary<string, Task> Holds { get; } = new();

    public ConcurrentDictionary<TaskId, string> Logs { get; } = new();

    public Func<string, bool>? Known { get; private set; }

    public void End(TaskId task, int exitCode) => EndOf(task).TrySetResult(new TaskEnd(exitCode, ""));

    public void BecomeIll(TaskId task) => EndOf(task).TrySetResult(null);

    public void Check(SwarmTask task) => Refuse("check");

    public Task PrepareAsync(SwarmTask task, CancellationToken stop) => DoAsync("prepare", task, stop);

    public async Task<TaskEnd?> StartAsync(SwarmTask task, CancellationToken stop)
    {
        await DoAsync("start", task, stop);
        return null;
    }

    public async Task<TaskEnd?> WaitAsync(SwarmTask task, CancellationToken stop)
    {
        await DoAsync("wait", task, stop);
        return await EndOf(task.Id).Task.WaitAsync(stop);
    }

    public async Task<TaskEnd> EndIllAsync(SwarmTask task, CancellationToken stop)
    {
        await DoAsync("end ill", task, stop);
        return new TaskEnd(137, "dockerexec: unhealthy container");
    }

    public Task StopAsync(SwarmTask task, CancellationToken stop) => DoAsync("stop", task, stop);

    public Task RemoveAsync(SwarmTask task, CancellationToken stop) => DoAsync("remove", task, stop);

    public TaskFacts? FactsOf(SwarmTask task) =>
        new(new ContainerStatus { ContainerId = "c-" + task.Id, Pid = 7 }, null);

    public async IAsyncEnumerable<SwarmLogLine> ReadLogAsync(
        SwarmTask task,
        LogQuery query,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        await Task.CompletedTask.WaitAsync(stop);
        if (Logs.TryGetValue(task.Id, out string? line))
        {
            yield return new SwarmLogLine { TaskId = task.Id, Data = Bytes.Utf8(line) };
        }
    }

    public Task RemoveUnknownAsync(Func<string, bool> isKnown, CancellationToken stop)
    {
        Known = isKnown;
        return Task.CompletedTask;
    }

    private TaskCompletionSource<TaskEnd?> EndOf(TaskId task) => ends.GetOrAdd(
        task, static _ => new TaskCompletionSource<TaskEnd?>(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task DoAsync(string step, SwarmTask task, CancellationToken stop)
    {
        Calls.Enqueue($"{step} {task.Id}");
        if (Holds.TryGetValue(step, out Task? hold))
        {
            await hold.WaitAsync(stop);
        }

        Refuse(step);
    }

    private void Refuse(string step)
    {
        if (Refusals.TryGetValue(step, out RefusedException? refusal))
        {
            throw refusal;
        }
    }
}
