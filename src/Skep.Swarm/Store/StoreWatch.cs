using System.Collections.Immutable;

namespace Skep.Swarm.Store;

/// <summary>What was written since the last step.</summary>
/// <param name="Now">The store after all of it.</param>
/// <param name="Commits">The transactions, in order; none when the store must be read anew.</param>
/// <param name="MustResync">True when what was written in between is not known any more.</param>
public sealed record WatchStep(StoreSnapshot Now, ImmutableArray<StoreCommit> Commits, bool MustResync);

/// <summary>
/// One reader's place in the feed. Nothing has to be given back: a watch that is dropped costs nothing.
/// </summary>
/// <remarks>For one thread at a time.</remarks>
public sealed class StoreWatch
{
    /// <summary>Transactions handed over at once, so that one who lags behind does not copy the whole ring.</summary>
    private const int StepCommitsMax = 256;

    private readonly ChangeFeed feed;
    private readonly ObjectKinds kinds;
    private long place;

    internal StoreWatch(ChangeFeed feed, StoreSnapshot start, long place, ObjectKinds kinds)
    {
        this.feed = feed;
        Start = start;
        this.place = place;
        this.kinds = kinds;
    }

    /// <summary>The store as it was when the watch began; every later write comes through the watch.</summary>
    public StoreSnapshot Start { get; }

    /// <summary>What was written since the last step; null when nothing was.</summary>
    public WatchStep? TryNext() => feed.Read(ref place, StepCommitsMax, kinds).Step;

    /// <summary>Waits until something is written.</summary>
    public async Task<WatchStep> NextAsync(CancellationToken stop)
    {
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            (WatchStep? step, Task written) = feed.Read(ref place, StepCommitsMax, kinds);
            if (step is not null)
            {
                return step;
            }
            await written.WaitAsync(stop);
        }
    }

    /// <summary>Ends when there is something to read.</summary>
    public Task Written()
    {
        long here = place;
        return feed.Read(ref here, 1, kinds).Written;
    }
}
