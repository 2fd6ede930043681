using System.Collections.Immutable;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Scheduling;

/// <summary>Gives every waiting task a node, or says why there is none.</summary>
/// <remarks>
/// A task goes to the node with the fewest tasks of its service, among those to the one with the fewest of all, and
/// last by the order of the ids. Decisions are never taken back: what no longer fits is the constraint enforcer's and
/// the orchestrators' to end.
/// </remarks>
public sealed class Scheduler
{
    private readonly Board board = new();
    private readonly NodePools pools = new();

    public Plan Decide(StoreSnapshot cluster, DateTimeOffset now, IdSource ids)
    {
        board.Follow(cluster);
        if (board.Preassigned.Count == 0 && board.Groups.Count == 0)
        {
            return Plan.Nothing;
        }
        var changes = ImmutableArray.CreateBuilder<Change>();
        // Tasks made for a node come first: a global service shall not lose its place to one that can go anywhere.
        Confirm(now, changes);
        foreach ((GroupKey key, PendingGroup group) in board.Groups.OrderBy(entry => entry.Key).ToArray())
        {
            if (board.Starts.Reason(key.Service) is { } reason)
            {
                Hold(group, reason, now, changes);
                continue;
            }
            group.HeldFor = null;
            if (group.SettledAt != board.Version)
            {
                Place(key, group, now, changes);
            }
        }
        return changes.Count == 0 ? Plan.Nothing : new(changes.ToImmutable(), null);
    }

    private void Confirm(DateTimeOffset now, ImmutableArray<Change>.Builder changes)
    {
        if (board.Preassigned.Count == 0)
        {
            return;
        }
        var checks = new Dictionary<StandingNeeds, NodeCheck>();
        SwarmTaskStatus confirmed = Assigned("scheduler confirmed task can run on preassigned node", now);
        foreach (SwarmTask task in board.Preassigned.Values.ToArray())
        {
            // A task whose node is gone is left alone: its orchestrator sees that too.
            if (board.Rows.GetValueOrDefault(task.NodeId) is not { Node: { } node } row)
            {
                continue;
            }
            if (board.Starts.Reason(task.ServiceId) is { } reason)
            {
                Say(task, reason, now, changes);
                continue;
            }
            var needs = new TaskNeeds(task);
            if (!checks.TryGetValue(needs.Standing, out NodeCheck? check))
            {
                checks[needs.Standing] = check = new(needs.Standing);
            }
            int ofService = board.CountsOf(task.ServiceId).GetValueOrDefault(row);
            if (Verdicts.Failure(row, node, needs, check.Failure(node), ofService) is { } failure)
            {
                var explanation = new Explanation();
                explanation.Add(failure);
                Say(task, explanation.ToString(), now, changes);
                continue;
            }
            Assign(task, row, needs, confirmed, changes);
        }
    }

    /// <summary>The service must not start yet, whatever nodes there are.</summary>
    private static void Hold(
        PendingGroup group, string why, DateTimeOffset now, ImmutableArray<Change>.Builder changes)
    {
        if (group.HeldFor == why)
        {
            return;
        }
        bool isSaid = true;
        foreach (SwarmTask task in group.Ordered())
        {
            isSaid &= !Say(task, why, now, changes);
        }
        group.HeldFor = isSaid ? why : null;
        // What was found out about nodes is not what the tasks say now.
        group.SettledAt = 0;
    }

    private void Place(GroupKey key, PendingGroup group, DateTimeOffset now, ImmutableArray<Change>.Builder changes)
    {
        SwarmTask[] tasks = group.Ordered();
        var needs = new TaskNeeds(tasks[0]);
        NodePool pool = pools.For(needs.Standing);
        pool.CatchUp(board);
        if (group.Verdicts is { } known && known.TryFollow(board, pool))
        {
            Settle(group, tasks, known.Text, now, changes);
            return;
        }
        group.Verdicts = null;
        var placement = new GroupPlacement(board, pool, needs, key, now);
        SwarmTaskStatus assigned = Assigned("scheduler assigned task to node", now);
        int placed = 0;
        while (placed < tasks.Length && placement.Next() is { } row)
        {
            Assign(tasks[placed++], row, needs, assigned, changes);
        }
        if (placed < tasks.Length)
        {
            var verdicts = Verdicts.Of(board, pool, needs, key.Service);
            bool isRoom = (long)board.Groups.Count * board.Rows.Count <= Limits.Verdicts;
            group.Verdicts = isRoom ? verdicts : null;
            Settle(group, tasks.AsSpan(placed), verdicts.Text, now, changes);
        }
    }

    private void Settle(
        PendingGroup group,
        ReadOnlySpan<SwarmTask> tasks,
        string why,
        DateTimeOffset now,
        ImmutableArray<Change>.Builder changes)
    {
        bool isSaid = true;
        foreach (SwarmTask task in tasks)
        {
            isSaid &= !Say(task, why, now, changes);
        }
        // Only what the store shows is settled: the words may be lost on their way there.
        group.SettledAt = isSaid ? board.Version : 0;
    }

    private void Assign(
        SwarmTask task,
        NodeRow row,
        TaskNeeds needs,
        SwarmTaskStatus status,
        ImmutableArray<Change>.Builder changes)
    {
        SwarmTask placed = task with
        {
            NodeId = row.Id,
            Status = status,
            AssignedGenericResources = row.Generic.Take(row.Node!, needs.Generic),
        };
        board.Assume(task, placed);
        changes.Add(Change.Update(placed));
    }

    /// <returns>False when the task says so already.</returns>
    private static bool Say(SwarmTask task, string why, DateTimeOffset now, ImmutableArray<Change>.Builder changes)
    {
        if (task.Status.Err == why)
        {
            return false;
        }
        changes.Add(Change.Update(task with
        {
            Status = task.Status with { Timestamp = SwarmTime.From(now), Err = why },
        }));
        return true;
    }

    private static SwarmTaskStatus Assigned(string message, DateTimeOffset now) => new()
    {
        State = TaskState.Assigned,
        Message = message,
        Timestamp = SwarmTime.From(now),
    };
}
