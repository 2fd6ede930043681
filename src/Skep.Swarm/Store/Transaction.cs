using System.Collections.Immutable;
using Skep.Swarm.Objects;

namespace Skep.Swarm.Store;

/// <summary>Changes to a snapshot that become true together or not at all. For one thread.</summary>
/// <param name="basis">The store the changes are made to.</param>
/// <param name="version">
/// What every object written gets as its version: the index the entry will have in the log.
/// </param>
/// <param name="now">What every object written gets as its time.</param>
public sealed class Transaction(StoreSnapshot basis, ObjectVersion version, DateTimeOffset now) : StoreReader
{
    private readonly StoreEdit edit = basis.Edit();
    private readonly SwarmTime time = SwarmTime.From(now);

    public DateTimeOffset Now => now;

    public ObjectVersion NewVersion => version;

    public int ChangeCount => edit.Changes.Count;

    /// <summary>The steps made so far, as the log carries them.</summary>
    public ImmutableArray<StoreAction> Actions =>
        [.. edit.Changes.Select(change => new StoreAction(change.Kind, change.Object))];

    /// <summary>The steps made so far, as those who watch see them.</summary>
    public ImmutableArray<StoreChange> Changes => [.. edit.Changes];

    /// <returns>The object as it was stored.</returns>
    public T Create<T>(T item)
        where T : StoreObject
    {
        var stored = (T)(item with { Meta = new Meta { Version = version, CreatedAt = time, UpdatedAt = time } });
        edit.Create(stored);
        return stored;
    }

    /// <summary>
    /// Refused when the object was changed since the caller read it: its version must be the stored one.
    /// </summary>
    /// <returns>The object as it was stored.</returns>
    public T Update<T>(T item)
        where T : StoreObject
    {
        StoreObject previous = edit.Current(item.Kind).Get(item.RawId) ?? throw StoreRefusals.Missing();
        if (previous.Meta.Version != item.Meta.Version)
        {
            throw StoreRefusals.OutOfSequence();
        }
        var stored = (T)(item with
        {
            Meta = new Meta
            {
                Version = version,
                CreatedAt = item.Meta.CreatedAt ?? previous.Meta.CreatedAt ?? time,
                UpdatedAt = time,
            },
        });
        edit.Update(stored);
        return stored;
    }

    public void Delete(StoreObject item) => edit.Remove(item.Kind, item.RawId);

    /// <summary>The store with all steps made so far; later steps leave it alone.</summary>
    public StoreSnapshot ToSnapshot() =>
        edit.Changes.Count == 0 ? basis : new(version.Index, edit.Finish());

    internal override TableState Current(ObjectKind kind) => edit.Current(kind);

    internal override TableState Version(ObjectKind kind) => edit.Version(kind);
}
