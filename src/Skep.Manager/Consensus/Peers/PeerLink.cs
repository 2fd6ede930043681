using Skep.Raft;
using Skep.Transport.Contracts.Peers;
using Skep.Transport.Rpc;

namespace Skep.Manager.Consensus;

/// <summary>The way to one other manager at one address.</summary>
/// <remarks>
/// Messages gather while one batch is sent and go together in the next, so a busy link sends large batches and a quiet
/// one sends at once. What waits when the way is lost is dropped: Raft sends anew what still matters. A snapshot has a
/// connection of its own, so that heartbeats do not wait behind it (fault N6).
/// </remarks>
internal sealed partial class PeerLink(
    ulong peer, string address, PeerLinksOptions options, Action<DriverInput> report)
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly CancellationTokenSource ending = new();
    private List<Message> waiting = [];
    private List<Message> sending = [];
    private bool isDown;
    private bool isRetired;
    private bool isEnded;
    private volatile RpcChannel? channel;
    private TimeSpan pause = Limits.LinkPauseMin;

    public string Address => address;

    /// <summary>Whether messages go through just now.</summary>
    public bool IsActive => channel is not null;

    public RpcChannel? Channel => channel;

    public void Send(Message message)
    {
        bool isLost;
        lock (gate)
        {
            isLost = isRetired || isDown || waiting.Count >= Limits.LinkMessages;
            if (!isLost)
            {
                waiting.Add(message);
                WakeNeedsLock();
            }
        }

        if (isLost)
        {
            Lost(message);
        }
    }

    /// <summary>The peer is none any more, or has moved: what waits is still sent, for a moment.</summary>
    public void Retire()
    {
        lock (gate)
        {
            isRetired = true;
            WakeNeedsLock();
            if (!isEnded)
            {
                ending.CancelAfter(Limits.LinkFarewell);
            }
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ending.Token);
        try
        {
            while (!IsDone)
            {
                await TryRunAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The manager stops, or the peer is gone and had its time.
        }
        finally
        {
            Drop();
            await EndSnapshotsAsync();
            lock (gate)
            {
                // Whoever retires it may come late: it was retired before it began, or the manager stops.
                isEnded = true;
                ending.Dispose();
            }
        }
    }

    private bool IsDone
    {
        get
        {
            lock (gate)
            {
                return isRetired && waiting.Count == 0;
            }
        }
    }

    private async Task TryRunAsync(CancellationToken stop)
    {
        try
        {
            PeerEngine engine = (await HelloAsync(stop)).Engine;
            report(new PeerEngineFound(peer, engine == PeerEngine.Docker));
            using RpcChannel opened = options.Connect(
                address, engine == PeerEngine.Docker ? null : Limits.LinkKeepAlive);
            if (engine == PeerEngine.Docker)
            {
                await CallDockerAsync(opened, stop);
            }
            else
            {
                await StreamAsync(opened, stop);
            }
        }
        catch (RpcException lost)
        {
            channel = null;
            TellLoss(lost);
            Drop();
            await Task.Delay(pause, options.Time, stop);
            pause = pause * 2 < Limits.LinkPauseMax ? pause * 2 : Limits.LinkPauseMax;
            lock (gate)
            {
                isDown = false;
            }
        }
        finally
        {
            channel = null;
        }
    }

    /// <summary>Asked without pings, which a Docker manager would punish.</summary>
    private async Task<PeerAnswer> HelloAsync(CancellationToken stop)
    {
        using RpcChannel asking = options.Connect(address, null);
        return await PeerProbe.HelloAsync(asking, options.Time, stop);
    }

    private async Task StreamAsync(RpcChannel opened, CancellationToken stop)
    {
        await using RpcDuplex<PeerBatch, PeerBye> stream = opened.Open(PeerMethods.Stream, stop);
        Task<PeerBye?> ended = stream.ReadAsync();
        Opened(opened);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        while (!IsDone)
        {
            Task woken = wake.WaitAsync(over.Token);
            if (await Task.WhenAny(woken, ended) == ended)
            {
                // Who still waits would take the wake-up that is meant for the next stream.
                await over.CancelAsync();
                await ended;
                throw new RpcException(RpcStatus.Unavailable, "the peer ended the stream");
            }

            await woken;
            List<Message> batch = TakeWaiting();
            for (int next = 0; next < batch.Count;)
            {
                await stream.SendAsync(NextBatch(batch, ref next));
            }
        }
    }

    private void Opened(RpcChannel opened)
    {
        channel = opened;
        pause = Limits.LinkPauseMin;
        options.Log.Info("Reached a manager", ("raft.id", $"{peer:x}"), ("address", address));
    }

    private List<Message> TakeWaiting()
    {
        lock (gate)
        {
            (waiting, sending) = (sending, waiting);
            waiting.Clear();
            return sending;
        }
    }

    private PeerBatch NextBatch(List<Message> messages, ref int next)
    {
        var batch = new PeerBatch();
        int bytes = 0;
        while (next < messages.Count && bytes < Limits.LinkBatchBytes)
        {
            Message message = messages[next++];
            if (message.Kind == MessageKind.Snapshot)
            {
                BeginSnapshot(message);
                continue;
            }

            Skep.Transport.Contracts.Raftpb.Message wire = RaftWire.ToWire(message);
            bytes += wire.CalculateSize();
            batch.Messages.Add(wire);
        }

        return batch;
    }

    private void Drop()
    {
        List<Message> dropped;
        lock (gate)
        {
            isDown = true;
            dropped = [.. waiting];
            waiting.Clear();
        }

        dropped.ForEach(Lost);
    }

    private void Lost(Message message)
    {
        report(message.Kind == MessageKind.Snapshot ? new SnapshotSent(peer, false) : new PeerUnreachable(peer));
    }

    private void TellLoss(RpcException lost)
    {
        if (lost.Detail.Contains(Refusals.MemberRemovedText, StringComparison.Ordinal))
        {
            report(new RemovalHeard());
        }

        if (pause == Limits.LinkPauseMin)
        {
            options.Log.Warn(
                "Lost a manager", ("raft.id", $"{peer:x}"), ("address", address), ("why", lost.Detail));
        }
    }

    private void WakeNeedsLock()
    {
        if (wake.CurrentCount == 0)
        {
            wake.Release();
        }
    }
}
