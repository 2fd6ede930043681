using System.Collections.Immutable;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Decisions;

/// <summary>What a decision wants done to the store.</summary>
/// <param name="Changes">Each is done whole or not at all; they do not depend on each other.</param>
/// <param name="WakeAt">Earliest time the answer could differ with no change to the store; null: never.</param>
public sealed record Plan(ImmutableArray<Change> Changes, DateTimeOffset? WakeAt)
{
    public static readonly Plan Nothing = new([], null);
}

/// <summary>The one shape of every decision about the swarm. See docs/checklists/new-decider.md.</summary>
/// <param name="cluster">All that there is to know.</param>
/// <param name="now">The time, so that the same question has the same answer.</param>
/// <param name="ids">Where ids and jitter come from.</param>
public delegate Plan Decider(StoreSnapshot cluster, DateTimeOffset now, IdSource ids);

/// <summary>Steps that belong together.</summary>
/// <remarks>
/// An object that is updated or removed carries the version that was looked at. When it has another by the time the
/// change is made, the whole change is left out: whoever decided is asked again, with the new state before it.
/// </remarks>
public sealed record Change(ImmutableArray<StoreAction> Actions)
{
    public static Change Create(StoreObject item) => new([new StoreAction(StoreActionKind.Create, item)]);

    public static Change Update(StoreObject item) => new([new StoreAction(StoreActionKind.Update, item)]);

    public static Change Remove(StoreObject item) => new([new StoreAction(StoreActionKind.Remove, item)]);

    /// <returns>False when the change no longer fits, so that nothing was done.</returns>
    public bool TryMake(Transaction store)
    {
        foreach (StoreAction action in Actions)
        {
            StoreObject? stored = store.Current(action.Object.Kind).Get(action.Object.RawId);
            bool fits = action.Kind == StoreActionKind.Create
                ? stored is null && !IsNameTaken(store, action.Object)
                : stored is not null && stored.Meta.Version == action.Object.Meta.Version;
            if (!fits)
            {
                return false;
            }
        }
        foreach (StoreAction action in Actions)
        {
            switch (action.Kind)
            {
                case StoreActionKind.Create:
                    store.Create(action.Object);
                    break;
                case StoreActionKind.Update:
                    store.Update(action.Object);
                    break;
                default:
                    store.Delete(action.Object);
                    break;
            }
        }
        return true;
    }

    private static bool IsNameTaken(Transaction store, StoreObject item) =>
        TableSchema.HasUniqueNames(item.Kind) && store.Current(item.Kind).Named(item.Naming.Name) is not null;
}
