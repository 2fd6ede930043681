using System.Collections.Immutable;
using Skep.Swarm.Objects;

namespace Skep.Swarm.Store;

/// <summary>The whole store at one moment. Never changes, costs nothing to keep, needs no lock.</summary>
public sealed partial class StoreSnapshot : StoreReader
{
    /// <summary>The store of a swarm that has not been made yet.</summary>
    public static readonly StoreSnapshot Empty = new(0, new TableState[TableSchema.KindCount]);

    private readonly TableState[] tables;

    internal StoreSnapshot(ulong revision, TableState[] tables)
    {
        Revision = revision;
        this.tables = tables;
    }

    /// <summary>The log index of the last change in it. It only grows.</summary>
    public ulong Revision { get; }

    /// <summary>A store with exactly these objects, as they come out of a snapshot of the log.</summary>
    public static StoreSnapshot Of(ulong revision, IEnumerable<StoreObject> objects)
    {
        var edit = new StoreEdit(Empty.tables);
        // Extensions first, for their resources are refused without them; services and nodes before the tasks that
        // share their parts.
        foreach (StoreObject item in objects.OrderBy(item => RestoreOrder(item.Kind)))
        {
            edit.Create(item);
        }
        return new(revision, edit.Finish());
    }

    /// <summary>The store after one entry of the log.</summary>
    public AppliedActions Apply(ImmutableArray<StoreAction> actions, ulong revision)
    {
        var edit = new StoreEdit(tables);
        try
        {
            foreach (StoreAction action in actions)
            {
                Apply(edit, action);
            }
        }
        catch (RefusedException refusal)
        {
            return new(new(revision, tables), [], refusal.Message);
        }
        return new(new(revision, edit.Finish()), [.. edit.Changes], null);
    }

    /// <summary>Every object, kind by kind and in the order of the ids: for a snapshot of the log.</summary>
    public IEnumerable<StoreObject> AllObjects() => tables.SelectMany(table => table.WithIdPrefix(""));

    internal override TableState Current(ObjectKind kind) => tables[(int)kind];

    internal override TableState Version(ObjectKind kind) => tables[(int)kind];

    internal StoreEdit Edit() => new(tables);

    private static void Apply(StoreEdit edit, StoreAction action)
    {
        switch (action.Kind)
        {
            case StoreActionKind.Create:
                edit.Create(action.Object);
                break;
            case StoreActionKind.Update:
                edit.Update(action.Object);
                break;
            case StoreActionKind.Remove:
                edit.Remove(action.Object.Kind, action.Object.RawId);
                break;
            default:
                throw SwarmRefusal.Of(SwarmCode.Unknown, "unknown store action");
        }
    }

    private static int RestoreOrder(ObjectKind kind) => kind switch
    {
        ObjectKind.Extension => 0,
        ObjectKind.Task => 2,
        _ => 1,
    };
}

/// <summary>What became of one entry of the log.</summary>
/// <param name="After">The store afterwards.</param>
/// <param name="Changes">What changed in it.</param>
/// <param name="Refusal">
/// Null when the entry was applied. Else why nothing of it was: managers of both makes leave out, as a whole, an entry
/// that does not fit, so that all of them go on with the same store.
/// </param>
public sealed record AppliedActions(StoreSnapshot After, ImmutableArray<StoreChange> Changes, string? Refusal);
