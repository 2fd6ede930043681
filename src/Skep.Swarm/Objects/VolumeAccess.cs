namespace Skep.Swarm.Objects;

/// <summary>How many nodes may use a volume.</summary>
public enum VolumeScope
{
    SingleNode = 0,
    MultiNode = 1,
}

/// <summary>How many tasks may use a volume at the same time.</summary>
public enum VolumeSharing
{
    None = 0,
    ReadOnly = 1,
    OneWriter = 2,
    All = 3,
}

/// <summary>How a volume is used.</summary>
public sealed record VolumeAccessMode
{
    public VolumeScope Scope { get; init; }

    public VolumeSharing Sharing { get; init; }

    public VolumeAccessType? AccessType { get; init; }
}

/// <summary>As a device or as a file system.</summary>
public abstract record VolumeAccessType;

/// <summary>As a device.</summary>
public sealed record BlockVolume : VolumeAccessType;

/// <summary>As a file system.</summary>
public sealed record MountVolume : VolumeAccessType
{
    public string FsType { get; init; } = "";

    public ValueList<string> MountFlags { get; init; }
}

/// <summary>A secret its plugin needs, by the plugin's name for it.</summary>
public sealed record VolumeSecret
{
    public string Key { get; init; } = "";

    public string Secret { get; init; } = "";
}

/// <summary>How large a volume must and may be; 0: not said.</summary>
public sealed record CapacityRange
{
    public long RequiredBytes { get; init; }

    public long LimitBytes { get; init; }
}

/// <summary>A place in the plugin's words, such as region and zone.</summary>
public sealed record Topology
{
    public ValueMap<string> Segments { get; init; }
}

/// <summary>From where a volume must be reachable.</summary>
public sealed record TopologyRequirement
{
    public ValueList<Topology> Requisite { get; init; }

    public ValueList<Topology> Preferred { get; init; }
}
