using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>GET /containers/{id}/json.</summary>
public sealed record ContainerInspect
{
    public required string Id { get; init; }
    public required string Created { get; init; }
    public required string Path { get; init; }
    public required IReadOnlyList<string> Args { get; init; }
    public required ContainerState State { get; init; }

    /// <summary>The image's id, "sha256:…".</summary>
    public required string Image { get; init; }

    public string ResolvConfPath { get; init => field = value ?? ""; } = "";
    public string HostnamePath { get; init => field = value ?? ""; } = "";
    public string HostsPath { get; init => field = value ?? ""; } = "";
    public string LogPath { get; init => field = value ?? ""; } = "";

    /// <summary>With Docker's leading slash.</summary>
    public required string Name { get; init; }

    public int RestartCount { get; init; }
    public string Driver { get; init => field = value ?? "overlayfs"; } = "overlayfs";
    public string Platform { get; init => field = value ?? "linux"; } = "linux";
    public string MountLabel { get; init => field = value ?? ""; } = "";
    public string ProcessLabel { get; init => field = value ?? ""; } = "";
    public string AppArmorProfile { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("ExecIDs"), JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? ExecIds { get; init; }

    public required HostConfig HostConfig { get; init; }
    public GraphDriverData GraphDriver { get; init => field = value ?? new(); } = new();

    /// <summary>Bytes; only with size=1.</summary>
    public long? SizeRw { get; init; }

    public long? SizeRootFs { get; init; }
    public required IReadOnlyList<MountPoint> Mounts { get; init; }
    public required ContainerConfig Config { get; init; }
    public required NetworkSettings NetworkSettings { get; init; }
}

public sealed record GraphDriverData
{
    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, string>? Data { get; init; }

    public string Name { get; init => field = value ?? "overlayfs"; } = "overlayfs";
}

public sealed record ContainerState
{
    /// <summary>created, running, paused, restarting, removing, exited, dead.</summary>
    public required string Status { get; init; }

    public bool Running { get; init; }
    public bool Paused { get; init; }
    public bool Restarting { get; init; }

    [JsonPropertyName("OOMKilled")]
    public bool OomKilled { get; init; }

    public bool Dead { get; init; }
    public int Pid { get; init; }
    public int ExitCode { get; init; }
    public string Error { get; init => field = value ?? ""; } = "";
    public required string StartedAt { get; init; }
    public required string FinishedAt { get; init; }
    public Health? Health { get; init; }
}

public sealed record Health
{
    /// <summary>starting, healthy, unhealthy.</summary>
    public required string Status { get; init; }

    public int FailingStreak { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<HealthResult>? Log { get; init; }
}

public sealed record HealthResult
{
    public required DateTimeOffset Start { get; init; }
    public required DateTimeOffset End { get; init; }
    public int ExitCode { get; init; }
    public string Output { get; init => field = value ?? ""; } = "";
}

public sealed record MountPoint
{
    public string? Type { get; init; }
    public string? Name { get; init; }
    public string Source { get; init => field = value ?? ""; } = "";
    public string Destination { get; init => field = value ?? ""; } = "";
    public string? Driver { get; init; }
    public string Mode { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("RW")]
    public bool Writable { get; init; }

    public string Propagation { get; init => field = value ?? ""; } = "";
}

public sealed record NetworkSettings
{
    public string Bridge { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("SandboxID")]
    public string SandboxId { get; init => field = value ?? ""; } = "";

    public string SandboxKey { get; init => field = value ?? ""; } = "";

    /// <summary>Keys "80/tcp"; null value: exposed, not published.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> Ports
    {
        get;
        init => field = value ?? new Dictionary<string, IReadOnlyList<PortBinding>?>();
    } = new Dictionary<string, IReadOnlyList<PortBinding>?>();

    public bool HairpinMode { get; init; }
    public string LinkLocalIPv6Address { get; init => field = value ?? ""; } = "";
    public int LinkLocalIPv6PrefixLen { get; init; }

    [JsonPropertyName("SecondaryIPAddresses"), JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? SecondaryIPAddresses { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? SecondaryIPv6Addresses { get; init; }

    // Of the default bridge, for old clients.
    [JsonPropertyName("EndpointID")]
    public string EndpointId { get; init => field = value ?? ""; } = "";

    public string Gateway { get; init => field = value ?? ""; } = "";
    public string GlobalIPv6Address { get; init => field = value ?? ""; } = "";
    public int GlobalIPv6PrefixLen { get; init; }
    public string IPAddress { get; init => field = value ?? ""; } = "";
    public int IPPrefixLen { get; init; }
    public string IPv6Gateway { get; init => field = value ?? ""; } = "";
    public string MacAddress { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, EndpointSettings>? Networks { get; init; }
}

/// <summary>A container's place on one network: what was asked, and what it got.</summary>
public sealed record EndpointSettings
{
    [JsonPropertyName("IPAMConfig"), JsonIgnore(Condition = Never)]
    public EndpointIpam? IpamConfig { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? Links { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? Aliases { get; init; }

    public string MacAddress { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, string>? DriverOpts { get; init; }

    [JsonPropertyName("NetworkID")]
    public string NetworkId { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("EndpointID")]
    public string EndpointId { get; init => field = value ?? ""; } = "";

    public string Gateway { get; init => field = value ?? ""; } = "";
    public string IPAddress { get; init => field = value ?? ""; } = "";
    public int IPPrefixLen { get; init; }
    public string IPv6Gateway { get; init => field = value ?? ""; } = "";
    public string GlobalIPv6Address { get; init => field = value ?? ""; } = "";
    public int GlobalIPv6PrefixLen { get; init; }

    [JsonPropertyName("DNSNames"), JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? DnsNames { get; init; }
}

public sealed record EndpointIpam
{
    public string? IPv4Address { get; init; }
    public string? IPv6Address { get; init; }

    [JsonPropertyName("LinkLocalIPs")]
    public IReadOnlyList<string>? LinkLocalIps { get; init; }
}

/// <summary>One row of GET /containers/json.</summary>
public sealed record ContainerSummary
{
    public required string Id { get; init; }
    public required IReadOnlyList<string> Names { get; init; }
    public required string Image { get; init; }

    [JsonPropertyName("ImageID")]
    public required string ImageId { get; init; }

    public required string Command { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public long Created { get; init; }

    public required IReadOnlyList<Port> Ports { get; init; }
    public long? SizeRw { get; init; }
    public long? SizeRootFs { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    public required string State { get; init; }
    public required string Status { get; init; }
    public required SummaryHostConfig HostConfig { get; init; }
    public required SummaryNetworkSettings NetworkSettings { get; init; }
    public required IReadOnlyList<MountPoint> Mounts { get; init; }
}

public sealed record SummaryHostConfig
{
    public string? NetworkMode { get; init; }
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}

public sealed record SummaryNetworkSettings
{
    public required IReadOnlyDictionary<string, EndpointSettings> Networks { get; init; }
}

public sealed record Port
{
    public string? IP { get; init; }
    public ushort PrivatePort { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public ushort PublicPort { get; init; }

    public required string Type { get; init; }
}

public sealed record TopResponse
{
    public required IReadOnlyList<string> Titles { get; init; }
    public required IReadOnlyList<IReadOnlyList<string>> Processes { get; init; }
}

public sealed record WaitResponse
{
    public long StatusCode { get; init; }
    public WaitError? Error { get; init; }
}

public sealed record WaitError(string Message);

/// <summary>Body of POST /containers/{id}/update.</summary>
public sealed record UpdateContainerRequest : Resources
{
    public RestartPolicy? RestartPolicy { get; init; }
}

public sealed record UpdateContainerResponse
{
    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? Warnings { get; init; }
}

public sealed record ContainersPruned
{
    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? ContainersDeleted { get; init; }

    public long SpaceReclaimed { get; init; }
}

/// <summary>Header X-Docker-Container-Path-Stat, base64 of this.</summary>
public sealed record PathStat
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("size")]
    public long Size { get; init; }

    /// <summary>Go's os.FileMode bits.</summary>
    [JsonPropertyName("mode")]
    public uint Mode { get; init; }

    [JsonPropertyName("mtime")]
    public DateTimeOffset ModifiedAt { get; init; }

    [JsonPropertyName("linkTarget")]
    public string LinkTarget { get; init => field = value ?? ""; } = "";
}
