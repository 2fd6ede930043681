using System.Collections.Immutable;
using Skep.Swarm.Objects;

namespace Skep.Swarm.Store;

/// <summary>One transaction as those who watch see it.</summary>
public sealed record StoreCommit(StoreSnapshot After, ImmutableArray<StoreChange> Changes);

/// <summary>The newest transactions, for those who follow the store.</summary>
/// <remarks>
/// One ring that all share. Whoever watches is only a place in it, so that a writer's work does not grow with their
/// number and the slowest of them costs no memory: one who is overtaken is told to read the store anew. One writer;
/// any number of watches on any thread. Whoever waits is woken by <see cref="Announce"/>, once for all that was written
/// together, and only when something of a kind was written that it follows: to wake a thread costs more than to write.
/// </remarks>
public sealed class ChangeFeed
{
    private readonly Lock gate = new();
    private readonly StoreCommit[] ring;
    private readonly int changesMax;
    private readonly List<(ObjectKinds Kinds, TaskCompletionSource Written)> waiting = [];
    private ObjectKinds unannounced;
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

    /// <summary>
    /// Tells of a transaction that is part of the store now, to be announced when all are told that come with it.
    /// Never waits for anybody.
    /// </summary>
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
            unannounced |= ObjectKinds.Of(changes);
        }
    }

    /// <summary>Wakes those who wait for what was told since this was called last.</summary>
    public void Announce()
    {
        ObjectKinds kinds;
        lock (gate)
        {
            kinds = unannounced;
            unannounced = default;
        }
        Wake(kinds);
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
        Wake(ObjectKinds.All);
    }

    /// <summary>Watches from now on.</summary>
    public StoreWatch Watch() => Watch(ObjectKinds.All);

    /// <summary>Watches from now on, and only transactions with objects of these kinds.</summary>
    public StoreWatch Watch(params ReadOnlySpan<ObjectKind> kinds) => Watch(ObjectKinds.Of(kinds));

    private StoreWatch Watch(ObjectKinds kinds)
    {
        lock (gate)
        {
            return new(this, newest, next, kinds);
        }
    }

    /// <summary>
    /// Watches from behind a revision on; null when that is too long ago, so that the store must be read.
    /// </summary>
    public StoreWatch? WatchSince(StoreSnapshot known)
    {
        lock (gate)
        {
            return PlaceBehindNeedsLock(known.Revision) is { } place ? new(this, known, place, ObjectKinds.All) : null;
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
            return PlaceBehindNeedsLock(revision) is { } place ? new(this, newest, place, ObjectKinds.All) : null;
        }
    }

    /// <returns>What was written from the place on, and a task that ends with the next write.</returns>
    internal (WatchStep? Step, Task Written) Read(ref long place, int commitsMax, ObjectKinds kinds)
    {
        lock (gate)
        {
            while (place >= oldest && place < next && !kinds.Overlaps(ObjectKinds.Of(At(place).Changes)))
            {
                place++;
            }
            if (place == next)
            {
                return (null, WrittenNeedsLock(kinds));
            }
            if (place < oldest)
            {
                place = next;
                return (new(newest, [], true), Task.CompletedTask);
            }
            var commits = ImmutableArray.CreateBuilder<StoreCommit>((int)Math.Min(next - place, commitsMax));
            for (; place < next && commits.Count < commitsMax; place++)
            {
                if (kinds.Overlaps(ObjectKinds.Of(At(place).Changes)))
                {
                    commits.Add(At(place));
                }
            }
            return (new(commits[^1].After, commits.DrainToImmutable(), false), Task.CompletedTask);
        }
    }

    private Task WrittenNeedsLock(ObjectKinds kinds)
    {
        foreach ((ObjectKinds Kinds, TaskCompletionSource Written) one in waiting)
        {
            if (one.Kinds == kinds)
            {
                return one.Written.Task;
            }
        }
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.Add((kinds, written));
        return written.Task;
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

    private void Wake(ObjectKinds kinds)
    {
        List<TaskCompletionSource>? woken = null;
        lock (gate)
        {
            for (int index = waiting.Count - 1; index >= 0; index--)
            {
                if (waiting[index].Kinds.Overlaps(kinds))
                {
                    (woken ??= []).Add(waiting[index].Written);
                    waiting.RemoveAt(index);
                }
            }
        }
        woken?.ForEach(static one => one.SetResult());
    }
}
