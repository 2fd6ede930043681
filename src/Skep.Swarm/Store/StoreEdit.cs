using Skep.Swarm.Objects;

namespace Skep.Swarm.Store;

/// <summary>
/// A version of the store that is being written: keeps names, indexes and the store's own rules right.
/// </summary>
/// <remarks>It knows nothing of versions and times, so that replaying the log goes through the same code.</remarks>
internal sealed class StoreEdit
{
    private readonly List<StoreChange> changes = [];
    private readonly List<IndexKey> before = [];
    private readonly List<IndexKey> after = [];
    private TableState[] tables;
    private bool isCopied;
    private object owner = new();

    public StoreEdit(TableState[] basis) => tables = basis;

    public IReadOnlyList<StoreChange> Changes => changes;

    public TableState Current(ObjectKind kind) => tables[(int)kind];

    /// <summary>A version that later writes leave alone.</summary>
    public TableState Version(ObjectKind kind)
    {
        owner = new();
        return tables[(int)kind];
    }

    /// <summary>The finished tables; later writes leave them alone.</summary>
    public TableState[] Finish()
    {
        owner = new();
        isCopied = false;
        return tables;
    }

    public void Create(StoreObject item)
    {
        TableState table = Current(item.Kind);
        if (table.Get(item.RawId) is not null)
        {
            throw StoreRefusals.Exists();
        }
        RefuseTakenName(table, item, null);
        StoreRules.CheckCreate(this, item);
        Put(table, Sharing.With(this, item, null), null, StoreActionKind.Create);
    }

    public void Update(StoreObject item)
    {
        TableState table = Current(item.Kind);
        StoreObject previous = table.Get(item.RawId) ?? throw StoreRefusals.Missing();
        RefuseTakenName(table, item, previous);
        StoreRules.CheckUpdate(this, item);
        Put(table, Sharing.With(this, item, previous), previous, StoreActionKind.Update);
    }

    public void Remove(ObjectKind kind, string id)
    {
        TableState table = Current(kind);
        StoreObject previous = table.Get(id) ?? throw StoreRefusals.Missing();
        StoreRules.CheckRemove(this, previous);
        before.Clear();
        TableSchema.AddKeys(previous, before);
        OrderedMap<IndexKey, Nothing> index = table.Index;
        foreach (IndexKey key in before)
        {
            index = index.Without(key, owner);
        }
        Write(kind, new(
            table.Objects.Without(new(id), owner),
            TableSchema.HasUniqueNames(kind) ? table.Names.Without(NameOf(previous), owner) : table.Names,
            index));
        changes.Add(new(StoreActionKind.Remove, previous, previous));
    }

    private static TextKey NameOf(StoreObject item) => new(item.Naming.Name.ToLowerInvariant());

    private static void RefuseTakenName(TableState table, StoreObject item, StoreObject? previous)
    {
        if (!TableSchema.HasUniqueNames(item.Kind)
            || (previous is not null && previous.Naming.Name == item.Naming.Name))
        {
            return;
        }
        if (table.Names.TryGet(NameOf(item), out string? holder) && holder != item.RawId)
        {
            throw StoreRefusals.NameTaken();
        }
    }

    private void Put(TableState table, StoreObject item, StoreObject? previous, StoreActionKind action)
    {
        Write(item.Kind, new(
            table.Objects.With(new(item.RawId), item, owner),
            Rename(table.Names, item, previous),
            Reindex(table.Index, item, previous)));
        changes.Add(new(action, item, previous));
    }

    private OrderedMap<TextKey, string> Rename(
        OrderedMap<TextKey, string> names, StoreObject item, StoreObject? previous)
    {
        if (!TableSchema.HasUniqueNames(item.Kind)
            || (previous is not null && previous.Naming.Name == item.Naming.Name))
        {
            return names;
        }
        return (previous is null ? names : names.Without(NameOf(previous), owner))
            .With(NameOf(item), item.RawId, owner);
    }

    private OrderedMap<IndexKey, Nothing> Reindex(
        OrderedMap<IndexKey, Nothing> index, StoreObject item, StoreObject? previous)
    {
        before.Clear();
        after.Clear();
        if (previous is not null)
        {
            TableSchema.AddKeys(previous, before);
        }
        TableSchema.AddKeys(item, after);
        // Most updates change a status only, so that the lists differ in one place or in none.
        foreach (IndexKey key in before)
        {
            if (!after.Contains(key))
            {
                index = index.Without(key, owner);
            }
        }
        foreach (IndexKey key in after)
        {
            if (!before.Contains(key))
            {
                index = index.With(key, default, owner);
            }
        }
        return index;
    }

    private void Write(ObjectKind kind, TableState table)
    {
        if (!isCopied)
        {
            tables = [.. tables];
            isCopied = true;
        }
        tables[(int)kind] = table;
    }
}
