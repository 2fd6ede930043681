using System.Collections.Immutable;
using Skep.Manager.Consensus;
using Skep.Manager.Measuring;
using Skep.Swarm;
using Skep.Swarm.Decisions;
using Skep.Swarm.Nodes;
using Skep.Swarm.Store;

namespace Skep.Manager.Leader;

/// <summary>
/// Asks every decision again whenever something may have changed, and does what they say. While it leads.
/// </summary>
/// <remarks>
/// Nothing that matters is remembered from one look to the next but what is in the store, so a leader may stop
/// anywhere and the next one goes on; what deciders do remember only spares them to look at what has not changed. One
/// loop: decisions are never made at the same time, and none is lost, because a look that was disturbed by another
/// writer is simply followed by the next. A decision that throws is left out (<see cref="GuardedRound"/>); whatever
/// else throws ends the manager.
/// </remarks>
public sealed class LeaderLoop(
    ReplicatedStore store,
    Latest<DriverStatus> status,
    Membership membership,
    Func<ServicesAside, ImmutableArray<Decider>> deciders,
    IdSource ids,
    TimeProvider time,
    Log log)
{
    private static readonly RolePlan NoRoles = new(Plan.Nothing, null);

    private readonly GuardedRound round = new(deciders);

    // What was last found to need nothing about roles, so that not every write walks through all nodes.
    private (StoreSnapshot Store, Quorum Quorum)? settledRoles;

    /// <summary>Counts what is decided.</summary>
    public LeaderMeter Meter { get; init; } = new();

    /// <summary>Runs as long as the manager does; works only while this manager leads.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            DriverStatus now = await status.WaitAsync(one => one.Leadership.IsLeader, stop);
            using var leading = CancellationTokenSource.CreateLinkedTokenSource(stop);
            Task<DriverStatus> end = status.WaitAsync(
                one => !one.Leadership.IsLeader || one.Leadership.Term != now.Leadership.Term, leading.Token);
            Task work = LeadAsync(leading.Token);
            await Task.WhenAny(end, work);
            await leading.CancelAsync();
            await EndAsync(work, stop);
            await EndAsync(end, stop);
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
            // Leadership ended, and the work with it.
        }
    }

    private async Task LeadAsync(CancellationToken stop)
    {
        while (true)
        {
            // Taken before the look, so that what happens during it is not overslept.
            Task members = status.Read().Changed;
            StoreWatch watch = store.Feed.Watch();
            DateTimeOffset? wakeAt = await LookAsync(stop);
            long looked = time.GetTimestamp();
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop);
            Task clock = Task.Delay(PauseUntil(wakeAt), time, waiting.Token);
            await Task.WhenAny(members, watch.Written(), clock);
            await waiting.CancelAsync();
            stop.ThrowIfCancellationRequested();
            if (time.GetElapsedTime(looked) < LeaderLimits.LookPause)
            {
                // Writes come one after the other: one look at what gathers costs as much as one at each of them.
                await Task.Delay(LeaderLimits.LookPause, time, stop);
            }
        }
    }

    private TimeSpan PauseUntil(DateTimeOffset? wakeAt)
    {
        if (wakeAt is not { } wake)
        {
            return Timeout.InfiniteTimeSpan;
        }

        TimeSpan pause = wake - time.GetUtcNow();
        return pause < LeaderLimits.PauseMin ? LeaderLimits.PauseMin
            : pause > LeaderLimits.PauseMax ? LeaderLimits.PauseMax
            : pause;
    }

    /// <returns>When to look again at the latest.</returns>
    private async Task<DateTimeOffset?> LookAsync(CancellationToken stop)
    {
        DateTimeOffset now = time.GetUtcNow();
        long begun = time.GetTimestamp();
        StoreSnapshot newest = store.Newest;
        RolePlan roles = NoRoles;
        Plan plan = round.Decide(newest, (_, _, _) => (roles = RolesOf(newest, now)).Plan, now, ids, Failed);
        try
        {
            await Task.WhenAll(Batches.Of(plan.Changes).Select(batch => MakeAsync(batch, stop)));
            Meter.Looked(time.GetElapsedTime(begun), plan.Changes.Length);
            if (roles.Step is { } step)
            {
                await TakeAsync(step, stop);
            }
        }
        catch (RefusedException refusal)
        {
            // No quorum, a full disk, or leadership that is about to end: time will tell.
            Meter.Refused();
            log.Warn("The leader's decisions were not carried out", ("error", refusal.Message));
            return now + LeaderLimits.RetryAfter;
        }

        return plan.WakeAt;
    }

    private void Failed(FailedDecision failure)
    {
        Meter.Failed();
        log.Error(
            "A decision failed and is left out for a while; all others go on",
            ("decider", failure.Decider),
            ("service.id", failure.Service?.Id.Value ?? ""),
            ("service.name", failure.Service?.Spec.Annotations.Name ?? ""),
            ("until", failure.Until),
            ("error", failure.Cause));
    }

    private RolePlan RolesOf(StoreSnapshot cluster, DateTimeOffset now)
    {
        Quorum quorum = membership.ToQuorum();
        if (settledRoles is { } settled
            && cluster.NodesSince(settled.Store).Count == 0
            && (quorum.Self, quorum.Leader) == (settled.Quorum.Self, settled.Quorum.Leader)
            && quorum.Members.SequenceEqual(settled.Quorum.Members))
        {
            return NoRoles;
        }
        RolePlan roles = RoleReconcile.Decide(cluster, quorum, now);
        bool isSettled = roles.Step is null && roles.Plan.Changes.IsEmpty && roles.Plan.WakeAt is null;
        settledRoles = isSettled ? (cluster, quorum) : null;
        return roles;
    }

    private Task MakeAsync(ImmutableArray<Change> changes, CancellationToken stop) => store.UpdateAsync(
        transaction =>
        {
            foreach (Change change in changes)
            {
                if (!change.TryMake(transaction))
                {
                    Meter.Overtaken();
                    log.Debug("A decision was overtaken", ("changes", change.Actions.Length));
                }
            }
        },
        stop);

    private async Task TakeAsync(QuorumStep step, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(LeaderLimits.QuorumStepTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            switch (step)
            {
                case HandOver:
                    log.Info("Handing leadership over: this manager is to be a worker");
                    await membership.TransferAsync(both.Token);
                    break;
                case RemoveMember removal:
                    await membership.RemoveAsync(removal.RaftId, both.Token);
                    log.Info("A manager left the quorum", ("node.id", removal.Node));
                    break;
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            log.Warn("The quorum did not change in time; trying again", ("step", step.GetType().Name));
        }
    }
}
