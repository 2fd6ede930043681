using Skep.Swarm.Objects;
using Skep.Swarm.Orchestration;

namespace Skep.Swarm.Restarts;

/// <summary>Replaces tasks that ended or whose node is lost, and starts replacements when their time comes.</summary>
/// <remarks>
/// A replacement is made at once and waits on its node, with everything prepared, until the task before it has stopped
/// and the delay is over: so the delay costs no preparation. Until when it waits is read off the tasks of its slot.
/// </remarks>
internal static class TaskRestarts
{
    /// <summary>
    /// How long a replacement waits for a task that was told to stop; SwarmKit's (restart.go, defaultOldTaskTimeout).
    /// </summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(1);

    /// <summary>Stops a task that ended or is lost, with a successor where the policy wants one.</summary>
    public static void Replace(ServiceWork work, Slot slot, SwarmTask task)
    {
        if (TaskLife.HasEnded(task) && IsHeldBack(work, slot, task))
        {
            // The task failed while it was waiting for its start. Its successor must not come sooner for that.
            return;
        }
        bool mustRestart = RestartRules.MustRestart(task, slot, work.IsJob);
        slot.Want(task, TaskState.Shutdown);
        if (mustRestart)
        {
            slot.Add(work.NewTask(slot.Key, TaskState.Ready));
        }
    }

    /// <summary>Starts the tasks that waited for their start and need not wait any longer.</summary>
    public static void StartWaiting(ServiceWork work)
    {
        foreach (Slot slot in work.Slots.Where(slot => !slot.IsPlain))
        {
            foreach (SwarmTask task in slot.Tasks.Where(task => task.DesiredState < TaskState.Running).ToArray())
            {
                if (!IsHeldBack(work, slot, task))
                {
                    slot.Want(task, work.IsJob ? TaskState.Complete : TaskState.Running);
                }
            }
        }
    }

    /// <summary>True while a task must not start; then it is looked at again in time.</summary>
    private static bool IsHeldBack(ServiceWork work, Slot slot, SwarmTask task)
    {
        if (task.DesiredState >= TaskState.Running)
        {
            return false;
        }
        DateTimeOffset made = task.Meta.CreatedAt?.ToDateTimeOffset() ?? work.Now;
        DateTimeOffset start = made;
        SwarmTask[] older = [.. slot.Tasks.TakeWhile(one => one.Id != task.Id)];
        if (older.Any(one => !TaskLife.IsWanted(one) && IsStopping(work, one)))
        {
            start = made + StopPatience;
        }
        if (older.LastOrDefault() is { } last && IsRestartOf(last, task, made)
            && made + RestartRules.DelayOf(last) is var delayed && delayed > start)
        {
            start = delayed;
        }
        if (start <= work.Now)
        {
            return false;
        }
        work.WakeNotAfter(start);
        return true;
    }

    private static bool IsStopping(ServiceWork work, SwarmTask task) =>
        TaskLife.MayRun(task) && work.NodeOf(task) is { } node && node.Status.State != NodeState.Down;

    /// <summary>
    /// The delay keeps what fails again and again from taking a whole machine. A task that was moved because its node
    /// is lost, or that brings a new edition, starts without it.
    /// </summary>
    private static bool IsRestartOf(SwarmTask last, SwarmTask task, DateTimeOffset made) =>
        TaskLife.EndedByItself(last) && TaskLife.Since(last) <= made
        && (last.SpecVersion == task.SpecVersion || last.Spec == task.Spec);
}
