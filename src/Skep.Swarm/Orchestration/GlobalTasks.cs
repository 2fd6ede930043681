using Skep.Swarm.Objects;
using Skep.Swarm.Restarts;
using Skep.Swarm.Scheduling;
using Skep.Swarm.Updates;

namespace Skep.Swarm.Orchestration;

/// <summary>Keeps one task of a global service on every node that fits its constraints.</summary>
/// <remarks>
/// A node that is lost or that does not fit has its task stopped, with no successor anywhere. A paused node keeps
/// what it has and gets nothing new.
/// </remarks>
internal static class GlobalTasks
{
    public static void Decide(ServiceWork work)
    {
        ConstraintSet constraints = ConstraintSet.Of(work.Service.Spec.Task);
        foreach (Slot slot in work.Slots)
        {
            Node? node = work.Store.Nodes.Get(slot.Key.Node);
            bool mayStay = !TaskLife.IsLost(node) && constraints.Matches(node!);
            bool mayStart = mayStay && node!.Spec.Availability != NodeAvailability.Pause;
            foreach (SwarmTask task in slot.Wanted.ToArray())
            {
                if (!mayStay || (!mayStart && TaskLife.HasEnded(task)))
                {
                    slot.Want(task, TaskState.Shutdown);
                }
                else if (TaskLife.HasEnded(task))
                {
                    ReplaceEnded(work, slot, task);
                }
            }
            if (node is null)
            {
                Forget(slot);
            }
        }
        var kept = new List<Slot>();
        foreach (Node node in work.Store.Nodes.All)
        {
            bool mayStart = node.Spec.Availability == NodeAvailability.Active && !TaskLife.IsLost(node);
            if (mayStart && constraints.Matches(node))
            {
                Slot slot = work.SlotAt(new(0, node.Id));
                Fill(work, slot);
                kept.Add(slot);
            }
        }
        RollingUpdate.Advance(work, kept);
        TaskRestarts.StartWaiting(work);
    }

    private static void ReplaceEnded(ServiceWork work, Slot slot, SwarmTask task)
    {
        bool hasOther = slot.Wanted.Any(other =>
            other.Id != task.Id && !TaskDifference.IsOther(work.Service, other));
        if (hasOther)
        {
            slot.Want(task, TaskState.Shutdown);
        }
        else
        {
            TaskRestarts.Replace(work, slot, task);
        }
    }

    private static void Fill(ServiceWork work, Slot slot)
    {
        bool isOccupied = slot.HasWanted
            || (slot.Tasks.Count > 0
                && work.Service.UpdateStatus?.State != UpdateState.RollbackStarted
                && !RestartRules.MustRestart(slot.Newest, slot, isJob: false));
        if (!isOccupied)
        {
            slot.Add(work.NewTask(slot.Key, TaskState.Running));
        }
    }

    /// <summary>The history of a node ends with the node.</summary>
    private static void Forget(Slot slot)
    {
        foreach (SwarmTask task in slot.Tasks.ToArray())
        {
            slot.Want(task, TaskState.Remove);
        }
    }
}
