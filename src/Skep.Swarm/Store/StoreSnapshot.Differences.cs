using Skep.Swarm.Objects;

namespace Skep.Swarm.Store;

/// <summary>One object that is not the same in two snapshots.</summary>
/// <param name="Before">Null: it was created in between.</param>
/// <param name="After">Null: it was removed in between.</param>
public readonly record struct Difference<T>(T? Before, T? After)
    where T : StoreObject;

public sealed partial class StoreSnapshot
{
    /// <summary>What became of the objects of one kind since another snapshot, in the order of their ids.</summary>
    /// <remarks>
    /// The cost follows what was written between the two, not what the store holds. The two need not be of one
    /// history: a decision may have been shown what was only proposed.
    /// </remarks>
    public IReadOnlyList<Difference<Node>> NodesSince(StoreSnapshot earlier) => Since<Node>(earlier, ObjectKind.Node);

    /// <inheritdoc cref="NodesSince"/>
    public IReadOnlyList<Difference<Service>> ServicesSince(StoreSnapshot earlier) =>
        Since<Service>(earlier, ObjectKind.Service);

    /// <inheritdoc cref="NodesSince"/>
    public IReadOnlyList<Difference<SwarmTask>> TasksSince(StoreSnapshot earlier) =>
        Since<SwarmTask>(earlier, ObjectKind.Task);

    /// <inheritdoc cref="NodesSince"/>
    public IReadOnlyList<Difference<SwarmNetwork>> NetworksSince(StoreSnapshot earlier) =>
        Since<SwarmNetwork>(earlier, ObjectKind.Network);

    /// <inheritdoc cref="NodesSince"/>
    public IReadOnlyList<Difference<Resource>> ResourcesSince(StoreSnapshot earlier) =>
        Since<Resource>(earlier, ObjectKind.Resource);

    private Difference<T>[] Since<T>(StoreSnapshot earlier, ObjectKind kind)
        where T : StoreObject
    {
        var found = new List<(StoreObject? Before, StoreObject? After)>();
        earlier.Current(kind).Objects.Differences(Current(kind).Objects, found);
        return found.Count == 0
            ? []
            : found.ConvertAll(pair => new Difference<T>((T?)pair.Before, (T?)pair.After)).ToArray();
    }
}
