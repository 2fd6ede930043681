using System.Collections.Immutable;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Swarm.Updates;

namespace Skep.Swarm.Orchestration;

/// <summary>Decides which tasks every service has: makes, replaces, updates, stops and removes them.</summary>
/// <remarks>See docs/internals/orchestration.md. For one thread.</remarks>
public sealed class Orchestrators(ServicesAside aside)
{
    private readonly ServiceAttention attention = new(followsNodes: true, followsCluster: false);

    public Plan Decide(StoreSnapshot cluster, DateTimeOffset now, IdSource ids)
    {
        var changes = ImmutableArray.CreateBuilder<Change>();
        foreach (ServiceId id in attention.Due(cluster, now).Where(id => !id.IsEmpty))
        {
            int before = changes.Count;
            DateTimeOffset? wakeAt = null;
            if (cluster.Services.Get(id) is { PendingDelete: false } service)
            {
                if (aside.Contains(service))
                {
                    attention.Settle(id, hasChanges: true, wakeAt: null);
                    continue;
                }
                wakeAt = Decide(cluster, service, now, ids, changes);
            }
            else
            {
                changes.AddRange(Dissolve(cluster, id));
            }
            attention.Settle(id, changes.Count > before, wakeAt);
        }
        return new(changes.ToImmutable(), attention.WakeAt);
    }

    /// <returns>When the answer may be another one.</returns>
    private static DateTimeOffset? Decide(
        StoreSnapshot cluster,
        Service service,
        DateTimeOffset now,
        IdSource ids,
        ImmutableArray<Change>.Builder changes)
    {
        try
        {
            var work = new ServiceWork(cluster, service, now, ids);
            Decide(work);
            changes.AddRange(work.ToChanges());
            return work.WakeAt;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // One service that cannot be decided about shall not stop the others.
            throw new ServiceDecisionException(service, e);
        }
    }

    private static void Decide(ServiceWork work)
    {
        if (!work.IsJob)
        {
            RollingUpdate.React(work);
        }
        switch (work.Service.Spec.Mode)
        {
            case ReplicatedService mode:
                ReplicatedTasks.Decide(work, mode);
                break;
            case GlobalService:
                GlobalTasks.Decide(work);
                break;
            case ReplicatedJob mode:
                ReplicatedJobTasks.Decide(work, mode);
                break;
            case GlobalJob:
                GlobalJobTasks.Decide(work);
                break;
        }
    }

    /// <summary>The tasks of a service that is gone go as well; one that is to be removed goes after them.</summary>
    private static IEnumerable<Change> Dissolve(StoreSnapshot cluster, ServiceId id)
    {
        bool hasTasks = false;
        foreach (SwarmTask task in cluster.TasksOf(id))
        {
            hasTasks = true;
            if (task.DesiredState < TaskState.Remove)
            {
                yield return Change.Update(task with { DesiredState = TaskState.Remove });
            }
        }
        if (!hasTasks && cluster.Services.Get(id) is { } service)
        {
            yield return Change.Remove(service);
        }
    }
}
