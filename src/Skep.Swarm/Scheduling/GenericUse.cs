using Skep.Swarm.Objects;

namespace Skep.Swarm.Scheduling;

/// <summary>What is taken of a node's generic resources.</summary>
/// <remarks>
/// What is free is worked out from what the node has now, so that a user who changes a node's resources need not
/// touch its tasks. Pieces are given out in the order in which the node names them.
/// </remarks>
internal sealed class GenericUse
{
    private readonly Dictionary<string, long> counts = [];
    private readonly Dictionary<(string Kind, string Value), int> pieces = [];

    public void Claim(ValueList<GenericResource> resources) => Change(resources, 1);

    public void Release(ValueList<GenericResource> resources) => Change(resources, -1);

    /// <summary>False as well for a wish that names pieces: tasks ask for numbers only.</summary>
    public bool HasFree(Node node, GenericResource wish) =>
        wish is DiscreteGenericResource number && Free(node, number.Kind) is { } free && free >= number.Value;

    /// <summary>What a task gets for its wishes, which must have been found free.</summary>
    public ValueList<GenericResource> Take(Node node, ValueList<GenericResource> wishes)
    {
        if (wishes.IsEmpty)
        {
            return [];
        }
        var taken = new List<GenericResource>();
        foreach (DiscreteGenericResource wish in wishes.OfType<DiscreteGenericResource>())
        {
            if (wish.Value == 0)
            {
                continue;
            }
            if (Of(node).OfType<DiscreteGenericResource>().Any(has => has.Kind == wish.Kind))
            {
                taken.Add(wish);
                continue;
            }
            taken.AddRange(Of(node).OfType<NamedGenericResource>()
                .Where(has => has.Kind == wish.Kind && !pieces.ContainsKey((has.Kind, has.Value)))
                .Take((int)Math.Min(wish.Value, int.MaxValue)));
        }
        return ValueList.From(taken);
    }

    /// <returns>Null when there is nothing at all of the kind, so that not even none of it can be had.</returns>
    private long? Free(Node node, string kind)
    {
        long named = 0;
        foreach (GenericResource has in Of(node))
        {
            switch (has)
            {
                case DiscreteGenericResource number when number.Kind == kind:
                    long left = number.Value - counts.GetValueOrDefault(kind);
                    return left > 0 ? left : null;
                case NamedGenericResource piece when piece.Kind == kind:
                    named += pieces.ContainsKey((kind, piece.Value)) ? 0 : 1;
                    break;
            }
        }
        return named > 0 ? named : null;
    }

    private static ValueList<GenericResource> Of(Node node) => node.Description?.Resources?.Generic ?? default;

    private void Change(ValueList<GenericResource> resources, int sign)
    {
        foreach (GenericResource resource in resources)
        {
            switch (resource)
            {
                case DiscreteGenericResource number:
                    counts[number.Kind] = counts.GetValueOrDefault(number.Kind) + (sign * number.Value);
                    break;
                case NamedGenericResource piece:
                    (string, string) key = (piece.Kind, piece.Value);
                    int uses = pieces.GetValueOrDefault(key) + sign;
                    if (uses == 0)
                    {
                        pieces.Remove(key);
                    }
                    else
                    {
                        pieces[key] = uses;
                    }
                    break;
            }
        }
    }
}
