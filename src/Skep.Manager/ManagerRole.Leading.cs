using Skep.Manager.Consensus;
using Skep.Manager.Dispatch;
using Skep.Swarm;
using Skep.Swarm.Logging;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Manager;

// What only the leader does, from the moment it leads until it does not.
public sealed partial class ManagerRole
{
    /// <summary>Runs a part again and again, as often and as long as this manager leads.</summary>
    private static async Task WhileLeadingAsync(
        RaftDriver raft, Func<CancellationToken, Task> part, CancellationToken stop)
    {
        while (true)
        {
            DriverStatus now = await raft.Status.WaitAsync(static one => one.Leadership.IsLeader, stop);
            using var leading = CancellationTokenSource.CreateLinkedTokenSource(stop);
            Task<DriverStatus> over = raft.Status.WaitAsync(
                one => !one.Leadership.IsLeader || one.Leadership.Term != now.Leadership.Term, leading.Token);
            Task work = part(leading.Token);
            await Task.WhenAny(over, work);
            await leading.CancelAsync();
            await EndAsync(work, stop);
            await EndAsync(over, stop);
        }
    }

    private static async Task EndAsync(Task part, CancellationToken stop)
    {
        try
        {
            await part;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Leadership is over, and what belonged to it with it.
        }
        catch (RefusedException) when (!stop.IsCancellationRequested)
        {
            // A write that leadership was lost over: the next leader decides again.
        }
    }

    /// <summary>Ends when this manager is told to stop: a leader lets another one lead first.</summary>
    private async Task HandOverAtEndAsync(
        RaftDriver raft, Membership membership, CancellationToken stop, CancellationToken end)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = stop.Register(() => told.TrySetResult());
        await told.Task.WaitAsync(end);
        DriverStatus now = raft.Status.Value;
        if (!now.Leadership.IsLeader || now.Members.Configuration.Voters.Length < 2)
        {
            return;
        }

        using var late = new CancellationTokenSource(ManagerLimits.HandOver, options.Time);
        try
        {
            await membership.TransferAsync(late.Token);
        }
        catch (Exception e) when (e is RefusedException or OperationCanceledException)
        {
            options.Log.Info("leadership was not handed over before the end", ("reason", e.Message));
        }
    }

    private AddressUpkeep NewAddressUpkeep(RaftDriver raft) => new(
        raft,
        options.AdvertiseAddress,
        options.JoinAddresses,
        address => Connect(address, null),
        options.Time,
        options.Log);

    private Dispatcher NewDispatcher(RaftDriver raft) => new(new DispatcherParts
    {
        Store = new StoreAccess(() => raft.Store.Committed, raft.Store.UpdateAsync),
        Managers = () =>
        [
            .. raft.Status.Value.Members.Members.Values.Select(
                static member => new Peer { NodeId = member.Node, Addr = member.Address }),
        ],
        Self = options.Credentials.Node,
        Timings = new DispatchTimings(),
        Ids = options.Ids,
        Time = options.Time,
        Log = options.Log,
    });

    /// <summary>Hands every commit to the dispatcher and to the daemon, and every change of the members.</summary>
    private async Task FeedAsync(RaftDriver raft, Dispatcher dispatcher, CancellationToken stop)
    {
        StoreWatch watch = raft.Store.Feed.Watch();
        MemberList members = raft.Status.Value.Members;
        while (true)
        {
            Task changed = raft.Status.Read().Changed;
            if (raft.Status.Value.Members is var now && now != members)
            {
                members = now;
                dispatcher.OnManagersChanged();
            }

            while (watch.TryNext() is { } step)
            {
                if (step.MustResync)
                {
                    dispatcher.OnCommitted([]);
                }

                foreach (StoreCommit commit in step.Commits)
                {
                    dispatcher.OnCommitted(commit.Changes);
                    foreach (StoreChange change in commit.Changes)
                    {
                        options.OnChange(change);
                    }

                    if (raft.Status.Value.Leadership.IsLeader)
                    {
                        Tell(commit);
                    }
                }
            }

            await Task.WhenAny(watch.Written(), changed).WaitAsync(stop);
        }
    }

    /// <summary>The leader's log and figures say what was committed: once in the whole swarm.</summary>
    private void Tell(StoreCommit commit)
    {
        foreach (StoreChange change in commit.Changes)
        {
            StoreNews.Of(change, commit.After)?.WriteTo(options.Log);
            if (change is { Object: SwarmTask { Status.State: TaskState.Running } task, Previous: SwarmTask before }
                && before.Status.State < TaskState.Running
                && task.Meta.CreatedAt is { } created)
            {
                leaderMeter.TaskRuns(options.Time.GetUtcNow() - created.ToDateTimeOffset());
            }
        }
    }
}
