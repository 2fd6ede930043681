using System.Collections.Concurrent;
using Skep.Agent.Containers;
using Skep.Agent.Secrets;
using Skep.Agent.Session;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;
using Skep.Transport.Contracts;
using Skep.Transport.Parts;
using LogSelector = Skep.Swarm.ServiceLogs.LogSelector;
using SwarmTask = Skep.Swarm.Objects.SwarmTask;
using TaskState = Skep.Swarm.Objects.TaskState;

namespace Skep.Agent.Tasks;

/// <summary>What a node's worker works with.</summary>
public sealed record WorkerParts
{
    public required ITaskRuntime Runtime { get; init; }

    /// <summary>Where tasks' secrets and configs are put, for the runtime to read.</summary>
    public required Dependencies Dependencies { get; init; }

    /// <summary>For the worker's own files.</summary>
    public required string Folder { get; init; }

    public required SendReports Report { get; init; }

    public required TimeProvider Time { get; init; }

    public required Log Log { get; init; }
}

/// <summary>Carries out the tasks that managers give to this node.</summary>
/// <remarks>
/// Its end ends no container: the next worker, in this process or another one, finds them and goes on. What a task is
/// to become is said by managers alone; without them everything goes on as it was last wanted.
/// </remarks>
public sealed class TaskWorker : IAsyncDisposable
{
    private readonly WorkerParts parts;
    private readonly TaskFiles files;
    private readonly TaskReports reports;
    private readonly RunnerParts runnerParts;
    private readonly Background background;
    private readonly LogGathering logs;
    private readonly ConcurrentDictionary<TaskId, TaskRunner> runners = new();
    private TaskCompletionSource runnerBegun = NewSignal();
    private bool hasSwept;

    public TaskWorker(WorkerParts parts)
    {
        this.parts = parts;
        files = new TaskFiles(Path.Combine(parts.Folder, "tasks"), parts.Log);
        reports = new TaskReports(parts.Report, parts.Time, parts.Log);
        runnerParts = new RunnerParts(parts.Runtime, TakeStatus, parts.Time, parts.Log);
        background = new Background(parts.Log);
        logs = new LogGathering(
            parts.Runtime, () => runners.Values, () => Volatile.Read(ref runnerBegun).Task, parts.Log);
    }

    /// <summary>Goes on with the tasks of the disk. Called once, first.</summary>
    public void Load()
    {
        foreach (SwarmTask task in files.Load())
        {
            Begin(task);
        }
    }

    public Task RunAsync(CancellationToken stop) =>
        Supervise.RunAsync([reports.RunAsync, end => background.Failed.WaitAsync(end)], stop);

    /// <summary>Takes what a manager gives or takes away. Calls come one after another.</summary>
    public Task ApplyAsync(AssignmentNews news, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();

        // A task finds its secrets and configs there when it begins.
        parts.Dependencies.Apply(news);
        var assigned = new HashSet<TaskId>();
        foreach (AssignmentStep step in news.Steps)
        {
            if (step.Object is not SwarmTask task)
            {
                continue;
            }

            if (step.IsRemoval)
            {
                Unassign(task.Id);
            }
            else
            {
                assigned.Add(task.Id);
                Assign(task);
            }
        }

        if (news.IsComplete)
        {
            foreach (TaskId gone in runners.Keys.Where(id => !assigned.Contains(id)))
            {
                Unassign(gone);
            }

            SweepOnce();
        }

        return Task.CompletedTask;
    }

    /// <summary>The lines of this node's tasks, as a manager asks for them.</summary>
    public IAsyncEnumerable<SwarmLogLine> ReadLogsAsync(
        LogSelector selector, LogQuery query, CancellationToken stop) => logs.ReadAsync(selector, query, stop);

    /// <summary>A manager is there again.</summary>
    public void Hurry() => reports.Hurry();

    /// <summary>Ends the work on all tasks, and leaves their containers as they are.</summary>
    public ValueTask DisposeAsync() => background.DisposeAsync();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Assign(SwarmTask task)
    {
        if (!runners.TryGetValue(task.Id, out TaskRunner? runner))
        {
            Begin(runners.Count < TaskLimits.Tasks ? task : Refused(task));
            return;
        }

        if (runner.Update(task))
        {
            Keep(runner.Current);
        }

        // A report was lost, or its taker was no leader any more by then.
        if (runner.Current.Status is var status && (status.State > task.Status.State
            || (TaskTraffic.IsIll(status) && TaskTraffic.IsServing(task))))
        {
            reports.Add(task.Id, status);
        }
    }

    private SwarmTask Refused(SwarmTask task)
    {
        SwarmTask refused = task with
        {
            Status = task.Status with
            {
                State = TaskState.Rejected,
                Err = $"this node has {TaskLimits.Tasks} tasks and takes no more",
                Timestamp = SwarmTime.From(parts.Time.GetUtcNow()),
            },
        };
        reports.Add(refused.Id, refused.Status);
        return refused;
    }

    private void Begin(SwarmTask task)
    {
        var runner = new TaskRunner(task, runnerParts);
        runners[task.Id] = runner;
        Interlocked.Exchange(ref runnerBegun, NewSignal()).TrySetResult();
        background.Start($"task {task.Id}", async stop =>
        {
            await runner.RunAsync(stop);
            runners.TryRemove(task.Id, out _);
            files.Delete(task.Id);
        });
    }

    private void Unassign(TaskId id)
    {
        if (runners.TryGetValue(id, out TaskRunner? runner) && !runner.IsUnassigned)
        {
            reports.Forget(id);
            runner.Unassign();
        }
    }

    private void TakeStatus(SwarmTask task)
    {
        Keep(task);
        if (runners.TryGetValue(task.Id, out TaskRunner? runner) && !runner.IsUnassigned)
        {
            reports.Add(task.Id, task.Status);
        }
    }

    // Before it runs a task needs what managers alone have: its secrets, and credentials for its image.
    private void Keep(SwarmTask task)
    {
        if (task.Status.State >= TaskState.Running)
        {
            files.Save(task);
        }
    }

    // Once all tasks are known, containers of others are known to be left over.
    private void SweepOnce()
    {
        if (hasSwept)
        {
            return;
        }

        hasSwept = true;
        background.Start(
            "the removal of containers that belong to no task",
            stop => parts.Runtime.RemoveUnknownAsync(id => runners.ContainsKey(new TaskId(id)), stop));
    }
}
