namespace Skep.Swarm.Scheduling;

/// <summary>Finds nodes for the tasks of one group, one after the other.</summary>
/// <remarks>
/// <para>
/// Problem: each task goes to the node that is best <i>then</i>, with the fewest tasks of its service and, among
/// those, the fewest of all; looking at all nodes for each task, or even for each group, costs more the larger the
/// swarm is.
/// </para>
/// <para>
/// Idea: nodes without a task of the service come first, and for them the order of the pool is the right one. So one
/// walk along that order serves the whole group: whoever is passed over does not fit, and whoever gets a task is
/// not looked at again there. Only when no such node is left are the service's own nodes put into a heap. What a
/// group costs is therefore its own tasks, and at worst those its service has already.
/// </para>
/// </remarks>
internal sealed class GroupPlacement
{
    private readonly Board board;
    private readonly NodePool pool;
    private readonly TaskNeeds needs;
    private readonly ServiceId service;
    private readonly IReadOnlyDictionary<NodeId, int> faulty;
    private readonly Dictionary<Branch, int> tasksIn = [];
    private readonly Dictionary<Branch, Queue> queues = [];
    private readonly Dictionary<Branch, PriorityQueue<Branch, (int Tasks, string Value)>> choices = [];
    private Queue? single;
    private Dictionary<Branch, List<NodeRow>>? ownRows;

    public GroupPlacement(Board board, NodePool pool, TaskNeeds needs, GroupKey key, DateTimeOffset now)
    {
        this.board = board;
        this.pool = pool;
        this.needs = needs;
        service = key.Service;
        faulty = board.Failures.FaultyFor(key, now);
        if (!needs.Standing.SpreadOver.IsEmpty)
        {
            foreach ((NodeRow row, int count) in board.CountsOf(service))
            {
                for (Branch? at = pool.BranchOf(row); at is not null; at = at.Parent)
                {
                    tasksIn[at] = tasksIn.GetValueOrDefault(at) + count;
                }
            }
        }
    }

    /// <summary>The best node for the next task, which the caller then places there.</summary>
    /// <returns>Null when no node fits any more.</returns>
    public NodeRow? Next() => needs.Standing.SpreadOver.IsEmpty
        ? (single ??= new(this, pool.Root)).Next()
        : Next(pool.Root);

    private NodeRow? Next(Branch branch)
    {
        if (branch.Children.Count == 0)
        {
            if (!queues.TryGetValue(branch, out Queue? queue))
            {
                queues[branch] = queue = new(this, branch);
            }
            return queue.Next();
        }
        if (!choices.TryGetValue(branch, out PriorityQueue<Branch, (int Tasks, string Value)>? children))
        {
            choices[branch] = children = new(FewestTasks.Instance);
            foreach (Branch child in branch.Children)
            {
                children.Enqueue(child, (tasksIn.GetValueOrDefault(child), child.Value));
            }
        }
        // A branch without room is not asked again: a group only ever takes room away.
        while (children.TryDequeue(out Branch? child, out _))
        {
            if (Next(child) is { } row)
            {
                int tasks = tasksIn.GetValueOrDefault(child) + 1;
                tasksIn[child] = tasks;
                children.Enqueue(child, (tasks, child.Value));
                return row;
            }
        }
        return null;
    }

    private int CountOn(NodeRow row) => board.CountsOf(service).GetValueOrDefault(row);

    private bool Fits(NodeRow row) =>
        row.Node is not null && needs.HasResources(row) && needs.LateFailure(row, CountOn(row)) is null;

    /// <summary>The nodes of a branch that are not in its walk: those of the service, and faulty ones.</summary>
    private List<NodeRow> OwnRowsOf(Branch branch)
    {
        if (ownRows is null)
        {
            ownRows = [];
            IEnumerable<NodeRow> bad = faulty.Keys.Select(id => board.Rows.GetValueOrDefault(id)).OfType<NodeRow>();
            foreach (NodeRow row in board.CountsOf(service).Keys.Union(bad))
            {
                if (pool.IsOpen(row))
                {
                    Branch own = pool.BranchOf(row)!;
                    if (!ownRows.TryGetValue(own, out List<NodeRow>? rows))
                    {
                        ownRows[own] = rows = [];
                    }
                    rows.Add(row);
                }
            }
        }
        return ownRows.GetValueOrDefault(branch) ?? [];
    }

    /// <summary>The nodes of one branch, best first.</summary>
    private sealed class Queue(GroupPlacement group, Branch branch)
    {
        private readonly HashSet<NodeRow> walked = [];
        private readonly IEnumerator<LoadedRow> walk = branch.Open.GetEnumerator();
        private PriorityQueue<NodeRow, Rank>? heap;
        private NodeRow? given;

        public NodeRow? Next()
        {
            NodeRow? next = heap is null ? Walk() : null;
            if (next is null)
            {
                heap ??= NewHeap();
                // The task that was placed there in the meantime is in the rank with which it goes back.
                if (given is not null && group.Fits(given))
                {
                    heap.Enqueue(given, RankOf(given));
                }
                heap.TryDequeue(out next, out _);
                given = next;
            }
            return next;
        }

        private NodeRow? Walk()
        {
            while (walk.MoveNext())
            {
                NodeRow row = walk.Current.Row;
                if (group.CountOn(row) == 0 && !group.faulty.ContainsKey(row.Id) && group.Fits(row))
                {
                    walked.Add(row);
                    return row;
                }
            }
            return null;
        }

        private PriorityQueue<NodeRow, Rank> NewHeap()
        {
            var all = new PriorityQueue<NodeRow, Rank>();
            foreach (NodeRow row in group.OwnRowsOf(branch).Union(walked))
            {
                if (group.Fits(row))
                {
                    all.Enqueue(row, RankOf(row));
                }
            }
            return all;
        }

        private Rank RankOf(NodeRow row) =>
            new(group.faulty.GetValueOrDefault(row.Id), group.CountOn(row), row.ActiveCount, row.Id.Value);
    }

    /// <summary>How good a node is; the least is the best (SwarmKit scheduler.go, nodeLess).</summary>
    private readonly record struct Rank(int Failures, int OfService, int OfAll, string Id) : IComparable<Rank>
    {
        public int CompareTo(Rank other)
        {
            int order = Failures.CompareTo(other.Failures);
            order = order != 0 ? order : OfService.CompareTo(other.OfService);
            order = order != 0 ? order : OfAll.CompareTo(other.OfAll);
            return order != 0 ? order : string.CompareOrdinal(Id, other.Id);
        }
    }

    private sealed class FewestTasks : IComparer<(int Tasks, string Value)>
    {
        public static readonly FewestTasks Instance = new();

        public int Compare((int Tasks, string Value) one, (int Tasks, string Value) other) =>
            one.Tasks != other.Tasks
                ? one.Tasks.CompareTo(other.Tasks)
                : string.CompareOrdinal(one.Value, other.Value);
    }
}
