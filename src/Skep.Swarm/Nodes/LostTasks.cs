using System.Collections.Immutable;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Nodes;

/// <summary>Gives up the tasks of a node that has been down for so long that nobody will ever report on them.</summary>
/// <remarks>
/// Only tasks that may have been running are given up: what had ended before cannot have changed. The node's last
/// update is taken as the time it went down, for a node that is down changes only when its user changes it.
/// </remarks>
public static class LostTasks
{
    /// <summary>SwarmKit's (dispatcher.go, defaultNodeDownPeriod).</summary>
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromHours(24);

    public static Plan Decide(StoreSnapshot cluster, DateTimeOffset now, IdSource ids)
    {
        var changes = ImmutableArray.CreateBuilder<Change>();
        DateTimeOffset? wakeAt = null;
        foreach (Node node in cluster.Nodes.All.Where(node => node.Status.State == NodeState.Down))
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
