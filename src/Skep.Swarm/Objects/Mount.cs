namespace Skep.Swarm.Objects;

/// <summary>What is mounted into a container.</summary>
public enum MountType
{
    Bind = 0,
    Volume = 1,
    Tmpfs = 2,
    NamedPipe = 3,
    Cluster = 4,
}

/// <summary>How closely host and container must agree about a mount.</summary>
public enum MountConsistency
{
    Default = 0,
    Full = 1,
    Cached = 2,
    Delegated = 3,
}

/// <summary>A file system that a container sees.</summary>
public sealed record Mount
{
    public MountType Type { get; init; }

    /// <summary>A path, a volume's name, or <c>group:NAME</c> for any cluster volume of a group.</summary>
    public string Source { get; init; } = "";

    public string Target { get; init; } = "";

    public bool ReadOnly { get; init; }

    public MountConsistency Consistency { get; init; }

    public BindOptions? BindOptions { get; init; }

    public VolumeOptions? VolumeOptions { get; init; }

    public TmpfsOptions? TmpfsOptions { get; init; }
}

/// <summary>How mounts travel between host and container.</summary>
public enum MountPropagation
{
    RPrivate = 0,
    Private = 1,
    RShared = 2,
    Shared = 3,
    RSlave = 4,
    Slave = 5,
}

/// <summary>Options of a bind mount.</summary>
public sealed record BindOptions
{
    public MountPropagation Propagation { get; init; }

    public bool NonRecursive { get; init; }

    public bool CreateMountpoint { get; init; }

    public bool ReadOnlyNonRecursive { get; init; }

    public bool ReadOnlyForceRecursive { get; init; }
}

/// <summary>Options of a volume mount.</summary>
public sealed record VolumeOptions
{
    public bool NoCopy { get; init; }

    public ValueMap<string> Labels { get; init; }

    /// <summary>How to make the volume if it is missing.</summary>
    public Driver? DriverConfig { get; init; }

    public string Subpath { get; init; } = "";
}

/// <summary>Options of a file system in memory.</summary>
public sealed record TmpfsOptions
{
    public long SizeBytes { get; init; }

    public uint Mode { get; init; }

    public string Options { get; init; } = "";
}
