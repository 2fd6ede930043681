using Skep.Swarm.Objects;

namespace Skep.Swarm.Scheduling;

/// <summary>The constraints of a service: a node must fit all of them.</summary>
public sealed class ConstraintSet
{
    /// <summary>Every node fits.</summary>
    public static readonly ConstraintSet Empty = new([]);

    private readonly Constraint[] constraints;

    private ConstraintSet(Constraint[] constraints) => this.constraints = constraints;

    public bool IsEmpty => constraints.Length == 0;

    /// <summary>Refuses in Docker's words what is no constraint.</summary>
    public static ConstraintSet Parse(IEnumerable<string> texts)
    {
        Constraint[] constraints = [.. texts.Select(Constraint.Parse)];
        return constraints.Length == 0 ? Empty : new(constraints);
    }

    /// <summary>The constraints of a task or service that is in the store.</summary>
    /// <remarks>
    /// They were checked when the service was made. Should they be wrong all the same, they count as none: that is
    /// what SwarmKit does, and every manager must come to the same answer.
    /// </remarks>
    public static ConstraintSet Of(TaskSpec spec)
    {
        if (spec.Placement is not { Constraints.IsEmpty: false } placement)
        {
            return Empty;
        }
        try
        {
            return Parse(placement.Constraints);
        }
        catch (RefusedException)
        {
            return Empty;
        }
    }

    public bool Matches(Node node)
    {
        foreach (Constraint constraint in constraints)
        {
            if (!constraint.Matches(node))
            {
                return false;
            }
        }
        return true;
    }
}
