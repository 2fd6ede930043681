using System.Collections.Immutable;
using Skep.Swarm.Objects;

namespace Skep.Swarm.Store;

/// <summary>A set of kinds of objects.</summary>
internal readonly record struct ObjectKinds
{
    private readonly uint bits;

    private ObjectKinds(uint bits) => this.bits = bits;

    public static ObjectKinds All => new(uint.MaxValue);

    public static ObjectKinds operator |(ObjectKinds one, ObjectKinds other) => new(one.bits | other.bits);

    public static ObjectKinds Of(params ReadOnlySpan<ObjectKind> kinds)
    {
        uint bits = 0;
        foreach (ObjectKind kind in kinds)
        {
            bits |= 1u << (int)kind;
        }
        return new(bits);
    }

    /// <summary>What a transaction changed. One that changed nothing is everybody's: it moved the store.</summary>
    public static ObjectKinds Of(ImmutableArray<StoreChange> changes)
    {
        uint bits = 0;
        foreach (StoreChange change in changes)
        {
            bits |= 1u << (int)change.Object.Kind;
        }
        return bits == 0 ? All : new(bits);
    }

    public bool Overlaps(ObjectKinds other) => (bits & other.bits) != 0;
}
