using Skep.Swarm.Objects;

namespace Skep.Swarm.Store;

/// <summary>One version of the objects of one kind, with their names and indexes.</summary>
/// <param name="Objects">By id.</param>
/// <param name="Names">Id by lower-case name; empty for kinds whose names need not be unique.</param>
/// <param name="Index">All secondary indexes of the kind, one after the other.</param>
internal readonly record struct TableState(
    OrderedMap<TextKey, StoreObject> Objects,
    OrderedMap<TextKey, string> Names,
    OrderedMap<IndexKey, Nothing> Index)
{
    public StoreObject? Get(string id) => Objects.TryGet(new(id), out StoreObject? found) ? found : null;

    public StoreObject? Named(string name) =>
        Names.TryGet(new(name.ToLowerInvariant()), out string? id) ? Get(id) : null;

    public IEnumerable<StoreObject> WithIdPrefix(string prefix)
    {
        OrderedMap<TextKey, StoreObject>.Cursor cursor = Objects.From(new(prefix));
        while (cursor.MoveNext() && cursor.Key.Text.StartsWith(prefix, StringComparison.Ordinal))
        {
            yield return cursor.Value;
        }
    }

    public IEnumerable<StoreObject> WithNamePrefix(string prefix)
    {
        string lower = prefix.ToLowerInvariant();
        OrderedMap<TextKey, string>.Cursor cursor = Names.From(new(lower));
        while (cursor.MoveNext() && cursor.Key.Text.StartsWith(lower, StringComparison.Ordinal))
        {
            yield return Get(cursor.Value)!;
        }
    }

    /// <param name="index">Which index.</param>
    /// <param name="text">The text looked up; empty in an index by number.</param>
    /// <param name="number">The number looked up; null: every number with this text.</param>
    public IEnumerable<StoreObject> Find(IndexName index, string text, ulong? number)
    {
        OrderedMap<IndexKey, Nothing>.Cursor cursor = Index.From(new(index, text, number ?? 0, ""));
        while (cursor.MoveNext() && cursor.Key.Matches(index, text, number))
        {
            yield return Get(cursor.Key.Id)!;
        }
    }

    public bool Any(IndexName index, string text)
    {
        OrderedMap<IndexKey, Nothing>.Cursor cursor = Index.From(new(index, text, 0, ""));
        return cursor.MoveNext() && cursor.Key.Matches(index, text, null);
    }
}
