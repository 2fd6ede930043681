using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Swarm.Updates;

namespace Skep.Swarm.Networking;

/// <summary>A task's share of new connections, beside the other tasks of its service. Pure.</summary>
/// <remarks>
/// Weights are compared with each other only: where all are equal, whatever they are, each task gets as much. A task of
/// weight 0 gets nothing new while another one has more.
/// </remarks>
public static class TaskWeight
{
    /// <summary>What a task weighs when nobody says anything, and the most that it can weigh.</summary>
    public const int Full = 100;

    /// <summary>
    /// Its node's weight; and of it as much as the service gives its newest version, if the task is of that. While a
    /// service is rolled back it is the other way round: what is taken back is what was on trial.
    /// </summary>
    public static int Of(StoreReader store, SwarmTask task)
    {
        int weight = OfNode(task.NodeId.IsEmpty ? null : store.Nodes.Get(task.NodeId));
        if (task.ServiceId.IsEmpty || store.Services.Get(task.ServiceId) is not { } service
            || TrafficLabels.WeightOfNewOf(service.Spec.Annotations.Labels) is not { } share)
        {
            return weight;
        }

        bool isRolledBack =
            service.UpdateStatus?.State is UpdateState.RollbackStarted or UpdateState.RollbackPaused;

        // Rounded up: what has some weight never gets nothing.
        return TaskDifference.IsOther(service, task) == isRolledBack ? ((weight * share) + Full - 1) / Full : weight;
    }

    public static int OfNode(Node? node) =>
        node is null ? Full : TrafficLabels.WeightOf(node.Spec.Annotations.Labels);

    /// <summary>Whether what a service says about its tasks' weights may not be what it was.</summary>
    internal static bool MayDiffer(Service? before, Service? after) => HasWish(before) || HasWish(after);

    private static bool HasWish(Service? service) =>
        service is not null && TrafficLabels.WeightOfNewOf(service.Spec.Annotations.Labels) is not null;
}
