using Skep.Swarm.Objects;
using Skep.Swarm.Restarts;
using Skep.Swarm.Scheduling;

namespace Skep.Swarm.Orchestration;

/// <summary>Runs a job once on every node that fits its constraints.</summary>
internal static class GlobalJobTasks
{
    public static void Decide(ServiceWork work)
    {
        JobTasks.RemoveEarlier(work, withHistory: true);
        ConstraintSet constraints = ConstraintSet.Of(work.Service.Spec.Task);
        foreach (Slot slot in work.Slots)
        {
            JobTasks.ReplaceEnded(work, slot, mayMove: false);
        }
        foreach (Node node in work.Store.Nodes.All)
        {
            bool mayStart = node.Spec.Availability == NodeAvailability.Active
                && node.Status.State == NodeState.Ready
                && constraints.Matches(node);
            if (!mayStart)
            {
                continue;
            }
            Slot slot = work.SlotAt(new(0, node.Id));
            if (JobTasks.MustRun(work, slot))
            {
                slot.Add(work.NewTask(slot.Key, TaskState.Complete));
            }
        }
        TaskRestarts.StartWaiting(work);
    }
}
