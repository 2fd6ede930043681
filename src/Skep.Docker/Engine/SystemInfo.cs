using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>GET /info.</summary>
public sealed record SystemInfo
{
    /// <summary>The same for the life of the data root.</summary>
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    public int Containers { get; init; }
    public int ContainersRunning { get; init; }
    public int ContainersPaused { get; init; }
    public int ContainersStopped { get; init; }
    public int Images { get; init; }
    public required string Driver { get; init; }
    public required IReadOnlyList<IReadOnlyList<string>> DriverStatus { get; init; }
    public required InfoPlugins Plugins { get; init; }
    public bool MemoryLimit { get; init; }
    public bool SwapLimit { get; init; }

    /// <summary>Gone from API 1.42 on.</summary>
    public bool? KernelMemory { get; init; }

    [JsonPropertyName("KernelMemoryTCP"), JsonIgnore(Condition = WhenWritingDefault)]
    public bool KernelMemoryTcp { get; init; }

    public bool CpuCfsPeriod { get; init; }
    public bool CpuCfsQuota { get; init; }

    [JsonPropertyName("CPUShares")]
    public bool CpuShares { get; init; }

    [JsonPropertyName("CPUSet")]
    public bool CpuSet { get; init; }

    public bool PidsLimit { get; init; }

    [JsonPropertyName("IPv4Forwarding")]
    public bool IPv4Forwarding { get; init; }

    public bool BridgeNfIptables { get; init; }
    public bool BridgeNfIp6tables { get; init; }
    public bool Debug { get; init; }

    /// <summary>Open file descriptors of the daemon.</summary>
    public int NFd { get; init; }

    public bool OomKillDisable { get; init; }

    /// <summary>Threads of the daemon; Go programs count goroutines here.</summary>
    public int NGoroutines { get; init; }

    public required DateTimeOffset SystemTime { get; init; }
    public required string LoggingDriver { get; init; }
    public required string CgroupDriver { get; init; }
    public required string CgroupVersion { get; init; }
    public int NEventsListener { get; init; }
    public required string KernelVersion { get; init; }
    public required string OperatingSystem { get; init; }

    [JsonPropertyName("OSVersion")]
    public required string OsVersion { get; init; }

    [JsonPropertyName("OSType")]
    public required string OsType { get; init; }

    public required string Architecture { get; init; }
    public string IndexServerAddress { get; init => field = value ?? ""; } = "";
    public required InfoRegistries RegistryConfig { get; init; }

    [JsonPropertyName("NCPU")]
    public int CpuCount { get; init; }

    /// <summary>Bytes.</summary>
    public long MemTotal { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<Empty>? GenericResources { get; init; }

    public required string DockerRootDir { get; init; }

    /// <summary>Without the password, if it carries one.</summary>
    public string HttpProxy { get; init => field = value ?? ""; } = "";

    public string HttpsProxy { get; init => field = value ?? ""; } = "";
    public string NoProxy { get; init => field = value ?? ""; } = "";
    public required string Name { get; init; }
    public required IReadOnlyList<string> Labels { get; init; }
    public bool ExperimentalBuild { get; init; }
    public required string ServerVersion { get; init; }
    public required IReadOnlyDictionary<string, InfoRuntime> Runtimes { get; init; }
    public required string DefaultRuntime { get; init; }
    public required InfoSwarm Swarm { get; init; }

    /// <summary>Containers outlive the daemon here, always.</summary>
    public bool LiveRestoreEnabled { get; init; }

    public string Isolation { get; init => field = value ?? ""; } = "";
    public required string InitBinary { get; init; }
    public required InfoCommit ContainerdCommit { get; init; }
    public required InfoCommit RuncCommit { get; init; }
    public required InfoCommit InitCommit { get; init; }
    public required IReadOnlyList<string> SecurityOptions { get; init; }
    public string? ProductLicense { get; init; }
    public IReadOnlyList<InfoAddressPool>? DefaultAddressPools { get; init; }

    [JsonPropertyName("CDISpecDirs")]
    public IReadOnlyList<string>? CdiSpecDirs { get; init; }

    /// <summary>Since API 1.46.</summary>
    public InfoContainerd? Containerd { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? Warnings { get; init; }
}

public sealed record InfoPlugins
{
    public required IReadOnlyList<string> Volume { get; init; }
    public required IReadOnlyList<string> Network { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? Authorization { get; init; }

    public required IReadOnlyList<string> Log { get; init; }
}

public sealed record InfoRegistries
{
    [JsonPropertyName("AllowNondistributableArtifactsCIDRs")]
    public IReadOnlyList<string> AllowNondistributableCidrs { get; init => field = value ?? []; } = [];

    [JsonPropertyName("AllowNondistributableArtifactsHostnames")]
    public IReadOnlyList<string> AllowNondistributableHosts { get; init => field = value ?? []; } = [];

    [JsonPropertyName("InsecureRegistryCIDRs")]
    public required IReadOnlyList<string> InsecureCidrs { get; init; }

    public required IReadOnlyDictionary<string, InfoRegistry> IndexConfigs { get; init; }
    public required IReadOnlyList<string> Mirrors { get; init; }
}

public sealed record InfoRegistry
{
    public required string Name { get; init; }
    public required IReadOnlyList<string> Mirrors { get; init; }
    public bool Secure { get; init; }
    public bool Official { get; init; }
}

public sealed record InfoRuntime
{
    [JsonPropertyName("path")]
    public required string Path { get; init; }

    /// <summary>Since API 1.44.</summary>
    [JsonPropertyName("status")]
    public IReadOnlyDictionary<string, string>? Status { get; init; }
}

public sealed record InfoSwarm
{
    [JsonPropertyName("NodeID")]
    public string NodeId { get; init => field = value ?? ""; } = "";

    public string NodeAddr { get; init => field = value ?? ""; } = "";

    /// <summary>inactive, pending, active, error, locked.</summary>
    public required string LocalNodeState { get; init; }

    public bool ControlAvailable { get; init; }
    public string Error { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<InfoPeer>? RemoteManagers { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public int Nodes { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public int Managers { get; init; }

    /// <summary>Only where control is available.</summary>
    public ClusterInfo? Cluster { get; init; }

    public IReadOnlyList<string>? Warnings { get; init; }
}

/// <summary>A manager that this node knows.</summary>
public sealed record InfoPeer
{
    [JsonPropertyName("NodeID")]
    public required string NodeId { get; init; }

    public required string Addr { get; init; }
}

public sealed record InfoCommit
{
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    public string? Expected { get; init; }
}

public sealed record InfoAddressPool
{
    public required string Base { get; init; }

    /// <summary>Prefix length of each network.</summary>
    public int Size { get; init; }
}

public sealed record InfoContainerd
{
    public required string Address { get; init; }
    public required InfoContainerdNamespaces Namespaces { get; init; }
}

public sealed record InfoContainerdNamespaces
{
    public required string Containers { get; init; }
    public string Plugins { get; init => field = value ?? ""; } = "";
}
