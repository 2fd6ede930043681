using System.Collections.Immutable;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Decisions;

/// <summary>All decisions, made once, in their fixed order, each on what the ones before it left behind.</summary>
/// <remarks>
/// So a new service has its tasks, their addresses and their nodes after one round and one write, instead of one
/// write each. What the round changes is therefore said as the difference to the store it began with: an object that
/// two decisions touched is changed once, and the changes that touched it become one.
/// </remarks>
public static class Round
{
    /// <exception cref="DecisionFailedException">One of them threw, or decided what cannot be done.</exception>
    public static Plan Decide(
        StoreSnapshot basis, ImmutableArray<Decider> deciders, DateTimeOffset now, IdSource ids)
    {
        StoreSnapshot current = basis;
        DateTimeOffset? wakeAt = null;
        var made = new List<Change>();
        for (int place = 0; place < deciders.Length; place++)
        {
            (Plan plan, current) = DecideOne(current, deciders[place], place, now, ids);
            if (plan.WakeAt is { } wake && (wakeAt is null || wake < wakeAt))
            {
                wakeAt = wake;
            }
            made.AddRange(plan.Changes);
        }
        return new(Merge(basis, current, made), wakeAt);
    }

    /// <returns>What was decided, and the store with it.</returns>
    private static (Plan Plan, StoreSnapshot After) DecideOne(
        StoreSnapshot current, Decider decide, int place, DateTimeOffset now, IdSource ids)
    {
        try
        {
            Plan plan = decide(current, now, ids);
            if (plan.Changes.IsEmpty)
            {
                return (plan, current);
            }
            var thinking = new Transaction(current, new(current.Revision + 1), now);
            foreach (Change change in plan.Changes)
            {
                bool isMade = change.TryMake(thinking);
                Invariant.Holds(isMade);
            }
            return (plan, thinking.ToSnapshot());
        }
        catch (ServiceDecisionException e)
        {
            throw new DecisionFailedException(place, e.Service, e.InnerException!);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new DecisionFailedException(place, null, e);
        }
    }

    private static ImmutableArray<Change> Merge(StoreSnapshot basis, StoreSnapshot result, List<Change> made)
    {
        var groups = new List<List<(ObjectKind Kind, string Id)>>();
        var groupOf = new Dictionary<(ObjectKind Kind, string Id), int>();
        foreach (Change change in made)
        {
            int group = groups.Count;
            groups.Add([]);
            foreach (StoreAction action in change.Actions)
            {
                (ObjectKind, string) key = (action.Object.Kind, action.Object.RawId);
                if (!groupOf.TryGetValue(key, out int other))
                {
                    groups[group].Add(key);
                    groupOf[key] = group;
                }
                else if (other != group)
                {
                    // The earlier group takes the later one in, so that the order of the decisions is kept.
                    (int into, int from) = other < group ? (other, group) : (group, other);
                    groups[into].AddRange(groups[from]);
                    groups[from].ForEach(moved => groupOf[moved] = into);
                    groups[from].Clear();
                    group = into;
                }
            }
        }
        return
        [
            .. groups.Select(keys => new Change([.. keys.Select(key => Net(basis, result, key)).OfType<StoreAction>()]))
                .Where(change => !change.Actions.IsEmpty),
        ];
    }

    private static StoreAction? Net(StoreSnapshot basis, StoreSnapshot result, (ObjectKind Kind, string Id) key)
    {
        StoreObject? before = basis.Current(key.Kind).Get(key.Id);
        StoreObject? after = result.Current(key.Kind).Get(key.Id);
        return (before, after) switch
        {
            (null, null) => null,
            (null, _) => new StoreAction(StoreActionKind.Create, after),
            (_, null) => new StoreAction(StoreActionKind.Remove, before),
            _ => new StoreAction(StoreActionKind.Update, after with { Meta = before.Meta }),
        };
    }
}
