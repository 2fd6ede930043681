using System.Collections.Immutable;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Orchestration;
using Skep.Swarm.Store;
using Skep.Swarm.Updates;

namespace Skep.Swarm.Reaping;

/// <summary>Takes tasks out of the store that nobody needs any more.</summary>
/// <remarks>
/// A slot keeps as many tasks as the swarm's history says, the one that runs among them, and with a restart limit as
/// many as are needed to count its attempts. A task that was to be removed goes as soon as no node has it.
/// For one thread.
/// </remarks>
public sealed class Reaper
{
    private static readonly TaskState[] Ends =
        [TaskState.Complete, TaskState.Shutdown, TaskState.Failed, TaskState.Rejected, TaskState.Orphaned];

    private readonly ServiceAttention attention = new(followsNodes: false, followsCluster: true);

    public Plan Decide(StoreSnapshot cluster, DateTimeOffset now, IdSource ids)
    {
        var changes = ImmutableArray.CreateBuilder<Change>();
        foreach (ServiceId id in attention.Due(cluster, now))
        {
            int before = changes.Count;
            IEnumerable<SwarmTask> leaving = id.IsEmpty
                ? OfNoService(cluster)
                : Leaving(cluster, id);
            changes.AddRange(leaving.Select(Change.Remove));
            attention.Settle(id, changes.Count > before, null);
        }
        return new(changes.ToImmutable(), null);
    }

    /// <summary>A place on a network whose container has left it is nothing that anybody looks back at.</summary>
    private static IEnumerable<SwarmTask> OfNoService(StoreSnapshot cluster) =>
        Ends.SelectMany(cluster.TasksInState).Where(task => task.ServiceId.IsEmpty
            && (task.Status.State == TaskState.Orphaned || task.Spec.Runtime is NetworkAttachmentSpec));

    private static IEnumerable<SwarmTask> Leaving(StoreSnapshot cluster, ServiceId id)
    {
        Service? service = cluster.Services.Get(id);
        var slots = new SortedDictionary<SlotKey, List<SwarmTask>>();
        foreach (SwarmTask task in cluster.TasksOf(id))
        {
            if (task.DesiredState == TaskState.Remove)
            {
                if (!TaskLife.MayRun(task))
                {
                    yield return task;
                }
                continue;
            }
            bool isByNode = service?.Spec.Mode is GlobalService or GlobalJob;
            SlotKey key = isByNode ? new(0, task.NodeId) : new(task.Slot, default);
            if (!slots.TryGetValue(key, out List<SwarmTask>? slot))
            {
                slots[key] = slot = [];
            }
            slot.Add(task);
        }
        long kept = service is null ? -1 : KeptPerSlot(cluster, service);
        if (kept < 0)
        {
            yield break;
        }
        foreach (List<SwarmTask> slot in slots.Values.Where(slot => slot.Count > kept))
        {
            foreach (SwarmTask task in History(service!, slot).Take((int)(slot.Count - kept)))
            {
                yield return task;
            }
        }
    }

    /// <summary>As SwarmKit's: the attempts of a restart limit must be countable, whatever the history says.</summary>
    private static long KeptPerSlot(StoreSnapshot cluster, Service service) =>
        service.Spec.Task.Restart is { MaxAttempts: > 0 } policy
            ? (long)Math.Min(policy.MaxAttempts, int.MaxValue) + 1
            : cluster.Cluster?.Spec.Orchestration.TaskHistoryRetentionLimit ?? -1;

    /// <summary>The tasks of a slot that may go, the longest ended first.</summary>
    private static IEnumerable<SwarmTask> History(Service service, List<SwarmTask> slot)
    {
        slot.Sort(TaskLife.CompareAge);
        // Until when a task waits for its start is told by the one before it.
        if (slot.Any(task => task.DesiredState < TaskState.Running))
        {
            return [];
        }
        HashSet<TaskId> needed = [.. Needed(service, slot).Select(task => task.Id)];
        return slot
            .Where(task => TaskLife.HasEnded(task) || (!TaskLife.IsWanted(task) && !TaskLife.MayRun(task)))
            .Where(task => !needed.Contains(task.Id))
            .OrderBy(TaskLife.Since)
            .ThenBy(task => task.RawId, StringComparer.Ordinal);
    }

    /// <summary>
    /// What a job has done counts. How an update goes is told by the task it began with and the one before that.
    /// </summary>
    private static IEnumerable<SwarmTask> Needed(Service service, List<SwarmTask> slot)
    {
        if (service.Spec.Mode is ReplicatedJob or GlobalJob)
        {
            return slot.Where(task => task.Status.State == TaskState.Complete
                && task.JobIteration == (service.JobStatus?.JobIteration ?? default(ObjectVersion)))
                .Append(slot[^1]);
        }
        if (service.UpdateStatus?.State is not (UpdateState.Updating or UpdateState.RollbackStarted))
        {
            return [];
        }
        int lastOther = slot.FindLastIndex(task => TaskDifference.IsOther(service, task));
        return lastOther < 0 ? [] : slot.Skip(lastOther).Take(2);
    }
}
