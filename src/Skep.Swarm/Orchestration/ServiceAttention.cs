using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Orchestration;

/// <summary>Which services must be looked at again, so that a look costs what changed and not what there is.</summary>
/// <remarks>
/// It only ever leaves out services about which the answer was "nothing, until then" and around which nothing has
/// changed since. What it remembers is the snapshot it last saw and those answers; with nothing remembered all services
/// are looked at, and the plan is the same. It need not see every snapshot, nor snapshots of one history.
/// </remarks>
/// <param name="followsNodes">
/// True when what is decided about a service depends on nodes: those of its tasks, or all of them when it runs on all.
/// </param>
/// <param name="followsCluster">True when it depends on the settings of the swarm.</param>
internal sealed class ServiceAttention(bool followsNodes, bool followsCluster)
{
    private readonly SortedSet<(DateTimeOffset At, string Service)> wakes = [];
    private readonly Dictionary<string, DateTimeOffset> wakeOf = [];
    private readonly HashSet<string> unsettled = [];
    private readonly HashSet<string> onAllNodes = [];
    private StoreSnapshot? seen;

    /// <summary>Earliest time at which a service must be looked at although nothing changed.</summary>
    public DateTimeOffset? WakeAt => wakes.Count == 0 ? null : wakes.Min.At;

    /// <summary>
    /// The services to look at, in the order of their ids. They may be gone by now, and their tasks still there; the
    /// empty id stands for tasks that belong to no service.
    /// </summary>
    public IReadOnlyCollection<ServiceId> Due(StoreSnapshot cluster, DateTimeOffset now)
    {
        var due = new SortedSet<string>(unsettled, StringComparer.Ordinal);
        foreach ((DateTimeOffset _, string service) in wakes.TakeWhile(wake => wake.At <= now))
        {
            due.Add(service);
        }
        bool mustSeeAll = seen is null || (followsCluster && !ReferenceEquals(seen.Cluster, cluster.Cluster));
        StoreSnapshot before = mustSeeAll ? StoreSnapshot.Empty : seen!;
        foreach (Difference<Service> change in cluster.ServicesSince(before))
        {
            Service service = (change.After ?? change.Before)!;
            due.Add(service.Id.Value);
            Follow(service.Id.Value, change.After?.Spec.Mode);
        }
        foreach (Difference<SwarmTask> change in cluster.TasksSince(before))
        {
            due.Add((change.After ?? change.Before)!.ServiceId.Value);
        }
        if (followsNodes && !mustSeeAll)
        {
            AddByNodes(cluster, before, due);
        }
        seen = cluster;
        return [.. due.Select(id => new ServiceId(id))];
    }

    /// <summary>Says what came of the look at a service.</summary>
    /// <param name="service">Which one.</param>
    /// <param name="hasChanges">
    /// Something was decided. It may come to nothing, and would not be seen as a change then; so it is looked at again.
    /// </param>
    /// <param name="wakeAt">When the answer may be another one.</param>
    public void Settle(ServiceId service, bool hasChanges, DateTimeOffset? wakeAt)
    {
        if (hasChanges)
        {
            unsettled.Add(service.Value);
        }
        else
        {
            unsettled.Remove(service.Value);
        }
        if (wakeOf.Remove(service.Value, out DateTimeOffset earlier))
        {
            wakes.Remove((earlier, service.Value));
        }
        if (wakeAt is { } at)
        {
            wakeOf[service.Value] = at;
            wakes.Add((at, service.Value));
        }
    }

    private void Follow(string service, ServiceMode? mode)
    {
        if (mode is GlobalService or GlobalJob)
        {
            onAllNodes.Add(service);
        }
        else
        {
            onAllNodes.Remove(service);
        }
    }

    private void AddByNodes(StoreSnapshot cluster, StoreSnapshot before, SortedSet<string> due)
    {
        bool isAnyOther = false;
        foreach (Difference<Node> change in cluster.NodesSince(before))
        {
            if (change.Before is { } was && change.After is { } now && IsSameForTasks(was, now))
            {
                continue;
            }
            isAnyOther = true;
            foreach (SwarmTask task in cluster.TasksOn((change.After ?? change.Before)!.Id))
            {
                due.Add(task.ServiceId.Value);
            }
        }
        if (isAnyOther)
        {
            due.UnionWith(onAllNodes);
        }
    }

    /// <summary>Certificates and a manager's place in the quorum change without any task minding.</summary>
    private static bool IsSameForTasks(Node one, Node other) =>
        one.Spec == other.Spec && one.Status.State == other.Status.State && one.Status.Addr == other.Status.Addr
        && one.Role == other.Role && one.Description == other.Description;
}
