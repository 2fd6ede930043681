using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Agent.Containers;

/// <summary>Work that a request or an event set off and nobody waits for: restarts, health probes, output.</summary>
/// <remarks>
/// Owned by the engine, which ends with it: a failure that nobody can handle ends <see cref="Failed"/> and so the
/// process; refusals are logged. Thread-safe.
/// </remarks>
internal sealed class Background(Log log) : IAsyncDisposable
{
    private readonly CancellationTokenSource ended = new();
    private readonly TaskCompletionSource failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly HashSet<Task> running = [];

    /// <summary>Cancelled when the engine ends.</summary>
    public CancellationToken Stop => ended.Token;

    /// <summary>Never ends well: only with the failure that must end the process.</summary>
    public Task Failed => failed.Task;

    public void Start(string what, Func<CancellationToken, Task> part)
    {
        lock (gate)
        {
            if (ended.IsCancellationRequested)
            {
                return;
            }

            Task task = SuperviseAsync(what, part);
            if (!task.IsCompleted)
            {
                running.Add(task);
                _ = task.ContinueWith(Forget, TaskScheduler.Default);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        Task[] left;
        lock (gate)
        {
            left = [.. running];
        }

        await Task.WhenAll(left);
    }

    private void Forget(Task task)
    {
        lock (gate)
        {
            running.Remove(task);
        }
    }

    private async Task SuperviseAsync(string what, Func<CancellationToken, Task> part)
    {
        await Task.Yield();
        try
        {
            await part(ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The engine ends: what was under way is taken up by the next one.
        }
        catch (Exception e) when (e is RefusedException or RpcException)
        {
            log.Warn(what + " failed", ("reason", e.Message));
        }
        catch (Exception e)
        {
            failed.TrySetException(e);
        }
    }
}
