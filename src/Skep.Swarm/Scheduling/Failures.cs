using Skep.Swarm.Objects;

namespace Skep.Swarm.Scheduling;

/// <summary>Which nodes have failed tasks of which service, so that others are tried first.</summary>
/// <remarks>
/// Counted from the ended tasks that the store still keeps, so that a new leader knows the same. A swarm that keeps
/// fewer than five ended tasks of a slot therefore learns less.
/// </remarks>
internal sealed class Failures
{
    /// <summary>So many within <see cref="Window"/> make a node faulty (SwarmKit scheduler.go, maxFailures).</summary>
    private const int FaultyCount = 5;

    /// <summary>SwarmKit's (scheduler.go, monitorFailures).</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private static readonly Dictionary<NodeId, int> None = [];

    private readonly Dictionary<GroupKey, Dictionary<NodeId, List<DateTimeOffset>>> times = [];

    public void Add(SwarmTask task)
    {
        GroupKey key = GroupKey.Of(task);
        if (!times.TryGetValue(key, out Dictionary<NodeId, List<DateTimeOffset>>? nodes))
        {
            times[key] = nodes = [];
        }
        if (!nodes.TryGetValue(task.NodeId, out List<DateTimeOffset>? list))
        {
            nodes[task.NodeId] = list = [];
        }
        list.Add(TimeOf(task));
    }

    public void Remove(SwarmTask task)
    {
        GroupKey key = GroupKey.Of(task);
        Dictionary<NodeId, List<DateTimeOffset>> nodes = times[key];
        List<DateTimeOffset> list = nodes[task.NodeId];
        list.Remove(TimeOf(task));
        if (list.Count == 0)
        {
            nodes.Remove(task.NodeId);
        }
        if (nodes.Count == 0)
        {
            times.Remove(key);
        }
    }

    /// <summary>The faulty nodes, each with its recent failures of these tasks.</summary>
    public IReadOnlyDictionary<NodeId, int> FaultyFor(GroupKey key, DateTimeOffset now)
    {
        if (!times.TryGetValue(key, out Dictionary<NodeId, List<DateTimeOffset>>? nodes))
        {
            return None;
        }
        var faulty = new Dictionary<NodeId, int>();
        foreach ((NodeId node, List<DateTimeOffset> list) in nodes)
        {
            int recent = list.Count(time => now - time <= Window);
            if (recent >= FaultyCount)
            {
                faulty[node] = recent;
            }
        }
        return faulty;
    }

    /// <summary>By a manager's clock where there is one to read.</summary>
    private static DateTimeOffset TimeOf(SwarmTask task) =>
        (task.Status.AppliedAt ?? task.Status.Timestamp ?? task.Meta.UpdatedAt)?.ToDateTimeOffset() ?? default;
}
