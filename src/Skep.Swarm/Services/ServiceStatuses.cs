using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Services;

/// <summary>Counts the tasks of services.</summary>
public static class ServiceStatuses
{
    /// <summary>A service that is gone has a desired count of 0, and may have tasks that still run.</summary>
    public static ServiceTaskCounts Of(StoreReader store, ServiceId id)
    {
        Service? service = store.Services.Get(id);
        ulong running = 0, completed = 0, wanted = 0;
        foreach (SwarmTask task in store.TasksOf(id))
        {
            if (service?.JobStatus is { } job)
            {
                if (task.JobIteration != job.JobIteration)
                {
                    continue;
                }
                completed += task.Status.State == TaskState.Complete ? 1u : 0;
            }
            running += task.Status.State == TaskState.Running ? 1u : 0;
            wanted += IsWanted(task) ? 1u : 0;
        }
        ulong desired = service?.Spec.Mode switch
        {
            null when service is null => 0,
            ReplicatedService replicated => replicated.Replicas,
            ReplicatedJob replicated => replicated.MaxConcurrent,
            _ => wanted,
        };
        return new(running, desired, completed);
    }

    /// <summary>On every node one task is wanted, so those that are wanted now are counted.</summary>
    private static bool IsWanted(SwarmTask task) =>
        task.DesiredState == TaskState.Running
        || (task.DesiredState == TaskState.Complete && task.Status.State != TaskState.Complete);
}
