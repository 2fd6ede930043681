namespace Skep.Agent.Mounts;

/// <summary>One mount as the runtime shall make it: every name is decided, every source exists.</summary>
/// <remarks>
/// A list of these is sorted by the depth of its targets, so that a mount never hides one before it.
/// They replace a default mount (/dev/shm, for one) that has the same target.
/// </remarks>
public sealed record ResolvedMount
{
    /// <summary>"bind" or "tmpfs", as the runtime spec says it.</summary>
    public required string Type { get; init; }

    /// <summary>Path on this machine; "tmpfs" for a tmpfs.</summary>
    public required string Source { get; init; }

    /// <summary>Clean absolute path in the container.</summary>
    public required string Target { get; init; }

    /// <summary>The runtime spec's options, complete: "rbind", "ro", "rprivate"; or those of the tmpfs.</summary>
    public required IReadOnlyList<string> Options { get; init; }

    /// <summary>
    /// "private", "rprivate", "slave", "rslave", "shared", "rshared", or "" for a tmpfs. Already among the options;
    /// here because the container's root must not be more private than a mount in it.
    /// </summary>
    public string Propagation { get; init; } = "";

    /// <summary>The volume that the source belongs to; null: a path of this machine.</summary>
    public string? VolumeName { get; init; }
}
