namespace Skep.Manager.Consensus;

/// <summary>The driver's thread does not come back from a step: its disk or the machine is gone.</summary>
public sealed class DriverStalledException(TimeSpan time)
    : Exception($"consensus has been stuck in one step for {time.TotalSeconds:0} s, most likely in its disk");

// The driver in real time: one thread that steps, a clock that ticks, a watch over both, and one encoder of snapshots.
public sealed partial class RaftDriver
{
    private long stepCount;
    private readonly TaskCompletionSource stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs until told to stop. It fails when durability is lost; then the process must end.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = new LoopWatch(this);
        await using ITimer watchClock = options.Time.CreateTimer(
            _ => watch.Look(), null, Limits.WatchPeriod, Limits.WatchPeriod);
        using CancellationTokenRegistration closing = stop.Register(queue.Close);

        var thread = new Thread(() => Loop(ended)) { Name = "raft", IsBackground = true };
        thread.Start();
        Task writing = WriteSnapshotsAsync();
        try
        {
            await await Task.WhenAny(ended.Task, stalled.Task, writing);
        }
        finally
        {
            queue.Close();
            snapshotJobs.Writer.TryComplete();
        }

        // A stalled thread is left behind on purpose: nothing can be done about it but to end the process.
        await writing;
    }

    private void Loop(TaskCompletionSource ended)
    {
        try
        {
            storage.Reserve.TryHold();
            Step(0);
            long last = options.Time.GetTimestamp();
            while (queue.Wait(UntilStep(last)))
            {
                Volatile.Write(ref stepCount, stepCount + 1);
                Step(TicksSince(ref last));
                Volatile.Write(ref stepCount, stepCount + 1);
            }

            Close();
            ended.SetResult();
        }
        catch (Exception failure) when (failure is not null)
        {
            // The thread has no caller: what ends it, a lost sync or a broken invariant above all, ends RunAsync.
            queue.Close();
            Close();
            ended.SetException(failure);
        }
    }

    /// <summary>How long to wait for an input: until the next tick, or until followers are to be told.</summary>
    private TimeSpan UntilStep(long last)
    {
        TimeSpan tick = UntilTick(last);
        return tick > Limits.CommitPause && core.HasUntoldCommit ? Limits.CommitPause : tick;
    }

    private TimeSpan UntilTick(long last)
    {
        TimeSpan left = TickPeriod - options.Time.GetElapsedTime(last);
        return TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(left.TotalMilliseconds)));
    }

    /// <summary>Ticks that have come due; what a stall has made of them is forgotten.</summary>
    private int TicksSince(ref long last)
    {
        double due = options.Time.GetElapsedTime(last) / TickPeriod;
        if (due < 1)
        {
            return 0;
        }

        last = due >= Limits.TicksAtOnce + 1
            ? options.Time.GetTimestamp()
            : last + (long)(Math.Floor(due) * TickPeriod.TotalSeconds * options.Time.TimestampFrequency);
        return (int)Math.Min(due, Limits.TicksAtOnce);
    }

    private async Task WriteSnapshotsAsync()
    {
        await foreach (SnapshotJob job in snapshotJobs.Reader.ReadAllAsync(CancellationToken.None))
        {
            await Task.Yield();
            WriteSnapshot(job);
        }
    }

    /// <summary>Nobody is left waiting: what was appended may still be carried out by others.</summary>
    private void Close()
    {
        List<DriverInput> left = queue.Take(spareInputs);
        foreach (DriverInput input in left)
        {
            (input as PendingRequest)?.Refuse(Refusals.Stopped());
        }

        leadingTerm = 0;
        Store.Abandon();
        while (writes.TryDequeue(out PendingWrite? write))
        {
            write.Refuse(Refusals.StoppedMidway());
        }

        RefuseGathered(Refusals.Stopped);
        GiveUpChanges(Refusals.StoppedMidway, Refusals.Stopped);
        CancelAskedReads();
        confirmedReads.ForEach(batch => newReads.AddRange(batch.Reads));
        newReads.ForEach(read => read.Refuse(Refusals.Stopped()));
        rotations.ForEach(rotation => rotation.Refuse(Refusals.Stopped()));
        transfers.ForEach(transfer => transfer.Refuse(Refusals.Stopped()));
        Publish();
    }
}
