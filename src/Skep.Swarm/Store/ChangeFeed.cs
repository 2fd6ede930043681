using System.Collections.Immutable;

namespace Skep.Swarm.Store;

/// <summary>One transaction as those who watch see it.</summary>
public sealed record StoreCommit(StoreSnapshot After, ImmutableArray<StoreChange> Changes);

/// <summary>The newest transactions, for those who follow the store.</summary>
/// <remarks>
/// One ring that all share. Whoever watches is only a place in it, so that a writer's work does not grow with their
/// number and the slowest of them costs no memory: one who is overtaken is told to read the store anew. One writer;
/// any number of watches on any thread.
/// </remarks>
public sealed class ChangeFeed
{
    private readonly Lock gate = new();
    private readonly StoreCommit[] ring;
    private readonly int changesMax;
    private TaskCompletionSource? written;
    private StoreSnapshot newest;
    private ulong revisionBeforeOldest;
    private long oldest;
    private long next;
    private int changeCount;

    public ChangeFeed(StoreSnapshot start)
        : this(start, Limits.WatchedCommits, Limits.WatchedChanges)
    {
    }

    /// <param name="start">The store as it is now.</param>
    /// <param name="commitsMax">Transactions that are kept.</param>
    /// <param name="changesMax">Changes in all of them; the newest transaction is kept whatever its size.</param>
    internal ChangeFeed(StoreSnapshot start, int commitsMax, int changesMax)
    {
        newest = start;
        revisionBeforeOldest = start.Revision;
        ring = new StoreCommit[commitsMax];
        this.changesMax = changesMax;
    }

    /// <summary>Tells of a transaction that is part of the store now. Never waits for anybody.</summary>
    public void Publish(StoreSnapshot after, ImmutableArray<StoreChange> changes)
    {
        lock (gate)
        {
            newest = after;
            changeCount += changes.Length;
            while (next - oldest == ring.Length || (changeCount > changesMax && next > oldest))
            {
                ForgetOldestNeedsLock();
            }
            ring[next++ % ring.Length] = new(after, changes);
        }
        Wake();
    }

    /// <summary>Tells that the store was replaced by another: everybody must read it anew.</summary>
    public void Reset(StoreSnapshot replacement)
    {
        lock (gate)
        {
            newest = replacement;
            Array.Clear(ring);
            // The gap of one makes every place so far an overtaken one.
            oldest = ++next;
            changeCount = 0;
            revisionBeforeOldest = replacement.Revision;
        }
        Wake();
    }

    /// <summary>Watches from now on.</summary>
    public StoreWatch Watch()
    {
        lock (gate)
        {
            return new(this, newest, next);
        }
    }

    /// <summary>
    /// Watches from behind a revision on; null when that is too long ago, so that the store must be read.
    /// </summary>
    public StoreWatch? WatchSince(StoreSnapshot known)
    {
        lock (gate)
        {
            return PlaceBehindNeedsLock(known.Revision) is { } place ? new(this, known, place) : null;
        }
    }

    /// <summary>
    /// As <see cref="WatchSince"/> for one who has no snapshot: the watch begins with the newest store and then tells
    /// of everything written since the revision.
    /// </summary>
    public StoreWatch? WatchFrom(ulong revision)
    {
        lock (gate)
        {
            return PlaceBehindNeedsLock(revision) is { } place ? new(this, newest, place) : null;
        }
    }

    /// <returns>What was written from the place on, and a task that ends with the next write.</returns>
    internal (WatchStep? Step, Task Written) Read(ref long place, int commitsMax)
    {
        lock (gate)
        {
            if (place == next)
            {
                written ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                return (null, written.Task);
            }
            if (place < oldest)
            {
                place = next;
                return (new(newest, [], true), Task.CompletedTask);
            }
            int count = (int)Math.Min(next - place, commitsMax);
            var commits = ImmutableArray.CreateBuilder<StoreCommit>(count);
            for (int index = 0; index < count; index++)
            {
                commits.Add(At(place + index));
            }
            place += count;
            return (new(commits[^1].After, commits.MoveToImmutable(), false), Task.CompletedTask);
        }
    }

    private long? PlaceBehindNeedsLock(ulong revision)
    {
        if (revision < revisionBeforeOldest || revision > newest.Revision)
        {
            return null;
        }
        long place = next;
        while (place > oldest && At(place - 1).After.Revision > revision)
        {
            place--;
        }
        return place;
    }

    private StoreCommit At(long place) => ring[place % ring.Length];

    private void ForgetOldestNeedsLock()
    {
        StoreCommit forgotten = At(oldest);
        changeCount -= forgotten.Changes.Length;
        revisionBeforeOldest = forgotten.After.Revision;
        ring[oldest++ % ring.Length] = null!;
    }

    private void Wake()
    {
        TaskCompletionSource? waiting;
        lock (gate)
        {
            waiting = written;
            written = null;
        }
        waiting?.SetResult();
    }
}
