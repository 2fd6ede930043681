using System.Security.Authentication;
using Skep.Linux.Files;
using Skep.Manager.Storage;
using Skep.Swarm;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;

namespace Skep.SwarmMode;

/// <summary>One start of a node: from a command, or the daemon's start, until it is stopped.</summary>
/// <remarks>
/// A start by a command that fails ends with that failure: the command tells its user, and nothing stays. Once the node
/// was part of the swarm, or when it starts from the disk, whatever fails is tried again after a growing pause.
/// </remarks>
internal sealed partial class NodeRun(SwarmParts parts, NodeFolder folder, NodeSettings first, NodeStart start)
{
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource end = new();
    private readonly Lock saving = new();
    private volatile NodeSettings settings = first;
    private volatile string problem = "";
    private volatile bool isLocked;

    /// <summary>Ends when the node is part of its swarm, or fails as the command that started it shall fail.</summary>
    public Task Ready => ready.Task;

    public NodeSettings Settings => settings;

    /// <summary>
    /// SWMKEY-1-…, what this node's keys are locked with now: a secret. "" when they are not, or are still locked.
    /// </summary>
    public string LockedWith => keyFile is { State: KeyFileState.Open, Keys.Lock: { } key } ? key.Text : "";

    public async Task RunAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, end.Token);
        try
        {
            await TryUntilEndAsync(either.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            // A command ended this run; the next one may follow.
        }
        catch (Exception e)
        {
            ready.TrySetException(e);
            throw;
        }
        finally
        {
            ready.TrySetException(new RefusedException(ErrorKind.Unavailable, SwarmWords.NotInSwarm));
            _ = ready.Task.Exception;
            ended.TrySetResult();
        }
    }

    /// <summary>Ends it in order, and returns when nothing of it runs any more.</summary>
    public async Task StopAsync()
    {
        await end.CancelAsync();
        await ended.Task;
    }

    private async Task TryUntilEndAsync(CancellationToken stop)
    {
        NodeStart next = start;
        TimeSpan pause = SwarmLimits.RestartPause;
        while (true)
        {
            try
            {
                await RunOnceAsync(next, stop);
            }
            catch (Exception e) when (IsExpected(e) && !stop.IsCancellationRequested)
            {
                bool isRefused = start.IsUndoneWhenItFails || (start != NodeStart.FromDisk && isLocked);
                if (isRefused && !ready.Task.IsCompletedSuccessfully)
                {
                    ready.TrySetException(e is RefusedException ? e : Wrapped(e));
                    await WaitForEndAsync(stop);
                }

                problem = e.Message;
                parts.Log.Error("this node's swarm failed and is tried again", ("after", pause), ("reason", e.Message));
            }

            await Task.Delay(pause, parts.Time, stop);
            pause = pause * 2 < SwarmLimits.RestartPauseMax ? pause * 2 : SwarmLimits.RestartPauseMax;

            // The key may be another one since the start, or there may be one only since then.
            next = NodeStart.FromDisk with { UnlockKey = keyFile is null ? next.UnlockKey : LockedWith };
        }
    }

    private void Save(Func<NodeSettings, NodeSettings> change)
    {
        lock (saving)
        {
            settings = change(settings);
            folder.Save(settings);
        }
    }

    private Task WaitForEndAsync(CancellationToken stop) => Task.Delay(Timeout.InfiniteTimeSpan, parts.Time, stop);

    // What a network, a peer, a full disk or a wrong file can do. A failed sync or a broken invariant is not here: they
    // end the process.
    private static bool IsExpected(Exception e) => e switch
    {
        SyncFailedException => false,
        RefusedException or RpcException or BadKeyFileException or BadCertificateException => true,

        // A damaged log costs this node its part in the swarm, not its containers, and it can still be told to leave.
        StorageRefusedException => true,
        IOException or TimeoutException or AuthenticationException or UnauthorizedAccessException => true,
        OperationCanceledException => true,
        _ => false,
    };

    private static RefusedException Wrapped(Exception e) => e switch
    {
        RpcException rpc => new RefusedException(ErrorKind.Unavailable, rpc.Detail, rpc),
        _ => new RefusedException(ErrorKind.Failed, e.Message, e),
    };
}
