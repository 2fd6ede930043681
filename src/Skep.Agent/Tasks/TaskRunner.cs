using System.Diagnostics;
using Skep.Linux.Files;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;
using Skep.Transport.Rpc;

namespace Skep.Agent.Tasks;

/// <summary>What a runner works with, and whom it tells.</summary>
/// <param name="OnStatus">Called for every new status of a task.</param>
internal sealed record RunnerParts(
    ITaskRuntime Runtime, Action<SwarmTask> OnStatus, TimeProvider Time, Log Log);

/// <summary>Carries one task out, from its assignment until it is taken away.</summary>
/// <remarks>
/// One loop does one step after another. What managers want comes in from outside and is looked at between steps; a
/// wish to end breaks off whatever step is under way. Wishes only grow, as tasks only move forward.
/// </remarks>
internal sealed class TaskRunner(SwarmTask first, RunnerParts parts)
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource ending = new();
    private SwarmTask task = first;
    private bool isUnassigned;
    private readonly TaskCompletionSource hasContainer = NewChange();
    private TaskCompletionSource changed = NewChange();

    /// <summary>The task as it is wanted, and how far it has come.</summary>
    public SwarmTask Current
    {
        get
        {
            lock (gate)
            {
                return task;
            }
        }
    }

    /// <summary>Ends when a container was made for it.</summary>
    public Task HasContainer => hasContainer.Task;

    public bool IsUnassigned
    {
        get
        {
            lock (gate)
            {
                return isUnassigned;
            }
        }
    }

    /// <summary>Takes what managers want now.</summary>
    /// <returns>False: that was known.</returns>
    public bool Update(SwarmTask wanted)
    {
        lock (gate)
        {
            bool isNews = wanted.DesiredState > task.DesiredState;

            // A task from the disk lacks what is not kept there, such as credentials.
            task = wanted with
            {
                Status = task.Status,
                DesiredState = isNews ? wanted.DesiredState : task.DesiredState,
            };
            if (!isNews)
            {
                return false;
            }

            TellChange_NeedsLock();
        }

        if (wanted.DesiredState >= TaskState.Shutdown)
        {
            ending.Cancel();
        }

        return true;
    }

    /// <summary>The task is no longer this node's: its container goes, and the loop ends.</summary>
    public void Unassign()
    {
        lock (gate)
        {
            isUnassigned = true;
            TellChange_NeedsLock();
        }

        ending.Cancel();
    }

    /// <summary>Ends when the task was taken away and its container is gone.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        TellContainer(Current.Status.State);
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            (SwarmTask now, bool isGone, Task change) = Look();
            if (isGone)
            {
                await RemoveAsync(now, stop);
                return;
            }

            TaskAction action = TaskSteps.Next(now.Status.State, now.DesiredState);
            if (action == TaskAction.Rest)
            {
                await change.WaitAsync(stop);
            }
            else
            {
                await StepAsync(now, action, stop);
            }
        }
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private (SwarmTask Now, bool IsUnassigned, Task Changed) Look()
    {
        lock (gate)
        {
            return (task, isUnassigned, changed.Task);
        }
    }

    private void TellChange_NeedsLock()
    {
        changed.TrySetResult();
        changed = NewChange();
    }

    private async Task StepAsync(SwarmTask now, TaskAction action, CancellationToken stop)
    {
        using CancellationTokenSource? breakable = action == TaskAction.Shutdown
            ? null
            : CancellationTokenSource.CreateLinkedTokenSource(stop, ending.Token);
        try
        {
            Take(now, await PerformAsync(now, action, breakable?.Token ?? stop));
        }
        catch (OperationCanceledException) when (breakable?.IsCancellationRequested == true
            && !stop.IsCancellationRequested)
        {
            parts.Log.Debug("a step of a task was broken off", ("task", now.Id), ("step", action));
        }
        catch (Exception e) when (action == TaskAction.Shutdown
            && e is RefusedException or (IOException and not SyncFailedException))
        {
            // What could not be stopped may be running: it must neither be forgotten nor be called failed.
            await PauseAsync(now, action, e.Message, stop);
        }
        catch (RefusedException e)
        {
            Fail(now, e.Message);
        }
        catch (IOException e) when (e is not SyncFailedException)
        {
            Fail(now, e.Message);
        }
        catch (RpcException e)
        {
            await PauseAsync(now, action, e.Detail, stop);
        }
    }

    private Task PauseAsync(SwarmTask now, TaskAction action, string reason, CancellationToken stop)
    {
        parts.Log.Warn("a step of a task is tried again", ("task", now.Id), ("step", action), ("reason", reason));
        return Task.Delay(TaskLimits.StepPause, parts.Time, stop);
    }

    private async Task<SwarmTaskStatus> PerformAsync(SwarmTask now, TaskAction action, CancellationToken stop)
    {
        switch (action)
        {
            case TaskAction.Accept:
                parts.Runtime.Check(now);
                return Moved(now, TaskState.Accepted, "accepted");
            case TaskAction.BeginPreparing:
                return Moved(now, TaskState.Preparing, "preparing");
            case TaskAction.Prepare:
                await parts.Runtime.PrepareAsync(now, stop);
                return Moved(now, TaskState.Ready, "prepared");
            case TaskAction.BeginStarting:
                return Moved(now, TaskState.Starting, "starting");
            case TaskAction.Start:
                return await parts.Runtime.StartAsync(now, stop) is { IsGood: false } early
                    ? Ended(now, early)
                    : Moved(now, TaskState.Running, "started");
            case TaskAction.Wait:
                return await WaitAsync(now, stop);
            case TaskAction.Shutdown:
                await parts.Runtime.StopAsync(now, stop);
                return Moved(now, TaskState.Shutdown, "shutdown");
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>One that is ill is told of before it is stopped, so that other nodes cease to send to it.</summary>
    private async Task<SwarmTaskStatus> WaitAsync(SwarmTask now, CancellationToken stop)
    {
        if (TaskTraffic.IsIll(now.Status))
        {
            return Ended(now, await parts.Runtime.EndIllAsync(now, stop));
        }

        TaskEnd? end = await parts.Runtime.WaitAsync(now, stop);
        if (end is null && TaskTraffic.IsReachedFromOtherNodes(now))
        {
            return now.Status with { Err = TaskTraffic.Ill };
        }

        end ??= await parts.Runtime.EndIllAsync(now, stop);
        return end.IsGood ? Moved(now, TaskState.Complete, "finished") : Ended(now, end);
    }

    private static SwarmTaskStatus Moved(SwarmTask now, TaskState state, string message) =>
        now.Status with { State = state, Message = message, Err = "" };

    private static SwarmTaskStatus Ended(SwarmTask now, TaskEnd end) => now.Status with
    {
        State = TaskState.Failed,
        Err = end.Words,
        Container = (now.Status.Container ?? new ContainerStatus()) with { ExitCode = end.ExitCode },
    };

    private void Fail(SwarmTask now, string error)
    {
        parts.Log.Warn("a task failed", ("task", now.Id), ("state", now.Status.State), ("reason", error));
        Take(now, now.Status with { State = TaskSteps.Failed(now.Status.State), Err = error });
    }

    private void Take(SwarmTask now, SwarmTaskStatus status)
    {
        if (status.State >= TaskState.Starting && parts.Runtime.FactsOf(now) is { } facts)
        {
            // A container that has ended may be gone already, or be known with an exit code that is not the task's.
            int exitCode = status.State == TaskState.Failed && status.Container is { ExitCode: not 0 } own
                ? own.ExitCode
                : facts.Container.ExitCode;
            status = status with
            {
                Container = facts.Container with { ExitCode = exitCode },
                PortStatus = facts.Ports,
            };
        }

        SwarmTask after;
        lock (gate)
        {
            after = task with
            {
                Status = status with { Timestamp = SwarmTime.From(parts.Time.GetUtcNow()) },
            };
            task = after;
        }

        TellContainer(after.Status.State);
        parts.OnStatus(after);
    }

    private void TellContainer(TaskState state)
    {
        if (state is >= TaskState.Ready and not TaskState.Rejected)
        {
            hasContainer.TrySetResult();
        }
    }

    private async Task RemoveAsync(SwarmTask now, CancellationToken stop)
    {
        TimeSpan pause = TaskLimits.StepPause;
        while (true)
        {
            try
            {
                await parts.Runtime.StopAsync(now, stop);
                await parts.Runtime.RemoveAsync(now, stop);
                return;
            }
            catch (Exception e) when (
                e is RefusedException or RpcException or (IOException and not SyncFailedException))
            {
                parts.Log.Warn(
                    "a task's container cannot be removed yet", ("task", now.Id), ("reason", e.Message));
            }

            await Task.Delay(pause, parts.Time, stop);
            pause = pause * 2 < TaskLimits.RemovalPauseMax ? pause * 2 : TaskLimits.RemovalPauseMax;
        }
    }
}
