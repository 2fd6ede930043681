namespace Skep.Agent.Oci;

/// <summary>The part of <see cref="RuntimeSpec"/> that only Linux has.</summary>
public sealed record LinuxSpec
{
    public IReadOnlyDictionary<string, string>? Sysctl { get; init; }
    public required ResourcesSpec Resources { get; init; }
    public required string CgroupsPath { get; init; }
    public required IReadOnlyList<NamespaceSpec> Namespaces { get; init; }
    public IReadOnlyList<DeviceSpec>? Devices { get; init; }
    public SeccompSpec? Seccomp { get; init; }

    /// <summary>"shared", "rslave" …; null: runc makes the root private.</summary>
    public string? RootfsPropagation { get; init; }

    public IReadOnlyList<string>? MaskedPaths { get; init; }
    public IReadOnlyList<string>? ReadonlyPaths { get; init; }
}

/// <param name="Type">"mount", "network", "uts", "pid", "ipc", "cgroup".</param>
/// <param name="Path">The namespace to enter; null: a new one.</param>
public sealed record NamespaceSpec(string Type, string? Path = null);

/// <param name="Type">"c", "b", "u" or "p".</param>
/// <param name="FileMode">Permission bits.</param>
public sealed record DeviceSpec(
    string Path, string Type, long Major, long Minor, uint? FileMode = null, uint? Uid = null, uint? Gid = null);

/// <summary>What the kernel's cgroups hold the container to. Also the body of a running task's update.</summary>
public sealed record ResourcesSpec
{
    public IReadOnlyList<DeviceRuleSpec>? Devices { get; init; }
    public MemorySpec? Memory { get; init; }
    public CpuSpec? Cpu { get; init; }
    public PidsSpec? Pids { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("blockIO")]
    public BlockIoSpec? BlockIo { get; init; }
}

/// <param name="Type">"a", "b" or "c"; null: all.</param>
/// <param name="Major">Null or -1: all.</param>
/// <param name="Access">Some of "r", "w" and "m" (make a node).</param>
public sealed record DeviceRuleSpec(bool Allow, string? Type, long? Major, long? Minor, string Access);

/// <summary>Bytes; -1: no limit.</summary>
public sealed record MemorySpec
{
    public long? Limit { get; init; }
    public long? Reservation { get; init; }

    /// <summary>Memory and swap together.</summary>
    public long? Swap { get; init; }

    public ulong? Swappiness { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("disableOOMKiller")]
    public bool? DisableOomKiller { get; init; }
}

/// <summary>Times in microseconds.</summary>
public sealed record CpuSpec
{
    public ulong? Shares { get; init; }
    public long? Quota { get; init; }
    public ulong? Period { get; init; }
    public long? RealtimeRuntime { get; init; }
    public ulong? RealtimePeriod { get; init; }
    public string? Cpus { get; init; }
    public string? Mems { get; init; }
}

/// <param name="Limit">-1: no limit.</param>
public sealed record PidsSpec(long Limit);

public sealed record BlockIoSpec
{
    public ushort? Weight { get; init; }
    public IReadOnlyList<WeightDeviceSpec>? WeightDevice { get; init; }
    public IReadOnlyList<ThrottleDeviceSpec>? ThrottleReadBpsDevice { get; init; }
    public IReadOnlyList<ThrottleDeviceSpec>? ThrottleWriteBpsDevice { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("throttleReadIOPSDevice")]
    public IReadOnlyList<ThrottleDeviceSpec>? ThrottleReadIopsDevice { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("throttleWriteIOPSDevice")]
    public IReadOnlyList<ThrottleDeviceSpec>? ThrottleWriteIopsDevice { get; init; }
}

public sealed record WeightDeviceSpec(long Major, long Minor, ushort Weight);

/// <param name="Rate">Bytes or operations in a second.</param>
public sealed record ThrottleDeviceSpec(long Major, long Minor, ulong Rate);
