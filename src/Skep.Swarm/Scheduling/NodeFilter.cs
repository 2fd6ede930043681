using System.Globalization;

namespace Skep.Swarm.Scheduling;

/// <summary>Why a node does not get a task, in the order in which it is looked at (SwarmKit's pipeline).</summary>
internal enum NodeFilter
{
    Ready,
    Resource,
    Plugin,
    Constraint,
    Platform,
    HostPort,
    MaxReplicas,
    Volumes,
}

/// <summary>How many nodes failed at which filter: each counts where it failed first.</summary>
internal sealed class Explanation
{
    private const int FilterCount = (int)NodeFilter.Volumes + 1;

    private readonly int[] nodes = new int[FilterCount];

    public void Add(NodeFilter filter, int count = 1) => nodes[(int)filter] += count;

    /// <summary>What Docker shows, the most frequent reason first.</summary>
    public override string ToString() => string.Join("; ", nodes
        .Select((count, filter) => (Filter: (NodeFilter)filter, Count: count))
        .Where(one => one.Count > 0)
        .OrderByDescending(one => one.Count)
        .Select(one => Text(one.Filter, one.Count)));

    private static string Text(NodeFilter filter, int count)
    {
        string on = count == 1 ? "1 node" : string.Create(CultureInfo.InvariantCulture, $"{count} nodes");
        return filter switch
        {
            NodeFilter.Ready => $"{on} not available for new tasks",
            NodeFilter.Resource => $"insufficient resources on {on}",
            NodeFilter.Plugin => $"missing plugin on {on}",
            NodeFilter.Constraint => $"scheduling constraints not satisfied on {on}",
            NodeFilter.Platform => $"unsupported platform on {on}",
            NodeFilter.HostPort => $"host-mode port already in use on {on}",
            NodeFilter.MaxReplicas => "max replicas per node limit exceed",
            _ => $"cannot fulfill requested CSI volume mounts on {on}",
        };
    }
}
