using Skep.Swarm.Objects;

namespace Skep.Docker.Compose;

/// <summary>One published port; ranges are taken apart.</summary>
public sealed record ComposePort
{
    /// <summary>ingress or host.</summary>
    public required string Mode { get; init; }

    public required uint Target { get; init; }

    /// <summary>0: the swarm chooses.</summary>
    public uint Published { get; init; }

    /// <summary>tcp, udp or sctp.</summary>
    public required string Protocol { get; init; }

    /// <summary>A service has no field for it: it is published on all addresses of a node.</summary>
    public string? HostAddress { get; init; }

    public required ComposePlace Place { get; init; }
}

/// <summary>A service's membership in a network.</summary>
public sealed record ComposeNetworkUse
{
    /// <summary>The network's key.</summary>
    public required string Network { get; init; }

    public ValueList<string> Aliases { get; init; }
    public ValueMap<string> DriverOptions { get; init; }

    /// <summary>Known, but a service has no fixed addresses.</summary>
    public string? Ipv4Address { get; init; }

    public string? Ipv6Address { get; init; }
    public required ComposePlace Place { get; init; }
}

/// <summary>A mount in long form.</summary>
public sealed record ComposeMount
{
    /// <summary>bind, volume, tmpfs, npipe, image or cluster.</summary>
    public required string Kind { get; init; }

    /// <summary>A volume's key, or an absolute path; null: an anonymous volume or a tmpfs.</summary>
    public string? Source { get; init; }

    public string? Target { get; init; }
    public bool IsReadOnly { get; init; }
    public string? Consistency { get; init; }
    public string? BindPropagation { get; init; }

    /// <summary>bind.create_host_path; null: not said.</summary>
    public bool? BindCreatesPath { get; init; }

    public bool VolumeIsNotCopied { get; init; }

    /// <summary>Of a volume or an image.</summary>
    public string? Subpath { get; init; }

    public long? TmpfsBytes { get; init; }
    public uint? TmpfsMode { get; init; }

    /// <summary>Which of bind, volume, tmpfs, image and cluster the file writes options for.</summary>
    public ValueList<string> OptionGroups { get; init; }

    public required ComposePlace Place { get; init; }
}

/// <summary>A service's use of a secret or a config.</summary>
public sealed record ComposeFileUse
{
    /// <summary>The secret's or config's key.</summary>
    public required string Source { get; init; }

    public string? Target { get; init; }
    public string? Uid { get; init; }
    public string? Gid { get; init; }

    /// <summary>Permission bits; null: 0444.</summary>
    public uint? Mode { get; init; }

    public required ComposePlace Place { get; init; }
}
