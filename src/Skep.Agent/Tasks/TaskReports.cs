using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Rpc;

namespace Skep.Agent.Tasks;

/// <summary>Sends a report to whichever manager there is.</summary>
/// <exception cref="RpcException">It was not taken.</exception>
public delegate Task SendReports(IReadOnlyList<(TaskId Task, SwarmTaskStatus Status)> reports, CancellationToken stop);

/// <summary>Tells managers how tasks fare: the newest status of each, until it was taken.</summary>
/// <remarks>
/// Thread-safe. While one report is under way others gather, so that a busy node sends few and full ones. What is not
/// taken waits for the next try; a newer status of the same task takes its place.
/// </remarks>
internal sealed class TaskReports(SendReports send, TimeProvider time, Log log)
{
    private readonly Lock gate = new();
    private readonly Dictionary<TaskId, SwarmTaskStatus> waiting = [];
    private readonly SemaphoreSlim arrived = new(0);
    private TaskCompletionSource managerIsThere = NewSignal();

    public void Add(TaskId task, SwarmTaskStatus status)
    {
        lock (gate)
        {
            waiting[task] = status;
        }

        arrived.Release();
    }

    /// <summary>Nobody wants to hear of it any more.</summary>
    public void Forget(TaskId task)
    {
        lock (gate)
        {
            waiting.Remove(task);
        }
    }

    /// <summary>There is a manager again: what waits for the next try is sent at once.</summary>
    public void Hurry() => Interlocked.Exchange(ref managerIsThere, NewSignal()).TrySetResult();

    public async Task RunAsync(CancellationToken stop)
    {
        TimeSpan pause = TaskLimits.ReportPause;
        while (true)
        {
            await arrived.WaitAsync(stop);
            List<(TaskId Task, SwarmTaskStatus Status)> batch = Draw();
            if (batch.Count == 0)
            {
                continue;
            }

            Task signal = Volatile.Read(ref managerIsThere).Task;
            try
            {
                await send(batch, stop);
                pause = TaskLimits.ReportPause;
            }
            catch (RpcException e) when (e.Status is RpcStatus.PermissionDenied or RpcStatus.InvalidArgument)
            {
                log.Error("a report about tasks was refused", ("reason", e.Detail));
            }
            catch (RpcException e)
            {
                log.Debug("a report about tasks was not taken", ("reason", e.Detail));
                PutBack(batch);
                await PauseAsync(signal, pause, stop);
                pause = pause * 2 < TaskLimits.ReportPauseMax ? pause * 2 : TaskLimits.ReportPauseMax;
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task PauseAsync(Task signal, TimeSpan pause, CancellationToken stop)
    {
        try
        {
            await signal.WaitAsync(pause, time, stop);
        }
        catch (TimeoutException)
        {
            // Nobody has said that there is a manager; it is tried nevertheless.
        }
    }

    private List<(TaskId Task, SwarmTaskStatus Status)> Draw()
    {
        lock (gate)
        {
            var batch = waiting.Take(TaskLimits.ReportsAtOnce).Select(pair => (pair.Key, pair.Value)).ToList();
            foreach ((TaskId task, _) in batch)
            {
                waiting.Remove(task);
            }

            if (waiting.Count > 0)
            {
                arrived.Release();
            }

            return batch;
        }
    }

    private void PutBack(List<(TaskId Task, SwarmTaskStatus Status)> batch)
    {
        lock (gate)
        {
            foreach ((TaskId task, SwarmTaskStatus status) in batch)
            {
                waiting.TryAdd(task, status);
            }
        }

        arrived.Release();
    }
}
