using Skep.Swarm.Objects;
using Skep.Swarm.Orchestration;

namespace Skep.Swarm.Restarts;

/// <summary>Whether and how soon a task that ended is followed by another.</summary>
/// <remarks>
/// SwarmKit keeps the history of restarts in the memory of its leader. Here it is read off the tasks: every task of a
/// slot but the first was a restart, and the reaper keeps as many ended ones as the limit needs.
/// </remarks>
internal static class RestartRules
{
    /// <summary>SwarmKit's (api/defaults/service.go).</summary>
    private static readonly TimeSpan DefaultDelay = TimeSpan.FromSeconds(5);

    public static RestartCondition ConditionOf(SwarmTask task) => task.Spec.Restart?.Condition ?? RestartCondition.Any;

    public static TimeSpan DelayOf(SwarmTask task) => task.Spec.Restart?.Delay?.ToTimeSpan() ?? DefaultDelay;

    /// <param name="task">A task that ended, or whose node is lost.</param>
    /// <param name="slot">Where it was.</param>
    /// <param name="isJob">What a job has done is not done again.</param>
    public static bool MustRestart(SwarmTask task, Slot slot, bool isJob)
    {
        bool isComplete = task.Status.State == TaskState.Complete;
        RestartCondition condition = ConditionOf(task);
        if (condition == RestartCondition.None
            || (isComplete && (isJob || condition == RestartCondition.OnFailure)))
        {
            return false;
        }
        ulong attemptsMax = task.Spec.Restart?.MaxAttempts ?? 0;
        return attemptsMax == 0 || AttemptsBefore(task, slot) < attemptsMax;
    }

    /// <summary>Restarts from the same edition of the service, in the window that the policy looks back on.</summary>
    private static ulong AttemptsBefore(SwarmTask task, Slot slot)
    {
        IEnumerable<SwarmTask> restarts = slot.Tasks
            .Where(one => one.SpecVersion == task.SpecVersion && one.JobIteration == task.JobIteration)
            .Skip(1);
        TimeSpan window = task.Spec.Restart?.Window?.ToTimeSpan() ?? TimeSpan.Zero;
        if (window == TimeSpan.Zero)
        {
            return (ulong)restarts.Count();
        }
        DateTimeOffset endedAt = TaskLife.Since(task);
        return (ulong)restarts.Count(one =>
            one.Meta.CreatedAt is { } made && made.ToDateTimeOffset() is var at
            && at > endedAt - window && at <= endedAt);
    }
}
