using Skep.Swarm.Objects;
using Skep.Swarm.Scheduling;

namespace Skep.Swarm.Updates;

/// <summary>Whether a task is what its service asks for now. SwarmKit's rules (manager/orchestrator/task.go).</summary>
internal static class TaskDifference
{
    /// <summary>True when the task must be replaced.</summary>
    /// <param name="service">What is asked for.</param>
    /// <param name="task">What there is.</param>
    /// <param name="node">Where it is; null when it is nowhere.</param>
    public static bool IsOutdated(Service service, SwarmTask task, Node? node)
    {
        if (IsSameEdition(service, task))
        {
            return false;
        }
        TaskSpec asked = service.Spec.Task;
        bool isOnlyPlacement = asked.Placement != task.Spec.Placement
            && asked with { Placement = task.Spec.Placement } == task.Spec;
        if (isOnlyPlacement && node is not null && ConstraintSet.Of(asked).Matches(node))
        {
            return false;
        }
        return IsOther(service, task);
    }

    /// <summary>True when the task was made from something else than is asked for now, wherever it may be.</summary>
    public static bool IsOther(Service service, SwarmTask task)
    {
        if (IsSameEdition(service, task))
        {
            return false;
        }
        TaskSpec asked = service.Spec.Task;
        // How an image is pulled does not matter any more once it was.
        bool isPulled = task.DesiredState <= TaskState.Running
            && task.Status.State is >= TaskState.Ready and <= TaskState.Running;
        if (isPulled && asked.Container is { } container && task.Spec.Container is { } own)
        {
            asked = asked with { Runtime = container with { PullOptions = own.PullOptions } };
        }
        return asked != task.Spec || (task.Endpoint is { } endpoint && endpoint.Spec != service.Spec.Endpoint);
    }

    private static bool IsSameEdition(Service service, SwarmTask task) =>
        task.SpecVersion is { } made && made == service.SpecVersion;
}
