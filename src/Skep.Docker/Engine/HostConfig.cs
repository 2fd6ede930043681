using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>Limits that the kernel holds a container to (Engine API: Resources).</summary>
public record Resources
{
    public long CpuShares { get; init; }

    /// <summary>Bytes; 0: no limit.</summary>
    public long Memory { get; init; }

    /// <summary>Billionths of a CPU.</summary>
    public long NanoCpus { get; init; }

    public string CgroupParent { get; init => field = value ?? ""; } = "";
    public ushort BlkioWeight { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<WeightDevice>? BlkioWeightDevice { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<ThrottleDevice>? BlkioDeviceReadBps { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<ThrottleDevice>? BlkioDeviceWriteBps { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<ThrottleDevice>? BlkioDeviceReadIOps { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<ThrottleDevice>? BlkioDeviceWriteIOps { get; init; }

    /// <summary>Microseconds.</summary>
    public long CpuPeriod { get; init; }

    /// <summary>Microseconds per period.</summary>
    public long CpuQuota { get; init; }

    public long CpuRealtimePeriod { get; init; }
    public long CpuRealtimeRuntime { get; init; }
    public string CpusetCpus { get; init => field = value ?? ""; } = "";
    public string CpusetMems { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<DeviceMapping>? Devices { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? DeviceCgroupRules { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<DeviceRequest>? DeviceRequests { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public long KernelMemory { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public long KernelMemoryTCP { get; init; }

    public long MemoryReservation { get; init; }

    /// <summary>Bytes of memory and swap together; -1: no limit.</summary>
    public long MemorySwap { get; init; }

    [JsonIgnore(Condition = Never)]
    public long? MemorySwappiness { get; init; }

    [JsonIgnore(Condition = Never)]
    public bool? OomKillDisable { get; init; }

    [JsonIgnore(Condition = Never)]
    public long? PidsLimit { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<Ulimit>? Ulimits { get; init; }

    public long CpuCount { get; init; }
    public long CpuPercent { get; init; }
    public ulong IOMaximumIOps { get; init; }
    public ulong IOMaximumBandwidth { get; init; }
}

public sealed record WeightDevice(string Path, ushort Weight);

public sealed record ThrottleDevice(string Path, ulong Rate);

public sealed record DeviceMapping(string PathOnHost, string PathInContainer, string CgroupPermissions);

public sealed record DeviceRequest
{
    public string Driver { get; init => field = value ?? ""; } = "";
    public int Count { get; init; }

    [JsonPropertyName("DeviceIDs"), JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? DeviceIds { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<IReadOnlyList<string>>? Capabilities { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}

public sealed record Ulimit(string Name, long Hard, long Soft);

public sealed record RestartPolicy
{
    /// <summary>"" or "no", "always", "unless-stopped", "on-failure".</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    public int MaximumRetryCount { get; init; }
}

public sealed record LogConfig
{
    public string Type { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, string>? Config { get; init; }
}

public sealed record PortBinding
{
    public string HostIp { get; init => field = value ?? ""; } = "";
    public string HostPort { get; init => field = value ?? ""; } = "";
}

/// <summary>How a container sits on this machine (Engine API: HostConfig).</summary>
public sealed record HostConfig : Resources
{
    /// <summary>"source:target[:options]".</summary>
    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? Binds { get; init; }

    [JsonPropertyName("ContainerIDFile")]
    public string ContainerIdFile { get; init => field = value ?? ""; } = "";

    public LogConfig LogConfig { get; init => field = value ?? new(); } = new();

    /// <summary>"default", "bridge", "host", "none", "container:ID", or a network's name or id.</summary>
    public string NetworkMode { get; init => field = value ?? ""; } = "";

    /// <summary>Keys "80/tcp".</summary>
    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?>? PortBindings { get; init; }

    public RestartPolicy RestartPolicy { get; init => field = value ?? new(); } = new();
    public bool AutoRemove { get; init; }
    public string VolumeDriver { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? VolumesFrom { get; init; }

    public IReadOnlyList<Mount>? Mounts { get; init; }

    /// <summary>Rows and columns.</summary>
    public IReadOnlyList<uint>? ConsoleSize { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    [JsonIgnore(Condition = Never), JsonConverter(typeof(StringOrListConverter))]
    public IReadOnlyList<string>? CapAdd { get; init; }

    [JsonIgnore(Condition = Never), JsonConverter(typeof(StringOrListConverter))]
    public IReadOnlyList<string>? CapDrop { get; init; }

    public string CgroupnsMode { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? Dns { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? DnsOptions { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? DnsSearch { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? ExtraHosts { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? GroupAdd { get; init; }

    public string IpcMode { get; init => field = value ?? ""; } = "";
    public string Cgroup { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? Links { get; init; }

    public int OomScoreAdj { get; init; }
    public string PidMode { get; init => field = value ?? ""; } = "";
    public bool Privileged { get; init; }
    public bool PublishAllPorts { get; init; }
    public bool ReadonlyRootfs { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? SecurityOpt { get; init; }

    public IReadOnlyDictionary<string, string>? StorageOpt { get; init; }

    /// <summary>Target to mount options.</summary>
    public IReadOnlyDictionary<string, string>? Tmpfs { get; init; }

    [JsonPropertyName("UTSMode")]
    public string UtsMode { get; init => field = value ?? ""; } = "";

    public string UsernsMode { get; init => field = value ?? ""; } = "";

    /// <summary>Bytes of /dev/shm; 0: 64 MiB.</summary>
    public long ShmSize { get; init; }

    public IReadOnlyDictionary<string, string>? Sysctls { get; init; }
    public string Runtime { get; init => field = value ?? ""; } = "";
    public string Isolation { get; init => field = value ?? ""; } = "";

    /// <summary>Null: Docker's list; empty: none.</summary>
    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? MaskedPaths { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? ReadonlyPaths { get; init; }

    /// <summary>Null: the daemon's default.</summary>
    public bool? Init { get; init; }
}

public sealed record Mount
{
    /// <summary>"bind", "volume", "tmpfs", "npipe", "cluster", "image".</summary>
    public string Type { get; init => field = value ?? ""; } = "";

    public string? Source { get; init; }
    public string Target { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = WhenWritingDefault)]
    public bool ReadOnly { get; init; }

    public string? Consistency { get; init; }
    public BindOptions? BindOptions { get; init; }
    public VolumeOptions? VolumeOptions { get; init; }
    public TmpfsOptions? TmpfsOptions { get; init; }
}

public sealed record BindOptions
{
    public string? Propagation { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public bool NonRecursive { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public bool CreateMountpoint { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public bool ReadOnlyNonRecursive { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public bool ReadOnlyForceRecursive { get; init; }
}

public sealed record VolumeOptions
{
    [JsonIgnore(Condition = WhenWritingDefault)]
    public bool NoCopy { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
    public string? Subpath { get; init; }
    public MountDriver? DriverConfig { get; init; }
}

public sealed record MountDriver
{
    public string? Name { get; init; }
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}

public sealed record TmpfsOptions
{
    [JsonIgnore(Condition = WhenWritingDefault)]
    public long SizeBytes { get; init; }

    /// <summary>File mode bits.</summary>
    [JsonIgnore(Condition = WhenWritingDefault)]
    public uint Mode { get; init; }

    public IReadOnlyList<IReadOnlyList<string>>? Options { get; init; }
}
