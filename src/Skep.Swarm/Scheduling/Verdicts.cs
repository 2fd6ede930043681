using Skep.Swarm.Objects;

namespace Skep.Swarm.Scheduling;

/// <summary>Why each node does not get a task of a group for which no node fits.</summary>
/// <remarks>Kept with the group, so that the next look goes over the nodes that changed, not over all.</remarks>
internal sealed class Verdicts
{
    private readonly TaskNeeds needs;
    private readonly ServiceId service;
    private readonly Dictionary<NodeRow, NodeFilter> failures = [];
    private readonly Explanation explanation = new();
    private long place;

    private Verdicts(TaskNeeds needs, ServiceId service)
    {
        this.needs = needs;
        this.service = service;
    }

    /// <summary>What to write on the tasks.</summary>
    public string Text => explanation.ToString() is { Length: > 0 } why
        ? $"no suitable node ({why})"
        : "no suitable node";

    /// <param name="board">On which no node fits.</param>
    /// <param name="pool">The pool of the needs, up to date.</param>
    /// <param name="needs">What the tasks need.</param>
    /// <param name="service">Whose tasks they are.</param>
    public static Verdicts Of(Board board, NodePool pool, TaskNeeds needs, ServiceId service)
    {
        var verdicts = new Verdicts(needs, service) { place = board.Moved.End };
        bool isNone = board.Rows.Values.All(row => verdicts.TryPass(board, pool, row));
        Invariant.Holds(isNone);
        return verdicts;
    }

    /// <returns>False when some node fits now, or when it is no longer known which changed.</returns>
    public bool TryFollow(Board board, NodePool pool)
    {
        if (board.Moved.Since(place) is not { } moved || !moved.All(row => TryPass(board, pool, row)))
        {
            return false;
        }
        place = board.Moved.End;
        return true;
    }

    /// <returns>The first filter that a node fails; null: it fits.</returns>
    public static NodeFilter? Failure(NodeRow row, Node node, TaskNeeds needs, NodeFilter? standing, int ofService) =>
        !NodeCheck.IsReady(node) ? NodeFilter.Ready
        : !needs.HasResources(row) ? NodeFilter.Resource
        : standing ?? needs.LateFailure(row, ofService);

    private bool TryPass(Board board, NodePool pool, NodeRow row)
    {
        if (failures.Remove(row, out NodeFilter before))
        {
            explanation.Add(before, -1);
        }
        if (row.Node is not { } node)
        {
            return true;
        }
        int ofService = board.CountsOf(service).GetValueOrDefault(row);
        if (Failure(row, node, needs, pool.Failure(row), ofService) is not { } failure)
        {
            return false;
        }
        failures[row] = failure;
        explanation.Add(failure);
        return true;
    }
}
