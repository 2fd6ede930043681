using Skep.Swarm.Objects;
using Skep.Swarm.Scheduling;
using Skep.Swarm.Store;

namespace Skep.Tests.Scheduling;

/// <summary>Where tasks shall go, worked out the long way: each looks at every node and every other task.</summary>
internal static class PlacementModel
{
    /// <summary>The node of every task that waits and finds one.</summary>
    public static SortedDictionary<string, string> Place(StoreSnapshot store, DateTimeOffset now)
    {
        List<Node> nodes = [.. store.Nodes.All];
        List<SwarmTask> tasks = [.. store.Tasks.All];
        var placed = new SortedDictionary<string, string>(StringComparer.Ordinal);
        List<SwarmTask> waiting = [.. tasks
            .Where(task => task.Status.State == TaskState.Pending && task.DesiredState <= TaskState.Complete)
            .OrderBy(task => task.NodeId.IsEmpty)
            .ThenBy(task => task.NodeId.IsEmpty ? task.ServiceId.Value : task.Id.Value, StringComparer.Ordinal)
            .ThenBy(task => task.SpecVersion?.Index ?? 0)
            .ThenBy(task => task.SpecVersion is null ? task.Id.Value : "", StringComparer.Ordinal)
            .ThenBy(task => task.Slot)
            .ThenBy(task => task.Id.Value, StringComparer.Ordinal)];
        foreach (SwarmTask task in waiting)
        {
            List<Node> fits = [.. nodes.Where(node => Fits(task, node, tasks)
                && (task.NodeId.IsEmpty || node.Id == task.NodeId))];
            if (Best(task, nodes, fits, tasks, 0, now) is { } node)
            {
                placed[task.Id.Value] = node.Id.Value;
                tasks.Remove(task);
                tasks.Add(task.On(node.Id.Value, TaskState.Assigned));
            }
        }
        return placed;
    }

    private static Node? Best(
        SwarmTask task, List<Node> nodes, List<Node> fits, List<SwarmTask> tasks, int level, DateTimeOffset now)
    {
        ValueList<PlacementPreference> preferences = task.Spec.Placement?.Preferences ?? default;
        if (fits.Count == 0 || level == preferences.Count)
        {
            return fits
                .OrderBy(node => Failures(task, node, tasks, now))
                .ThenBy(node => tasks.Count(other => other.ServiceId == task.ServiceId && Counts(other, node)))
                .ThenBy(node => tasks.Count(other => Counts(other, node)))
                .ThenBy(node => node.Id.Value, StringComparer.Ordinal)
                .FirstOrDefault();
        }
        string label = preferences[level].Spread!.SpreadDescriptor["node.labels.".Length..];
        string Value(Node node) => node.Spec.Annotations.Labels.TryGetValue(label, out string? value) ? value : "";
        string best = fits.Select(Value).Distinct()
            .OrderBy(value => nodes.Where(node => Value(node) == value).Sum(node =>
                tasks.Count(other => other.ServiceId == task.ServiceId && Counts(other, node))))
            .ThenBy(value => value, StringComparer.Ordinal)
            .First();
        return Best(
            task,
            [.. nodes.Where(node => Value(node) == best)],
            [.. fits.Where(node => Value(node) == best)],
            tasks,
            level + 1,
            now);
    }

    private static bool Fits(SwarmTask task, Node node, List<SwarmTask> tasks)
    {
        List<SwarmTask> here = [.. tasks.Where(other => IsOn(other, node))];
        Resources reserved = task.Spec.Resources?.Reservations ?? new();
        Resources has = node.Description?.Resources ?? new();
        ulong most = task.Spec.Placement?.MaxReplicas ?? 0;
        return node.Status.State == NodeState.Ready
            && node.Spec.Availability == NodeAvailability.Active
            && ConstraintSet.Of(task.Spec).Matches(node)
            && (reserved.NanoCpus == 0 && reserved.MemoryBytes == 0
                || (here.Sum(other => other.Spec.Resources?.Reservations?.NanoCpus ?? 0) + reserved.NanoCpus
                        <= has.NanoCpus
                    && here.Sum(other => other.Spec.Resources?.Reservations?.MemoryBytes ?? 0) + reserved.MemoryBytes
                        <= has.MemoryBytes))
            && !Ports(task).Intersect(here.SelectMany(Ports)).Any()
            && (most == 0
                || (ulong)tasks.Count(other => other.ServiceId == task.ServiceId && Counts(other, node)) < most);
    }

    private static IEnumerable<uint> Ports(SwarmTask task) =>
        (task.Endpoint?.Ports ?? default).AsEnumerable().Select(port => port.PublishedPort);

    private static bool IsOn(SwarmTask task, Node node) =>
        task.NodeId == node.Id && task.Status.State is >= TaskState.Assigned and <= TaskState.Running;

    private static bool Counts(SwarmTask task, Node node) =>
        IsOn(task, node) && task.DesiredState <= TaskState.Complete;

    private static int Failures(SwarmTask task, Node node, List<SwarmTask> tasks, DateTimeOffset now)
    {
        int count = tasks.Count(other => other.NodeId == node.Id
            && other.Slot > 0
            && other.ServiceId == task.ServiceId
            && other.SpecVersion is not null
            && other.SpecVersion == task.SpecVersion
            && other.Status.State is TaskState.Failed or TaskState.Rejected
            && now - other.Status.AppliedAt!.Value.ToDateTimeOffset() <= TimeSpan.FromMinutes(5));
        return count >= 5 ? count : 0;
    }
}
