namespace Skep.Swarm.Objects;

/// <summary>Amounts of what a node has and tasks use.</summary>
public sealed record Resources
{
    /// <summary>Billionths of a processor.</summary>
    public long NanoCpus { get; init; }

    public long MemoryBytes { get; init; }

    public ValueList<GenericResource> Generic { get; init; }
}

/// <summary>
/// A resource its user made up: named pieces, a number of pieces, or neither when the wire said neither.
/// </summary>
public record GenericResource;

/// <summary>One named piece, such as one GPU.</summary>
public sealed record NamedGenericResource : GenericResource
{
    public string Kind { get; init; } = "";

    public string Value { get; init; } = "";
}

/// <summary>A number of pieces.</summary>
public sealed record DiscreteGenericResource : GenericResource
{
    public string Kind { get; init; } = "";

    public long Value { get; init; }
}

/// <summary>What a task may use and what is kept for it.</summary>
public sealed record ResourceRequirements
{
    public Resources? Limits { get; init; }

    public Resources? Reservations { get; init; }

    /// <summary>Bytes; -1: no limit; null: the engine's default.</summary>
    public long? SwapBytes { get; init; }

    /// <summary>0 to 100; -1: unset an earlier value; null: the system's default.</summary>
    public long? MemorySwappiness { get; init; }
}

/// <summary>The kinds of objects a task may refer to.</summary>
public enum ResourceType
{
    Task = 0,
    Secret = 1,
    Config = 2,
    Volume = 3,
}

/// <summary>An object that must reach the agent together with the task.</summary>
public sealed record ResourceReference
{
    public string ResourceId { get; init; } = "";

    public ResourceType ResourceType { get; init; }
}
