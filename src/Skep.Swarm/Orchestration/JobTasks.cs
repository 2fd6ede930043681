using Skep.Swarm.Objects;
using Skep.Swarm.Restarts;

namespace Skep.Swarm.Orchestration;

/// <summary>What jobs of both kinds have in common: their tasks are to be brought to their end.</summary>
/// <remarks>
/// A job runs in iterations; changing it starts the next one, and what is left of earlier ones is removed. The tasks
/// are wanted complete from the start. A place whose task failed for good stays empty: such a job never completes.
/// </remarks>
internal static class JobTasks
{
    /// <param name="work">The job.</param>
    /// <param name="withHistory">Also the tasks that have ended.</param>
    public static void RemoveEarlier(ServiceWork work, bool withHistory)
    {
        foreach (Slot slot in work.Slots)
        {
            SwarmTask[] earlier =
            [
                .. slot.Tasks.Where(task => !IsOfIteration(work, task) && (withHistory || !TaskLife.HasEnded(task))),
            ];
            foreach (SwarmTask task in earlier)
            {
                slot.Want(task, TaskState.Remove);
            }
        }
    }

    public static void ReplaceEnded(ServiceWork work, Slot slot, bool mayMove)
    {
        SwarmTask[] open =
        [
            .. slot.Wanted.Where(task => IsOfIteration(work, task) && task.Status.State != TaskState.Complete),
        ];
        foreach (SwarmTask task in open)
        {
            bool isLost = !task.NodeId.IsEmpty && TaskLife.IsLost(work.NodeOf(task));
            if (isLost && !mayMove)
            {
                slot.Want(task, TaskState.Shutdown);
            }
            else if (isLost || TaskLife.HasEnded(task))
            {
                TaskRestarts.Replace(work, slot, task);
            }
        }
    }

    /// <summary>
    /// A place needs a task when it had none in this iteration, or when its task was stopped with its node.
    /// </summary>
    public static bool MustRun(ServiceWork work, Slot slot)
    {
        SwarmTask? newest = slot.Tasks.LastOrDefault(task => IsOfIteration(work, task));
        return newest is null || (!TaskLife.IsWanted(newest) && !TaskLife.EndedByItself(newest));
    }

    private static bool IsOfIteration(ServiceWork work, SwarmTask task) =>
        task.JobIteration == (work.Service.JobStatus?.JobIteration ?? default(ObjectVersion));
}
