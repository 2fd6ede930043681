namespace Skep.Swarm.Objects;

/// <summary>Where a secret or config appears in a container.</summary>
public abstract record ReferenceTarget;

/// <summary>As a file.</summary>
public sealed record FileTarget : ReferenceTarget
{
    public string Name { get; init; } = "";

    public string Uid { get; init; } = "";

    public string Gid { get; init; } = "";

    /// <summary>Permission bits as Go writes them; for plain files these are Unix's.</summary>
    public uint Mode { get; init; }
}

/// <summary>Not in the container, but to the runtime that makes it.</summary>
public sealed record RuntimeTarget : ReferenceTarget;

/// <summary>A secret that a container uses.</summary>
public sealed record SecretReference
{
    public SecretId SecretId { get; init; }

    public string SecretName { get; init; } = "";

    public FileTarget? Target { get; init; }
}

/// <summary>A config that a container uses.</summary>
public sealed record ConfigReference
{
    public ConfigId ConfigId { get; init; }

    public string ConfigName { get; init; } = "";

    public ReferenceTarget? Target { get; init; }
}
