using Skep.Swarm.Objects;
using Skep.Swarm.Restarts;
using Skep.Swarm.Updates;

namespace Skep.Swarm.Orchestration;

/// <summary>Keeps a replicated service at the number of tasks that is asked for.</summary>
internal static class ReplicatedTasks
{
    public static void Decide(ServiceWork work, ReplicatedService mode)
    {
        Slot[] occupied = [.. work.Slots.Where(slot => IsOccupied(work, slot))];
        ulong missing = mode.Replicas - Math.Min(mode.Replicas, (ulong)occupied.Length);
        Slot[] kept = (ulong)occupied.Length <= mode.Replicas
            ? occupied
            : [.. InOrderOfWorth(occupied).Take((int)mode.Replicas)];
        // What is left comes with the next look, which the tasks made now bring about.
        SlotKey[] free = missing == 0
            ? []
            : [.. FreeSlots(occupied).Take((int)Math.Min(missing, Limits.TasksMadeAtOnce))];
        if (kept.Length < work.Slots.Count)
        {
            RemoveOthers(work, [.. kept.Select(slot => slot.Key), .. free]);
        }
        foreach (Slot slot in kept.Where(slot => !slot.IsPlain || IsLost(work, slot.Newest)))
        {
            ReplaceEnded(work, slot);
        }
        foreach (SlotKey key in free)
        {
            work.SlotAt(key).Add(work.NewTask(key, TaskState.Running));
        }
        RollingUpdate.Advance(work, kept);
        TaskRestarts.StartWaiting(work);
    }

    private static void ReplaceEnded(ServiceWork work, Slot slot)
    {
        foreach (SwarmTask task in slot.Wanted.ToArray())
        {
            if (!TaskLife.HasEnded(task) && !IsLost(work, task))
            {
                continue;
            }
            // An old task that fails while its successor is on its way needs no second one.
            bool isOld = TaskDifference.IsOther(work.Service, task);
            bool hasOther = slot.Wanted.Any(
                other => other.Id != task.Id && (isOld || !TaskDifference.IsOther(work.Service, other)));
            if (hasOther)
            {
                slot.Want(task, TaskState.Shutdown);
            }
            else
            {
                TaskRestarts.Replace(work, slot, task);
            }
        }
    }

    /// <summary>
    /// A slot is taken while a task of it is wanted, and also when its task has ended and shall not come again.
    /// </summary>
    private static bool IsOccupied(ServiceWork work, Slot slot)
    {
        if (slot.Tasks.Count == 0)
        {
            return false;
        }
        // A rollback brings the service back to all its tasks, also to those that had ended for good.
        return slot.HasWanted
            || (work.Service.UpdateStatus?.State != UpdateState.RollbackStarted
                && !RestartRules.MustRestart(slot.Newest, slot, isJob: false));
    }

    private static IEnumerable<SlotKey> FreeSlots(Slot[] occupied)
    {
        HashSet<ulong> taken = [.. occupied.Select(slot => slot.Key.Number)];
        for (ulong number = 1; ; number++)
        {
            if (!taken.Contains(number))
            {
                yield return new(number, default);
            }
        }
    }

    private static void RemoveOthers(ServiceWork work, HashSet<SlotKey> staying)
    {
        foreach (Slot slot in work.Slots.Where(slot => !staying.Contains(slot.Key)))
        {
            foreach (SwarmTask task in slot.Tasks.ToArray())
            {
                slot.Want(task, TaskState.Remove);
            }
        }
    }

    /// <summary>The slots that a smaller service would rather keep come first.</summary>
    /// <remarks>
    /// The tasks that stay shall be spread over the nodes, so the second task of a node goes before the first of
    /// another one; what runs stays rather than what does not, and low numbers, where the first task of a stateful
    /// service is, rather than high ones.
    /// </remarks>
    private static IEnumerable<Slot> InOrderOfWorth(Slot[] occupied)
    {
        var tasksOn = new Dictionary<NodeId, int>();
        return occupied
            .OrderBy(slot => !slot.Tasks.Any(IsRunning))
            .ThenBy(slot => slot.Key)
            .Select(slot => (Slot: slot, Place: PlaceOf(slot)))
            .ToArray()
            .OrderBy(one => one.Place)
            .Select(one => one.Slot);

        int PlaceOf(Slot slot)
        {
            SwarmTask[] wanted = [.. slot.Wanted];
            SwarmTask single = wanted.Length == 0 ? slot.Newest : wanted[0];
            if (wanted.Length > 1 || single.NodeId.IsEmpty)
            {
                return int.MaxValue;
            }
            int place = tasksOn.GetValueOrDefault(single.NodeId) + 1;
            tasksOn[single.NodeId] = place;
            return place;
        }
    }

    private static bool IsLost(ServiceWork work, SwarmTask task) =>
        !task.NodeId.IsEmpty && TaskLife.IsLost(work.NodeOf(task));

    private static bool IsRunning(SwarmTask task) =>
        TaskLife.IsWanted(task) && task.Status.State == TaskState.Running;
}
