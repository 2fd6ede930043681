using Skep.Swarm.Objects;
using Skep.Swarm.Services;
using Skep.Swarm.Store;

namespace Skep.Swarm.Logging;

// Of tasks only what went otherwise than planned: starts and stops are told by the services' own lines.
public static partial class StoreNews
{
    /// <param name="before">Null: it was made, and in the same transaction it may have got its node.</param>
    private static NewsLine? OfTask(SwarmTask task, SwarmTask? before, StoreReader now)
    {
        if (before?.Status.State != task.Status.State
            && task.Status.State is TaskState.Failed or TaskState.Rejected or TaskState.Orphaned)
        {
            string reason = task.Status.Err.Length > 0 ? task.Status.Err : task.Status.Message;
            return About(
                Severity.Warn, task.Status.State == TaskState.Orphaned ? "a task is lost" : "a task failed", task,
                ("node", NameOf(now.Nodes.Get(task.NodeId), task.NodeId)), ("reason", reason));
        }

        bool isPlaced = task.NodeId.Value.Length > 0;
        bool wasPlaced = before?.NodeId.Value.Length > 0;
        if (isPlaced)
        {
            return wasPlaced ? null : OfPlacement(task, now);
        }

        return task.Status is { State: TaskState.Pending, Err.Length: > 0 } && before?.Status.Err != task.Status.Err
            ? About(Severity.Warn, "a task finds no node", task, ("reason", task.Status.Err))
            : null;
    }

    /// <summary>A task that takes the place of another one elsewhere, and not because it is of a newer spec.</summary>
    private static NewsLine? OfPlacement(SwarmTask task, StoreReader now)
    {
        if (task.Slot == 0)
        {
            return null;
        }

        SwarmTask? left = now.TasksInSlot(task.ServiceId, task.Slot)
            .Where(one => one.Id != task.Id && one.NodeId.Value.Length > 0)
            .MaxBy(static one => one.Meta.Version.Index);
        return left is null || left.NodeId == task.NodeId || left.SpecVersion != task.SpecVersion
            ? null
            : About(
                Severity.Info, "a task moved", task,
                ("from", NameOf(now.Nodes.Get(left.NodeId), left.NodeId)),
                ("to", NameOf(now.Nodes.Get(task.NodeId), task.NodeId)),
                ("reason", WhyLeft(now.Nodes.Get(left.NodeId), left)));
    }

    private static string WhyLeft(Node? node, SwarmTask left) => node switch
    {
        null => "its node was removed",
        { Status.State: NodeState.Down } => "its node is down",
        { Spec.Availability: NodeAvailability.Drain } => "its node is drained",
        _ when left.Status.Err.Length > 0 => left.Status.Err,
        _ => left.Status.Message,
    };

    private static NewsLine About(
        Severity severity, string message, SwarmTask task, params (string, object?)[] facts) =>
        new(severity, message, [("task", TaskNames.Of(task)), .. facts]);

    private static string NameOf(Node? node, NodeId id) => node is null ? id.Value : NameOf(node);
}
