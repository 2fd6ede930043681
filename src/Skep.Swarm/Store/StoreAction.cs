using Skep.Swarm.Objects;

namespace Skep.Swarm.Store;

/// <summary>What is done to an object, by its number in the log.</summary>
public enum StoreActionKind
{
    /// <summary>Not valid; what an unset field says.</summary>
    Unknown = 0,
    Create = 1,
    Update = 2,
    Remove = 3,
}

/// <summary>One step of a transaction, as the log carries it.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Object">The object afterwards; for a removal only its kind and id count.</param>
public readonly record struct StoreAction(StoreActionKind Kind, StoreObject Object);

/// <summary>One step as those who watch see it.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Object">The object afterwards; for a removal as it last was.</param>
/// <param name="Previous">The object before; null for a creation.</param>
public readonly record struct StoreChange(StoreActionKind Kind, StoreObject Object, StoreObject? Previous);
