namespace Skep.Swarm.Objects;

/// <summary>The kinds of objects that a swarm keeps.</summary>
public enum ObjectKind
{
    Node,
    Service,
    Task,
    Network,
    Cluster,
    Secret,
    Resource,
    Extension,
    Config,
    Volume,
}

/// <summary>When an object last changed: the log index of that change. It only grows.</summary>
public readonly record struct ObjectVersion(ulong Index);

/// <summary>What the store itself writes on every object.</summary>
public readonly record struct Meta
{
    public ObjectVersion Version { get; init; }

    public SwarmTime? CreatedAt { get; init; }

    public SwarmTime? UpdatedAt { get; init; }
}

/// <summary>An object of the replicated store. Never changed in place.</summary>
public abstract record StoreObject
{
    public Meta Meta { get; init; }

    public abstract ObjectKind Kind { get; }

    /// <summary>The id as text, for code that does not care about the kind.</summary>
    public abstract string RawId { get; }

    /// <summary>The name and labels its user gave it.</summary>
    public abstract Annotations Naming { get; }
}

/// <summary>One key and value by which outsiders may find an object.</summary>
public sealed record IndexEntry
{
    public string Key { get; init; } = "";

    public string Val { get; init; } = "";
}

/// <summary>Name and labels.</summary>
public sealed record Annotations
{
    public static readonly Annotations Empty = new();

    public string Name { get; init; } = "";

    public ValueMap<string> Labels { get; init; }

    public ValueList<IndexEntry> Indices { get; init; }
}

/// <summary>A message whose meaning only its owner knows.</summary>
public sealed record AnyPayload
{
    public string TypeUrl { get; init; } = "";

    public Bytes Value { get; init; }
}

/// <summary>A driver by name, with its options.</summary>
public sealed record Driver
{
    public string Name { get; init; } = "";

    public ValueMap<string> Options { get; init; }
}
