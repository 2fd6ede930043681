using Skep.Swarm.Objects;
using Skep.Swarm.Restarts;

namespace Skep.Swarm.Orchestration;

/// <summary>Runs a job as often as is asked for, so many tasks at a time.</summary>
internal static class ReplicatedJobTasks
{
    public static void Decide(ServiceWork work, ReplicatedJob mode)
    {
        JobTasks.RemoveEarlier(work, withHistory: false);
        ulong busy = 0;
        var taken = new HashSet<ulong>();
        foreach (Slot slot in work.Slots)
        {
            JobTasks.ReplaceEnded(work, slot, mayMove: true);
            if (JobTasks.MustRun(work, slot))
            {
                continue;
            }
            taken.Add(slot.Key.Number);
            if (slot.Newest.Status.State != TaskState.Complete && TaskLife.IsWanted(slot.Newest))
            {
                busy++;
            }
        }
        ulong open = mode.TotalCompletions - Math.Min(mode.TotalCompletions, (ulong)taken.Count);
        ulong room = mode.MaxConcurrent - Math.Min(mode.MaxConcurrent, busy);
        ulong missing = Math.Min(Math.Min(open, room), Limits.TasksMadeAtOnce);
        for (ulong number = 0; missing > 0; number++)
        {
            if (taken.Add(number))
            {
                Slot slot = work.SlotAt(new(number, default));
                slot.Add(work.NewTask(slot.Key, TaskState.Complete));
                missing--;
            }
        }
        TaskRestarts.StartWaiting(work);
    }
}
