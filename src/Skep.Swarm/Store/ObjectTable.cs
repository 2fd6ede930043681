using Skep.Swarm.Objects;

namespace Skep.Swarm.Store;

/// <summary>
/// The objects of one kind, as a reader of the store sees them. All walks are in the order of the ids.
/// </summary>
/// <remarks>
/// A walk sees the version of the moment at which it was asked for, also when a transaction changes the store while
/// it goes on. The objects are the store's own: they never change, so nothing is copied.
/// </remarks>
public readonly struct ObjectTable<TId, T>
    where TId : struct, IObjectId
    where T : StoreObject
{
    private readonly StoreReader reader;
    private readonly ObjectKind kind;

    internal ObjectTable(StoreReader reader, ObjectKind kind)
    {
        this.reader = reader;
        this.kind = kind;
    }

    public int Count => reader.Current(kind).Objects.Count;

    /// <summary>Every object of the kind.</summary>
    public IEnumerable<T> All => reader.Version(kind).WithIdPrefix("").Cast<T>();

    public T? Get(TId id) => (T?)reader.Current(kind).Get(id.Value);

    /// <summary>By its name, upper and lower case alike; null as well for kinds whose names are not unique.</summary>
    public T? Named(string name) => (T?)reader.Current(kind).Named(name);

    public IEnumerable<T> WithIdPrefix(string prefix) => reader.Version(kind).WithIdPrefix(prefix).Cast<T>();

    public IEnumerable<T> WithNamePrefix(string prefix) => reader.Version(kind).WithNamePrefix(prefix).Cast<T>();

    /// <summary>By what outsiders gave the object to be found by.</summary>
    public IEnumerable<T> WithIndex(string key, string value) =>
        reader.Version(kind).Find(IndexName.Custom, $"{key}|{value}", null).Cast<T>();
}
