using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Tests.Store;

public class ChangeFeedTests
{
    private readonly ChangeFeed feed = new(StoreSnapshot.Empty, 4, 10);
    private StoreSnapshot store = StoreSnapshot.Empty;

    [Fact]
    public void A_watch_sees_every_commit_after_its_start_and_none_before()
    {
        Write(1);
        StoreWatch watch = feed.Watch();
        Assert.Same(store, watch.Start);
        Assert.Null(watch.TryNext());
        Write(1);
        Write(2);
        WatchStep step = watch.TryNext()!;
        Assert.False(step.MustResync);
        Assert.Equal([2UL, 3UL], step.Commits.Select(commit => commit.After.Revision));
        Assert.Equal(2, step.Commits[1].Changes.Length);
        Assert.Same(store, step.Now);
        Assert.Null(watch.TryNext());
    }

    [Fact]
    public void A_slow_watch_is_told_to_resync_and_goes_on_from_there()
    {
        StoreWatch slow = feed.Watch();
        for (int count = 0; count < 5; count++)
        {
            Write(1);
        }
        WatchStep step = slow.TryNext()!;
        Assert.True(step.MustResync);
        Assert.Same(store, step.Now);
        Assert.Empty(step.Commits);
        Write(1);
        step = slow.TryNext()!;
        Assert.False(step.MustResync);
        Assert.Equal(6UL, Assert.Single(step.Commits).After.Revision);
    }

    [Fact]
    public void Many_changes_push_old_commits_out_but_never_the_newest()
    {
        StoreWatch watch = feed.Watch();
        Write(8);
        StoreWatch later = feed.Watch();
        Write(8);
        Assert.True(watch.TryNext()!.MustResync);
        Assert.Equal(8, Assert.Single(later.TryNext()!.Commits).Changes.Length);
        later = feed.Watch();
        Write(50);
        Assert.Equal(50, Assert.Single(later.TryNext()!.Commits).Changes.Length);
    }

    [Fact]
    public void A_replaced_store_makes_everybody_resync()
    {
        StoreWatch watch = feed.Watch();
        Write(1);
        feed.Reset(StoreSnapshot.Empty);
        WatchStep step = watch.TryNext()!;
        Assert.True(step.MustResync);
        Assert.Same(StoreSnapshot.Empty, step.Now);
        Assert.Null(watch.TryNext());
    }

    [Fact]
    public void A_watch_can_go_on_from_a_store_that_is_known_as_long_as_the_feed_remembers()
    {
        Write(1);
        StoreSnapshot known = store;
        Write(1);
        Write(1);
        Assert.Equal(
            [2UL, 3UL], feed.WatchSince(known)!.TryNext()!.Commits.Select(commit => commit.After.Revision));
        Assert.Null(feed.WatchSince(store)!.TryNext());
        Write(1);
        Write(1);
        Assert.Equal(4, feed.WatchSince(known)!.TryNext()!.Commits.Length);
        Write(1);
        Assert.Null(feed.WatchSince(known));
    }

    [Fact]
    public async Task A_waiting_watch_wakes_with_the_next_commit()
    {
        StoreWatch watch = feed.Watch();
        Task<WatchStep> next = watch.NextAsync(CancellationToken.None);
        Assert.False(next.IsCompleted);
        Write(1);
        Assert.Equal(1UL, (await next).Now.Revision);
        using var given = new CancellationTokenSource();
        next = watch.NextAsync(given.Token);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public void Whoever_waits_is_woken_once_for_all_that_was_written_together()
    {
        StoreWatch watch = feed.Watch();
        Task written = watch.Written();
        Publish(1);
        Publish(1);
        Assert.False(written.IsCompleted);
        feed.Announce();
        Assert.True(written.IsCompleted);
        Assert.Equal(2, watch.TryNext()!.Commits.Length);

        Task next = watch.Written();
        feed.Announce();
        Assert.False(next.IsCompleted);
    }

    [Fact]
    public void A_watch_of_some_kinds_sleeps_through_all_others()
    {
        StoreWatch nodes = feed.Watch(ObjectKind.Node, ObjectKind.Cluster);
        StoreWatch tasks = feed.Watch(ObjectKind.Task);
        (Task onNodes, Task onTasks) = (nodes.Written(), tasks.Written());
        Write(1);
        Assert.True(onTasks.IsCompleted);
        Assert.False(onNodes.IsCompleted);
        Assert.Null(nodes.TryNext());

        WriteNode();
        Assert.True(onNodes.IsCompleted);
        Assert.Equal(2UL, Assert.Single(nodes.TryNext()!.Commits).After.Revision);
        Assert.Equal([1UL], tasks.TryNext()!.Commits.Select(commit => commit.After.Revision));

        Task reset = nodes.Written();
        feed.Reset(StoreSnapshot.Empty);
        Assert.True(reset.IsCompleted);
        Assert.True(nodes.TryNext()!.MustResync);
    }

    private void WriteNode()
    {
        var transaction = new Transaction(store, new(store.Revision + 1), Stores.Now);
        transaction.Create(new Node { Id = new("n") });
        store = transaction.ToSnapshot();
        feed.Publish(store, transaction.Changes);
        feed.Announce();
    }

    private void Write(int count)
    {
        Publish(count);
        feed.Announce();
    }

    private void Publish(int count)
    {
        var transaction = new Transaction(store, new(store.Revision + 1), Stores.Now);
        for (int index = 0; index < count; index++)
        {
            transaction.Create(new SwarmTask { Id = new($"{store.Revision}-{index}") });
        }
        store = transaction.ToSnapshot();
        feed.Publish(store, transaction.Changes);
    }
}
