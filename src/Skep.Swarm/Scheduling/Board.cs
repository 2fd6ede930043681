using Skep.Swarm.Objects;
using Skep.Swarm.Starts;
using Skep.Swarm.Store;

namespace Skep.Swarm.Scheduling;

/// <summary>What the scheduler needs to know of a snapshot, arranged so that a task finds its node quickly.</summary>
/// <remarks>
/// <para>
/// It is a memo: everything in it follows from the snapshot it has seen last, and <see cref="Follow"/> brings it to
/// another one at the cost of what differs. A board that has followed a thousand snapshots and one that has seen only
/// the last give the same answers.
/// </para>
/// <para>
/// Placing a task changes the board at once, so that the next task sees it. The store may do otherwise: until the
/// next snapshot shows what became of it, such a task is <i>assumed</i>, and then put right.
/// </para>
/// </remarks>
internal sealed class Board
{
    private static readonly Dictionary<NodeRow, int> NoCounts = [];

    private readonly Dictionary<NodeId, NodeRow> rows = [];
    private readonly Dictionary<ServiceId, Dictionary<NodeRow, int>> serviceCounts = [];
    private readonly Dictionary<GroupKey, PendingGroup> groups = [];
    private readonly SortedDictionary<TaskId, SwarmTask> preassigned = new(ById.Instance);
    private readonly Dictionary<TaskId, SwarmTask> assumed = [];
    private StoreSnapshot last = StoreSnapshot.Empty;

    public Failures Failures { get; } = new();

    public MovedRows Moved { get; } = new();

    /// <summary>Services whose tasks must not have a node yet.</summary>
    public StartGates Starts { get; } = new();

    /// <summary>Grows with everything that may let a task through a filter, or stop it there. Never 0.</summary>
    public long Version { get; private set; } = 1;

    /// <summary>Nodes of the store, and nodes that only tasks still name.</summary>
    public IReadOnlyDictionary<NodeId, NodeRow> Rows => rows;

    /// <summary>Tasks without a node.</summary>
    public IReadOnlyDictionary<GroupKey, PendingGroup> Groups => groups;

    /// <summary>Tasks that were made for a node, which must still be checked.</summary>
    public IReadOnlyDictionary<TaskId, SwarmTask> Preassigned => preassigned;

    /// <summary>Active tasks of the service by node; nodes that have none are left out.</summary>
    public IReadOnlyDictionary<NodeRow, int> CountsOf(ServiceId service) =>
        serviceCounts.GetValueOrDefault(service) ?? NoCounts;

    public void Follow(StoreSnapshot next)
    {
        foreach (Difference<Node> node in next.NodesSince(last))
        {
            NodeRow row = RowOf((node.Before ?? node.After)!.Id);
            row.Node = node.After;
            Touch(row);
            Forget(row);
        }
        Starts.Follow(next);
        foreach (Difference<SwarmTask> task in next.TasksSince(last))
        {
            Starts.Follow(task.Before, task.After);
            SwarmTask? known = task.Before;
            if (known is not null && assumed.Remove(known.Id, out SwarmTask? guess))
            {
                known = guess;
            }
            Replace(known, task.After);
        }
        foreach ((TaskId id, SwarmTask guess) in assumed)
        {
            Replace(guess, last.Tasks.Get(id));
        }
        assumed.Clear();
        last = next;
    }

    /// <summary>Goes on as if the store had this task already.</summary>
    public void Assume(SwarmTask waiting, SwarmTask placed)
    {
        Replace(waiting, placed);
        assumed[placed.Id] = placed;
    }

    private void Replace(SwarmTask? before, SwarmTask? after)
    {
        TaskPart old = PartOf(before);
        TaskPart now = PartOf(after);
        if (old == now && old is TaskPart.None || (old == now && now == TaskPart.Placed && IsSameUse(before!, after!)))
        {
            return;
        }
        if (!(old == now && now == TaskPart.Waiting && GroupKey.Of(before!) == GroupKey.Of(after!)))
        {
            Take(before, old);
        }
        Put(after, now);
    }

    private void Put(SwarmTask? task, TaskPart part)
    {
        switch (part)
        {
            case TaskPart.Waiting:
                GroupKey key = GroupKey.Of(task!);
                if (!groups.TryGetValue(key, out PendingGroup? group))
                {
                    groups[key] = group = new();
                }
                group.Set(task!);
                break;
            case TaskPart.Preassigned:
                preassigned[task!.Id] = task;
                break;
            case TaskPart.Placed:
                NodeRow row = RowOf(task!.NodeId);
                row.Add(task);
                Count(row, task, 1);
                Touch(row);
                break;
            case TaskPart.Failed:
                Failures.Add(task!);
                break;
        }
    }

    private void Take(SwarmTask? task, TaskPart part)
    {
        switch (part)
        {
            case TaskPart.Waiting:
                GroupKey key = GroupKey.Of(task!);
                PendingGroup group = groups[key];
                group.Remove(task!.Id);
                if (group.Count == 0)
                {
                    groups.Remove(key);
                }
                break;
            case TaskPart.Preassigned:
                preassigned.Remove(task!.Id);
                break;
            case TaskPart.Placed:
                NodeRow row = rows[task!.NodeId];
                row.Remove(task);
                Count(row, task, -1);
                Touch(row);
                Forget(row);
                break;
            case TaskPart.Failed:
                Failures.Remove(task!);
                break;
        }
    }

    private void Count(NodeRow row, SwarmTask task, int change)
    {
        if (!NodeRow.IsActive(task))
        {
            return;
        }
        if (!serviceCounts.TryGetValue(task.ServiceId, out Dictionary<NodeRow, int>? counts))
        {
            serviceCounts[task.ServiceId] = counts = [];
        }
        int count = counts.GetValueOrDefault(row) + change;
        if (count != 0)
        {
            counts[row] = count;
            return;
        }
        counts.Remove(row);
        if (counts.Count == 0)
        {
            serviceCounts.Remove(task.ServiceId);
        }
    }

    private NodeRow RowOf(NodeId id)
    {
        if (!rows.TryGetValue(id, out NodeRow? row))
        {
            rows[id] = row = new(id);
        }
        return row;
    }

    private void Touch(NodeRow row)
    {
        Version++;
        Moved.Add(row);
    }

    private void Forget(NodeRow row)
    {
        if (row is { Node: null, TaskCount: 0 })
        {
            rows.Remove(row.Id);
        }
    }

    private static TaskPart PartOf(SwarmTask? task) => task switch
    {
        null => TaskPart.None,
        { Status.State: TaskState.Pending, DesiredState: > TaskState.Complete } => TaskPart.None,
        { Status.State: TaskState.Pending, NodeId.IsEmpty: true } => TaskPart.Waiting,
        { Status.State: TaskState.Pending } => TaskPart.Preassigned,
        { NodeId.IsEmpty: true } => TaskPart.None,
        { Status.State: >= TaskState.Assigned and <= TaskState.Running } => TaskPart.Placed,
        // Where tasks without a slot run was not the scheduler's choice, so it has nothing to learn from them.
        { Status.State: TaskState.Failed or TaskState.Rejected, Slot: > 0 } => TaskPart.Failed,
        _ => TaskPart.None,
    };

    /// <summary>Most news of a task change its status only.</summary>
    private static bool IsSameUse(SwarmTask before, SwarmTask after) =>
        before.NodeId == after.NodeId
        && NodeRow.IsActive(before) == NodeRow.IsActive(after)
        && ReferenceEquals(before.Spec, after.Spec)
        && ReferenceEquals(before.Endpoint, after.Endpoint)
        && before.AssignedGenericResources == after.AssignedGenericResources;

    /// <summary>What a task is to the scheduler.</summary>
    private enum TaskPart
    {
        None,
        Waiting,
        Preassigned,
        Placed,
        Failed,
    }

    private sealed class ById : IComparer<TaskId>
    {
        public static readonly ById Instance = new();

        public int Compare(TaskId one, TaskId other) => string.CompareOrdinal(one.Value, other.Value);
    }
}
