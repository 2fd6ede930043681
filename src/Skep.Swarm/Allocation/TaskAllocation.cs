using System.Collections.Immutable;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Allocation;

/// <summary>Hands new tasks to the scheduler once all that is not the node's is allocated to them.</summary>
/// <remarks>What is in the way is written on the task: a task that waits without a reason helps nobody.</remarks>
public sealed class TaskAllocation(AddressBook book)
{
    public Plan Decide(StoreSnapshot cluster, DateTimeOffset now, IdSource ids)
    {
        book.Follow(cluster);
        var grants = new AddressGrants(book);
        ImmutableArray<Change>.Builder? changes = null;
        var pending = new SwarmTaskStatus
        {
            State = TaskState.Pending,
            Message = "pending task scheduling",
            Timestamp = SwarmTime.From(now),
        };
        foreach (SwarmTask task in cluster.TasksInState(TaskState.New))
        {
            // One that shall not run any more never will: it is the reaper's.
            if (task.DesiredState <= TaskState.Complete && Step(cluster, task, grants, pending) is { } step)
            {
                changes ??= ImmutableArray.CreateBuilder<Change>();
                changes.Add(Change.Update(step));
            }
        }
        return changes is null ? Plan.Nothing : new(changes.ToImmutable(), null);
    }

    /// <returns>The task as it shall be; null: as it is.</returns>
    private static SwarmTask? Step(
        StoreSnapshot cluster, SwarmTask task, AddressGrants grants, SwarmTaskStatus pending)
    {
        Service? service = task.ServiceId.IsEmpty ? null : cluster.Services.Get(task.ServiceId);
        if (service is null && !task.ServiceId.IsEmpty)
        {
            return null;
        }
        if (service is not null && ServiceEndpoints.Missing(cluster, service) is { } pendingPart)
        {
            return Said(
                task,
                $"service {service.Spec.Annotations.Name} to which the task belongs has pending allocations"
                + pendingPart,
                pending);
        }
        ValueList<NetworkAttachmentConfig> wishes = task.Spec.Networks.IsEmpty && service is not null
            ? service.Spec.Networks
            : task.Spec.Networks;
        // A leader of another make may have given it some already.
        ValueList<NetworkAttachment> networks = task.Networks;
        if (networks.IsEmpty
            && !Attachments.TryMake(cluster, service, wishes, grants, out networks, out string? why))
        {
            return Said(task, why, pending);
        }
        return task with
        {
            Status = pending,
            Networks = networks,
            Endpoint = service?.Endpoint ?? task.Endpoint,
        };
    }

    private static SwarmTask? Said(SwarmTask task, string why, SwarmTaskStatus pending) => task.Status.Err == why
        ? null
        : task with { Status = task.Status with { Err = why, Timestamp = pending.Timestamp } };
}
