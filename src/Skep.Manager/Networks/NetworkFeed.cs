using System.Collections.Immutable;
using Skep.Manager.Consensus;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Manager.Networks;

/// <summary>Follows this manager's store and keeps the picture of its networks that nodes are told from.</summary>
/// <remarks>One loop writes; any thread reads.</remarks>
public sealed class NetworkFeed(ReplicatedStore store)
{
    private readonly Latest<NetworkPicture> picture = new(NetworkPicture.Empty);

    // Revisions at which tasks that have not ended yet stopped serving.
    private volatile ImmutableDictionary<TaskId, ulong> withdrawn = ImmutableDictionary<TaskId, ulong>.Empty;

    private volatile PictureHistory history = PictureHistory.Empty;

    public NetworkPicture Current => picture.Value;

    /// <summary>The picture, and a task that ends when there is a newer one.</summary>
    public (NetworkPicture Value, Task Changed) Read() => picture.Read();

    /// <summary>The first picture that knows of everything up to a revision.</summary>
    public Task<NetworkPicture> ReachAsync(ulong revision, CancellationToken stop) =>
        picture.WaitAsync(one => one.Revision >= revision, stop);

    /// <summary>What was so at a revision, as far back as is known; null: nothing is known yet.</summary>
    public NetworkPicture? FindPast(ulong revision) => history.At(revision);

    /// <summary>The revision that a node must have to send nothing new to the task.</summary>
    public ulong WithdrawnAt(SwarmTask task) => withdrawn.GetValueOrDefault(task.Id, task.Meta.Version.Index);

    public async Task RunAsync(CancellationToken stop)
    {
        StoreWatch watch = store.Feed.Watch();
        Show(watch.Start);
        while (true)
        {
            WatchStep step = await watch.NextAsync(stop);
            foreach (StoreCommit commit in step.Commits)
            {
                Note(commit);
            }

            if (step.MustResync)
            {
                withdrawn = withdrawn.Clear();
            }

            Show(step.Now);
        }
    }

    private void Show(StoreSnapshot now)
    {
        NetworkPicture next = picture.Value.Advance(now);
        history = history.Add(next);
        picture.Set(next);
    }

    private void Note(StoreCommit commit)
    {
        foreach (StoreChange change in commit.Changes)
        {
            if (change.Object is not SwarmTask task)
            {
                continue;
            }

            if (change.Kind == StoreActionKind.Remove || task.Status.State > TaskState.Running)
            {
                withdrawn = withdrawn.Remove(task.Id);
            }
            else if (change.Previous is SwarmTask before && TaskTraffic.IsServing(before)
                && !TaskTraffic.IsServing(task)
                && withdrawn.Count < NetworkLimits.Withdrawn)
            {
                withdrawn = withdrawn.SetItem(task.Id, commit.After.Revision);
            }
        }
    }
}
