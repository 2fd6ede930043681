using Skep.Docker.Engine;

namespace Skep.Docker.Mounts;

/// <summary>One mount as a container keeps it: what was asked, and which volume it became.</summary>
/// <remarks>Stored with the container. Inspect shows it as <see cref="ToMountPoint"/>.</remarks>
public sealed record ContainerMount
{
    public const string Bind = "bind", Volume = "volume", Tmpfs = "tmpfs";

    /// <summary>One of the three above.</summary>
    public required string Type { get; init; }

    /// <summary>Clean absolute path in the container.</summary>
    public required string Destination { get; init; }

    /// <summary>Path on this machine: of the bind, or where the volume's data is. "" for a tmpfs.</summary>
    public string Source { get; init; } = "";

    /// <summary>The volume's name; "" until a volume without a name was made.</summary>
    public string Name { get; init; } = "";

    /// <summary>The volume's driver; "": not said.</summary>
    public string Driver { get; init; } = "";

    /// <summary>The options as they were written: "ro,z".</summary>
    public string Mode { get; init; } = "";

    public bool Writable { get; init; } = true;

    /// <summary>"rprivate" and the like for a bind, otherwise "".</summary>
    public string Propagation { get; init; } = "";

    /// <summary>The propagation was chosen by us: it may be given up where the source cannot have it.</summary>
    public bool PropagationIsOurs { get; init; }

    /// <summary>Whether an empty volume is filled with what the image has at the destination.</summary>
    public bool CopiesImage { get; init; }

    /// <summary>The volume was made for this container: removed with it on request.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>A missing source of the bind is made, as a directory.</summary>
    public bool MakesSource { get; init; }

    /// <summary>Comes from a list of volumes without names: nothing but a directory may be there.</summary>
    public bool IsDeclared { get; init; }

    public bool NonRecursive { get; init; }
    public bool ReadOnlyNonRecursive { get; init; }
    public bool ReadOnlyForceRecursive { get; init; }

    /// <summary>Directory or file in the volume; "": all of it.</summary>
    public string Subpath { get; init; } = "";

    /// <summary>Mount options of the tmpfs, joined by commas.</summary>
    public string TmpfsOptions { get; init; } = "";

    /// <summary>For a volume that has to be made.</summary>
    public IReadOnlyDictionary<string, string>? VolumeLabels { get; init; }

    public IReadOnlyDictionary<string, string>? VolumeDriverOptions { get; init; }

    /// <summary>Comes from HostConfig.Tmpfs, which inspect does not show among the mounts.</summary>
    public bool IsHidden { get; init; }

    public MountPoint ToMountPoint() => new()
    {
        Type = Type,
        Name = Name.Length > 0 ? Name : null,
        Source = Source,
        Destination = Destination,
        Driver = Driver.Length > 0 ? Driver : null,
        Mode = Mode,
        Writable = Writable,
        Propagation = Propagation,
    };
}
