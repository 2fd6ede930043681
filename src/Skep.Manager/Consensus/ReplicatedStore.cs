using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Skep.Manager.Measuring;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using StoreWire = Skep.Transport.Contracts.StoreWire;

namespace Skep.Manager.Consensus;

/// <summary>The store that all managers agree on.</summary>
/// <remarks>
/// Writers work on the newest proposed snapshot under a short lock and never hold it while Raft works, so many writes
/// are under way at once (decision 4). Readers see <see cref="Committed"/>, which is replaced whole. The driver alone
/// commits.
/// </remarks>
public sealed class ReplicatedStore
{
    private readonly DriverQueue queue;
    private readonly TimeProvider time;
    private readonly ulong firstRequestId;
    private volatile StoreSnapshot committed;
    private volatile ProposalChain? chain;
    private volatile bool takesRemovalsOnly;
    private int writesInFlight;
    private long bytesInFlight;
    private long writesRefused;
    private ulong requestCount;

    internal ReplicatedStore(DriverQueue queue, StoreSnapshot start, TimeProvider time, ulong firstRequestId)
    {
        this.queue = queue;
        this.time = time;
        this.firstRequestId = firstRequestId;
        committed = start;
        Feed = new ChangeFeed(start);
    }

    /// <summary>
    /// What is applied here. A leader's may lag behind what it has proposed, others' behind the leader.
    /// </summary>
    public StoreSnapshot Committed => committed;

    /// <summary>
    /// Every commit, for those who follow the store. Ahead of nobody: it never tells what is only proposed.
    /// </summary>
    public ChangeFeed Feed { get; }

    /// <summary>What this leader has proposed, committed or not: what the next decision must be made on.</summary>
    public StoreSnapshot Newest
    {
        get
        {
            if (chain is not { } now)
            {
                return committed;
            }

            lock (now.Gate)
            {
                return now.Newest;
            }
        }
    }

    /// <summary>How long this manager's own transactions took until they were committed and applied here.</summary>
    public DurationCounts Writes { get; } = new();

    /// <summary>This manager's own transactions that were refused on their way, or lost.</summary>
    public long WritesRefused => Volatile.Read(ref writesRefused);

    /// <summary>Null unless this manager leads and takes writes.</summary>
    internal ProposalChain? Chain => chain;

    /// <summary>The disk is nearly full: only what makes room is taken.</summary>
    internal bool TakesRemovalsOnly
    {
        get => takesRemovalsOnly;
        set => takesRemovalsOnly = value;
    }

    /// <summary>Changes the store in one transaction; done when it is committed and applied here.</summary>
    /// <remarks>
    /// The change must be quick and without effects: it runs under the writers' lock. What it refuses is thrown after
    /// everything that it saw is committed. A caller that gives up waiting changes nothing.
    /// </remarks>
    public async Task<T> UpdateAsync<T>(Func<Transaction, T> change, CancellationToken stop)
    {
        for (int attempt = 1; ; attempt++)
        {
            StartedWrite<T> started = Start(change);
            try
            {
                await (started.Waits?.Outcome.WaitAsync(stop) ?? Task.CompletedTask);
            }
            catch (RefusedException) when (started.Waits!.CanBeRepeated && attempt < Limits.WriteAttempts)
            {
                continue;
            }
            catch (RefusedException lost) when (!started.IsOwn && lost.Kind == ErrorKind.OutcomeUnknown)
            {
                // Nothing of ours was in it: the write whose outcome we wanted to see is another's.
                throw Refusals.NotLeader();
            }

            started.Refusal?.Throw();
            return started.Result!;
        }
    }

    /// <summary>As <see cref="UpdateAsync{T}"/>, for a change without a result.</summary>
    public Task UpdateAsync(Action<Transaction> change, CancellationToken stop) => UpdateAsync(
        transaction =>
        {
            change(transaction);
            return true;
        },
        stop);

    /// <summary>
    /// Every write that was acknowledged before this was called, by any manager, is in what it returns.
    /// </summary>
    public Task<StoreSnapshot> ReadAsync(CancellationToken stop) => StartRead().Outcome.WaitAsync(stop);

    internal PendingRead StartRead()
    {
        var read = new PendingRead();
        if (!queue.AddRequest(read))
        {
            read.Refuse(queue.IsClosed ? Refusals.Stopped() : Refusals.TooMany());
        }

        return read;
    }

    /// <summary>
    /// The part of an update that does not wait. The simulation calls it and looks at the outcome itself.
    /// </summary>
    internal StartedWrite<T> Start<T>(Func<Transaction, T> change)
    {
        ProposalChain now = chain ?? throw Refusals.NoLeader();
        lock (now.Gate)
        {
            now.CountNeedsLock();
            try
            {
                return StartNeedsLock(now, change);
            }
            finally
            {
                now.CountNeedsLock();
            }
        }
    }

    private StartedWrite<T> StartNeedsLock<T>(ProposalChain now, Func<Transaction, T> change)
    {
        var transaction = new Transaction(now.Newest, new ObjectVersion(now.NextVersion), time.GetUtcNow());
        T result;
        try
        {
            result = change(transaction);
        }
        catch (RefusedException refusal)
        {
            return new StartedWrite<T>(default, now.Last, false, ExceptionDispatchInfo.Capture(refusal));
        }

        if (transaction.ChangeCount == 0)
        {
            return new StartedWrite<T>(result, now.Last, false, null);
        }

        if (takesRemovalsOnly && transaction.Changes.Any(made => made.Kind != StoreActionKind.Remove))
        {
            throw Refusals.DiskFull();
        }

        byte[] data = StoreWire.WriteActions(unchecked(firstRequestId + requestCount++), transaction.Actions);
        CheckRoom(data.Length);
        StoreSnapshot after = transaction.ToSnapshot();
        var write = new PendingWrite(
            this, now, now.Newest, after, transaction.Changes, data, time.GetTimestamp());
        if (!queue.AddRequest(write))
        {
            throw queue.IsClosed ? Refusals.Stopped() : Refusals.TooMany();
        }

        Interlocked.Increment(ref writesInFlight);
        Interlocked.Add(ref bytesInFlight, data.Length);
        now.Newest = after;
        now.NextVersion++;
        now.Last = write;
        return new StartedWrite<T>(result, write, true, null);
    }

    private void CheckRoom(int bytes)
    {
        if (bytes > Limits.WriteBytes)
        {
            throw Refusals.TooLarge();
        }

        if (Volatile.Read(ref writesInFlight) >= Limits.WritesInFlight
            || Volatile.Read(ref bytesInFlight) + bytes > Limits.WriteBytesInFlight)
        {
            throw Refusals.TooMany();
        }
    }

    internal void Left(PendingWrite write, bool isDone)
    {
        if (isDone)
        {
            Writes.Note(time.GetElapsedTime(write.Begun));
        }
        else
        {
            Interlocked.Increment(ref writesRefused);
        }

        Interlocked.Decrement(ref writesInFlight);
        Interlocked.Add(ref bytesInFlight, -write.Data.Length);
    }

    internal void Lead(ProposalChain begun) => chain = begun;

    internal void Abandon() => chain = null;

    /// <summary>A write of our own on what it was made for: its result is known already.</summary>
    internal void Commit(StoreSnapshot after, ImmutableArray<StoreChange> changes)
    {
        committed = after;
        Feed.Publish(after, changes);
    }

    /// <summary>Wakes those who follow the store, once for all that a step has committed.</summary>
    internal void Announce() => Feed.Announce();

    internal void Restore(StoreSnapshot restored)
    {
        committed = restored;
        Feed.Reset(restored);
    }
}

/// <summary>An update that is under way.</summary>
/// <param name="Waits">What must be committed before the caller may be answered; null: nothing.</param>
/// <param name="IsOwn">Whether that is this update's own write, or only one it saw.</param>
/// <param name="Refusal">What the change itself refused.</param>
internal sealed record StartedWrite<T>(T? Result, PendingWrite? Waits, bool IsOwn, ExceptionDispatchInfo? Refusal);
