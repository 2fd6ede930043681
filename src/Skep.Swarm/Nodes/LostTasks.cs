using System.Collections.Immutable;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Nodes;

/// <summary>Gives up the tasks of a node that has been down for so long that nobody will ever report on them.</summary>
/// <remarks>
/// Only tasks that may have been running are given up: what had ended before cannot have changed. The node's last
/// update is taken as the time it went down, for a node that is down changes only when its user changes it.
/// For one thread.
/// </remarks>
public sealed class LostTasks
{
    /// <summary>SwarmKit's (dispatcher.go, defaultNodeDownPeriod).</summary>
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromHours(24);

    // A memo of the last snapshot: its nodes that are down.
    private readonly SortedDictionary<string, Node> down = new(StringComparer.Ordinal);
    private StoreSnapshot last = StoreSnapshot.Empty;

    public Plan Decide(StoreSnapshot cluster, DateTimeOffset now, IdSource ids)
    {
        foreach ((Node? before, Node? after) in cluster.NodesSince(last))
        {
            if (after is { Status.State: NodeState.Down })
            {
                down[after.RawId] = after;
            }
            else
            {
                down.Remove((after ?? before)!.RawId);
            }
        }
        last = cluster;
        var changes = ImmutableArray.CreateBuilder<Change>();
        DateTimeOffset? wakeAt = null;
        foreach (Node node in down.Values)
        {
            DateTimeOffset givenUpAt = (node.Meta.UpdatedAt?.ToDateTimeOffset() ?? now) + GivenUpAfter;
            IEnumerable<SwarmTask> lost = cluster.TasksOn(node.Id).Where(
                task => task.Status.State is >= TaskState.Assigned and <= TaskState.Running);
            if (givenUpAt <= now)
            {
                changes.AddRange(lost.Select(task => Change.Update(task with
                {
                    Status = task.Status with { State = TaskState.Orphaned },
                })));
            }
            else if (lost.Any() && (wakeAt is null || givenUpAt < wakeAt))
            {
                wakeAt = givenUpAt;
            }
        }
        return new(changes.ToImmutable(), wakeAt);
    }
}
