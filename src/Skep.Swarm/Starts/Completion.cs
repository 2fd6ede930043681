using Skep.Swarm.Objects;
using Skep.Swarm.Orchestration;
using Skep.Swarm.Store;

namespace Skep.Swarm.Starts;

/// <summary>Whether a service has done all that it had to do.</summary>
internal static class Completion
{
    /// <summary>False for a service whose tasks are started again whenever they end.</summary>
    public static bool CanBe(Service service) =>
        service.Spec.Mode is ReplicatedJob or GlobalJob
        || (service.Spec.Task.Restart?.Condition ?? RestartCondition.Any) != RestartCondition.Any;

    /// <remarks>
    /// In every place of the service the newest task must have ended well. It looks at all tasks of the service, as
    /// the orchestrators do whenever one of them changes.
    /// </remarks>
    public static bool Is(StoreReader store, Service service)
    {
        if (!CanBe(service))
        {
            return false;
        }
        bool isJob = service.Spec.Mode is ReplicatedJob or GlobalJob;
        bool isByNode = service.Spec.Mode is GlobalService or GlobalJob;
        ObjectVersion iteration = service.JobStatus?.JobIteration ?? default;
        var newest = new Dictionary<SlotKey, SwarmTask>();
        foreach (SwarmTask task in store.TasksOf(service.Id))
        {
            if (task.DesiredState >= TaskState.Remove || (isJob && task.JobIteration != iteration))
            {
                continue;
            }
            SlotKey key = isByNode ? new(0, task.NodeId) : new(task.Slot, default);
            if (!newest.TryGetValue(key, out SwarmTask? other) || TaskLife.CompareAge(other, task) < 0)
            {
                newest[key] = task;
            }
        }
        int done = newest.Values.Count(task => task.Status.State == TaskState.Complete);
        return service.Spec.Mode switch
        {
            ReplicatedJob job => (ulong)done >= job.TotalCompletions,
            ReplicatedService { Replicas: > 0 } replicated => (ulong)done >= replicated.Replicas,
            // A node that was lost or emptied before it came to its end is not waited for.
            GlobalJob or GlobalService => done > 0 && newest.Values.All(task =>
                task.Status.State == TaskState.Complete
                || !(TaskLife.IsWanted(task) || TaskLife.EndedByItself(task))),
            _ => false,
        };
    }
}
