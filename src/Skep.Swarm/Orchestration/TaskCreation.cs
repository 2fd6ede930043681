using Skep.Swarm.Objects;
using Skep.Swarm.Services;

namespace Skep.Swarm.Orchestration;

/// <summary>Makes the tasks of services.</summary>
public static class TaskCreation
{
    /// <summary>A task as it begins: made from the service as it is now, and not placed yet.</summary>
    /// <remarks>
    /// As SwarmKit's tasks it has no name of its own; <see cref="TaskNames"/> says what it is called.
    /// </remarks>
    /// <param name="cluster">Gives the log driver when the service names none.</param>
    /// <param name="service">What the task is made from.</param>
    /// <param name="slot">The place in a replicated service; 0 for a task that is bound to a node.</param>
    /// <param name="node">The node the task is bound to; empty when it may run anywhere.</param>
    /// <param name="now">When it is made.</param>
    /// <param name="ids">Where its id comes from.</param>
    public static SwarmTask NewTask(
        Cluster? cluster, Service service, ulong slot, NodeId node, DateTimeOffset now, IdSource ids) => new()
        {
            Id = new(ids.NewObjectId()),
            ServiceId = service.Id,
            ServiceAnnotations = service.Spec.Annotations,
            Spec = service.Spec.Task,
            SpecVersion = service.SpecVersion,
            Slot = slot,
            NodeId = node,
            Status = new SwarmTaskStatus
            {
                State = TaskState.New,
                Timestamp = SwarmTime.From(now),
                Message = "created",
            },
            Endpoint = new Endpoint { Spec = service.Spec.Endpoint },
            DesiredState = TaskState.Running,
            LogDriver = service.Spec.Task.LogDriver ?? cluster?.Spec.TaskDefaults.LogDriver,
            JobIteration = service.Spec.Mode is ReplicatedJob or GlobalJob
                ? service.JobStatus?.JobIteration ?? default(ObjectVersion)
                : null,
        };
}
