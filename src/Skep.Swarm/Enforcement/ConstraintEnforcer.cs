using System.Collections.Immutable;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Orchestration;
using Skep.Swarm.Scheduling;
using Skep.Swarm.Store;

namespace Skep.Swarm.Enforcement;

/// <summary>Rejects tasks whose node does not fit them any more, so that they are replaced elsewhere.</summary>
/// <remarks>
/// Only on nodes that take tasks: a drained one is emptied anyway, and a paused one is left alone. What a change of
/// the service made unfit is replaced by its update, at the update's pace, and is none of this. For one thread.
/// </remarks>
public sealed class ConstraintEnforcer
{
    private readonly HashSet<NodeId> unsettled = [];
    private StoreSnapshot? seen;

    public Plan Decide(StoreSnapshot cluster, DateTimeOffset now, IdSource ids)
    {
        var changes = ImmutableArray.CreateBuilder<Change>();
        foreach (NodeId id in Due(cluster))
        {
            int before = changes.Count;
            if (cluster.Nodes.Get(id) is { Spec.Availability: NodeAvailability.Active } node)
            {
                changes.AddRange(Unfit(cluster, node).Select(task => Change.Update(Reject(task, now))));
            }
            if (changes.Count > before)
            {
                unsettled.Add(id);
            }
            else
            {
                unsettled.Remove(id);
            }
        }
        return new(changes.ToImmutable(), null);
    }

    /// <summary>
    /// The nodes on which something may have become unfit: they changed, or what is on them or its service did.
    /// </summary>
    private IEnumerable<NodeId> Due(StoreSnapshot cluster)
    {
        var due = new SortedSet<string>(unsettled.Select(node => node.Value), StringComparer.Ordinal);
        StoreSnapshot before = seen ?? StoreSnapshot.Empty;
        foreach (Difference<Node> change in cluster.NodesSince(before))
        {
            bool isSame = change is { Before: { } was, After: { } now } && was.Spec == now.Spec
                && was.Status.Addr == now.Status.Addr && was.Role == now.Role && was.Description == now.Description;
            if (!isSame)
            {
                due.Add((change.After ?? change.Before)!.RawId);
            }
        }
        foreach (Difference<Service> change in cluster.ServicesSince(before))
        {
            bool isSame = change is { Before: { } was, After: { } now } && was.SpecVersion == now.SpecVersion
                && was.Spec.Task.Placement == now.Spec.Task.Placement
                && was.UpdateStatus?.State == now.UpdateStatus?.State;
            if (!isSame && seen is not null)
            {
                due.UnionWith(cluster.TasksOf((change.After ?? change.Before)!.Id).Select(task => task.NodeId.Value));
            }
        }
        foreach (Difference<SwarmTask> change in cluster.TasksSince(before))
        {
            if (change.After is { NodeId.IsEmpty: false } task && TaskLife.MayRun(task)
                && (change.Before is null || !TaskLife.MayRun(change.Before)))
            {
                due.Add(task.NodeId.Value);
            }
        }
        seen = cluster;
        return due.Where(id => id.Length > 0).Select(id => new NodeId(id));
    }

    private static IEnumerable<SwarmTask> Unfit(StoreSnapshot cluster, Node node)
    {
        var free = new FreeResources(node.Description?.Resources);
        foreach (SwarmTask task in cluster.TasksOn(node.Id))
        {
            if (!TaskLife.IsWanted(task) || !TaskLife.MayRun(task))
            {
                continue;
            }
            if (!IsPlacedWell(cluster, task, node) || !free.TryTake(task))
            {
                yield return task;
            }
        }
    }

    private static bool IsPlacedWell(StoreSnapshot cluster, SwarmTask task, Node node)
    {
        Service? service = cluster.Services.Get(task.ServiceId);
        if (service is null || ConstraintSet.Of(service.Spec.Task).Matches(node))
        {
            return service is not null || ConstraintSet.Of(task.Spec).Matches(node);
        }
        bool isOfService = task.SpecVersion == service.SpecVersion
            || task.Spec.Placement == service.Spec.Task.Placement;
        return !isOfService && ConstraintSet.Of(task.Spec).Matches(node);
    }

    /// <summary>
    /// The state is rejected and not what is wanted changed, which belongs to the orchestrators: so they replace it.
    /// </summary>
    private static SwarmTask Reject(SwarmTask task, DateTimeOffset now) => task with
    {
        Status = task.Status with
        {
            State = TaskState.Rejected,
            Message = "task rejected by constraint enforcer",
            Err = "assigned node no longer meets constraints",
            Timestamp = SwarmTime.From(now),
            AppliedAt = null,
            AppliedBy = default,
        },
    };
}
