using Skep.Swarm.Objects;

namespace Skep.Swarm.Networking;

/// <summary>Whether a task is to get anything new to do. Pure.</summary>
public static class TaskTraffic
{
    /// <summary>
    /// What the status of a task says whose container runs and is ill: it gets nothing new, and is stopped when what
    /// it has is done. A task that is well has no error, in Docker's agents as in ours.
    /// </summary>
    public const string Ill = "task: unhealthy, taken out of traffic";

    /// <summary>New connections may go to it: it runs, is healthy and shall go on.</summary>
    public static bool IsServing(SwarmTask task) =>
        task.Status.State == TaskState.Running && task.DesiredState <= TaskState.Running && !IsIll(task.Status);

    /// <summary>Its container runs, is ill and is about to be stopped.</summary>
    public static bool IsIll(SwarmTaskStatus status) => status is { State: TaskState.Running, Err: Ill };

    /// <summary>Other nodes may send to it.</summary>
    public static bool IsReachedFromOtherNodes(SwarmTask task) =>
        task.Networks.Any(static one => one is { Network: not null, Addresses.IsEmpty: false });
}
