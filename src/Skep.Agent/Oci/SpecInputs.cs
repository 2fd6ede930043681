using Skep.Agent.Mounts;
using Skep.Docker.Engine;
using Skep.Docker.Validation;

namespace Skep.Agent.Oci;

/// <summary>Everything a container's runtime spec depends on. Nothing else is looked at.</summary>
public sealed record SpecInputs
{
    /// <summary>Image and request, already merged.</summary>
    public required ContainerConfig Config { get; init; }

    /// <summary>With its defaults filled in (<see cref="HostConfigDefaults"/>).</summary>
    public required HostConfig HostConfig { get; init; }

    public required UserIdentity User { get; init; }
    public required KernelFacts Kernel { get; init; }

    /// <summary>"/parent/container": see <c>CgroupPaths</c>.</summary>
    public required string CgroupsPath { get; init; }

    /// <summary>Sorted by depth. One of them replaces a default mount with the same target.</summary>
    public IReadOnlyList<ResolvedMount> Mounts { get; init; } = [];

    /// <summary>Empty: none is set (the machine's own, with the UTS mode "host").</summary>
    public string Hostname { get; init; } = "";

    public string Domainname { get; init; } = "";

    /// <summary>Where the root file system is, relative to the bundle.</summary>
    public string RootfsPath { get; init; } = "rootfs";

    /// <summary>The network namespace to enter; null: a new empty one, or the machine's with the mode "host".</summary>
    public string? NetnsPath { get; init; }

    /// <summary>The other container's namespace, with the mode "container:ID".</summary>
    public string? IpcNamespacePath { get; init; }

    /// <summary>
    /// The tmpfs on this machine that becomes /dev/shm: the container's own with the IPC mode "shareable", the other
    /// container's with "container:ID". Null: one that nobody else sees.
    /// </summary>
    public string? ShmPath { get; init; }

    /// <summary>The other container's namespace, with the mode "container:ID".</summary>
    public string? PidNamespacePath { get; init; }

    /// <summary>The daemon's; the container's own win by name.</summary>
    public IReadOnlyList<Ulimit> DefaultUlimits { get; init; } = [];

    /// <summary>The nodes that <see cref="Resources.Devices"/> names, as <c>HostDevices</c> found them.</summary>
    public IReadOnlyList<DeviceGrant> Devices { get; init; } = [];

    /// <summary>Every device of the machine; for privileged containers only.</summary>
    public IReadOnlyList<DeviceSpec> MachineDevices { get; init; } = [];

    /// <summary>The numbers of the disks that blkio limits name.</summary>
    public IReadOnlyDictionary<string, DeviceNumber> DiskNumbers { get; init; } =
        new Dictionary<string, DeviceNumber>();

    /// <summary>The tini binary on this machine; null: there is none.</summary>
    public string? InitPath { get; init; }

    /// <summary>For containers that do not say.</summary>
    public bool DefaultInit { get; init; }

    /// <summary>For containers that do not say.</summary>
    public bool DefaultNoNewPrivileges { get; init; }

    /// <summary>"unconfined" or a profile's JSON, for containers that do not say; null: what is built in.</summary>
    public string? DefaultSeccomp { get; init; }

    /// <summary>Environment of old-style links; comes before the container's own.</summary>
    public IReadOnlyList<string> LinkEnvironment { get; init; } = [];
}

/// <summary>A device a container may use.</summary>
/// <param name="Access">Some of "r", "w" and "m".</param>
public sealed record DeviceGrant(DeviceSpec Device, string Access);

public readonly record struct DeviceNumber(long Major, long Minor);
