using Skep.Swarm.Objects;

namespace Skep.Swarm.Orchestration;

/// <summary>What orchestrators ask about a task.</summary>
internal static class TaskLife
{
    /// <summary>The task shall run, or for a job: run to its end.</summary>
    public static bool IsWanted(SwarmTask task) => task.DesiredState <= TaskState.Complete;

    /// <summary>The task runs no more and never will.</summary>
    public static bool HasEnded(SwarmTask task) => task.Status.State > TaskState.Running;

    /// <summary>The task ended although nobody told it to.</summary>
    public static bool EndedByItself(SwarmTask task) =>
        task.Status.State is TaskState.Complete or TaskState.Failed or TaskState.Rejected;

    /// <summary>A node has it and may be running it.</summary>
    public static bool MayRun(SwarmTask task) =>
        task.Status.State is >= TaskState.Assigned and <= TaskState.Running;

    /// <summary>When the task came to the state it is in, by a manager's clock where one wrote it down.</summary>
    public static DateTimeOffset Since(SwarmTask task) =>
        (task.Status.AppliedAt ?? task.Status.Timestamp)?.ToDateTimeOffset() ?? DateTimeOffset.MinValue;

    /// <summary>A node on which no task shall be: it is gone, cannot be reached, or is to be emptied.</summary>
    public static bool IsLost(Node? node) =>
        node is null || node.Status.State == NodeState.Down || node.Spec.Availability == NodeAvailability.Drain;

    /// <summary>Oldest first.</summary>
    /// <remarks>
    /// A task that is being made has no time yet and is the youngest. Of two that were made at the same moment the
    /// one that is given up was there before the one that is wanted.
    /// </remarks>
    public static int CompareAge(SwarmTask one, SwarmTask other)
    {
        int order = Nullable.Compare(one.Meta.CreatedAt, other.Meta.CreatedAt);
        if (one.Meta.CreatedAt is null || other.Meta.CreatedAt is null)
        {
            order = -order;
        }
        order = order != 0 ? order : other.DesiredState.CompareTo(one.DesiredState);
        order = order != 0 ? order : other.Status.State.CompareTo(one.Status.State);
        return order != 0 ? order : string.CompareOrdinal(one.RawId, other.RawId);
    }
}
