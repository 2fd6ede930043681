using Skep.Swarm.Objects;

namespace Skep.Swarm.Scheduling;

/// <summary>The nodes that tasks with certain standing needs may run on, least loaded first.</summary>
/// <remarks>
/// It is brought up to date only when somebody wants to place a task by it, and then at the cost of the rows that
/// changed since (<see cref="MovedRows"/>), so that neither the number of nodes nor that of the pools counts.
/// </remarks>
internal sealed class NodePool(StandingNeeds needs)
{
    private readonly NodeCheck check = new(needs);
    private readonly Dictionary<NodeRow, Member> members = [];
    private long place = -1;

    /// <summary>All nodes, by the values of the labels that tasks are spread over.</summary>
    public Branch Root { get; private set; } = new("", null);

    public void CatchUp(Board board)
    {
        IReadOnlyList<NodeRow>? moved = place < 0 ? null : board.Moved.Since(place);
        if (moved is null)
        {
            members.Clear();
            Root = new("", null);
            foreach (NodeRow row in board.Rows.Values)
            {
                Place(row);
            }
        }
        else
        {
            foreach (NodeRow row in moved)
            {
                Place(row);
            }
        }
        place = board.Moved.End;
    }

    /// <returns>Null for a row that is no node any more.</returns>
    public Branch? BranchOf(NodeRow row) => members.TryGetValue(row, out Member known) ? known.Branch : null;

    /// <summary>Whether the node is one that tasks may run on, as far as this pool knows.</summary>
    public bool IsOpen(NodeRow row) => members.TryGetValue(row, out Member known) && known.IsOpen;

    /// <returns>The first filter of the standing needs that the node fails, behind readiness and resources.</returns>
    public NodeFilter? Failure(NodeRow row) => members[row].Failure;

    private void Place(NodeRow row)
    {
        bool isKnown = members.TryGetValue(row, out Member known);
        if (isKnown && ReferenceEquals(known.Node, row.Node))
        {
            if (known.Load != row.ActiveCount && known.IsOpen)
            {
                known.Branch.Open.Remove(new(known.Load, row));
                known.Branch.Open.Add(new(row.ActiveCount, row));
            }
            members[row] = known with { Load = row.ActiveCount };
            return;
        }
        if (isKnown && known.IsOpen)
        {
            known.Branch.Open.Remove(new(known.Load, row));
        }
        members.Remove(row);
        if (row.Node is { } node)
        {
            Branch branch = Root;
            foreach (string label in needs.SpreadOver)
            {
                branch = branch.Child(NodeCheck.SpreadValue(node, label));
            }
            var member = new Member(node, row.ActiveCount, check.Failure(node), branch);
            members[row] = member;
            if (member.IsOpen)
            {
                branch.Open.Add(new(row.ActiveCount, row));
            }
        }
    }

    private readonly record struct Member(Node Node, int Load, NodeFilter? Failure, Branch Branch)
    {
        public bool IsOpen => Failure is null && NodeCheck.IsReady(Node);
    }
}

/// <summary>A node as it stands in the order of its pool.</summary>
internal readonly record struct LoadedRow(int Load, NodeRow Row) : IComparable<LoadedRow>
{
    public int CompareTo(LoadedRow other) =>
        Load != other.Load ? Load.CompareTo(other.Load) : string.CompareOrdinal(Row.Id.Value, other.Row.Id.Value);
}

/// <summary>The nodes that share the value of a label, and the values of those further out.</summary>
internal sealed class Branch(string value, Branch? parent)
{
    private readonly SortedDictionary<string, Branch> children = new(StringComparer.Ordinal);

    public string Value => value;

    public Branch? Parent => parent;

    public IReadOnlyCollection<Branch> Children => children.Values;

    /// <summary>Nodes that tasks may run on; only where there are no children.</summary>
    public SortedSet<LoadedRow> Open { get; } = [];

    public Branch Child(string value)
    {
        if (!children.TryGetValue(value, out Branch? child))
        {
            children[value] = child = new(value, this);
        }
        return child;
    }
}
