using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>A swarm as GET /info shows it: without its tokens.</summary>
public record ClusterInfo
{
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    public required SwarmVersion Version { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required SwarmSpec Spec { get; init; }

    [JsonPropertyName("TLSInfo")]
    public TlsInfo TlsInfo { get; init => field = value ?? new(); } = new();

    public bool RootRotationInProgress { get; init; }

    /// <summary>In CIDR form; null: the built-in one.</summary>
    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? DefaultAddrPool { get; init; }

    /// <summary>Prefix length of each subnet.</summary>
    public uint SubnetSize { get; init; }

    public uint DataPathPort { get; init; }
}

/// <summary>GET /swarm.</summary>
public sealed record SwarmInspect : ClusterInfo
{
    [JsonPropertyOrder(1)]
    public required JoinTokens JoinTokens { get; init; }
}

/// <summary>The secrets that let nodes in.</summary>
public sealed record JoinTokens
{
    public string Worker { get; init => field = value ?? ""; } = "";
    public string Manager { get; init => field = value ?? ""; } = "";
}

/// <summary>What users set of a swarm; body of POST /swarm/update.</summary>
public sealed record SwarmSpec
{
    public string? Name { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public SwarmOrchestration Orchestration { get; init => field = value ?? new(); } = new();
    public SwarmRaft Raft { get; init => field = value ?? new(); } = new();
    public SwarmDispatcher Dispatcher { get; init => field = value ?? new(); } = new();

    [JsonPropertyName("CAConfig")]
    public SwarmCa CaConfig { get; init => field = value ?? new(); } = new();

    public SwarmTaskDefaults TaskDefaults { get; init => field = value ?? new(); } = new();
    public SwarmEncryption EncryptionConfig { get; init => field = value ?? new(); } = new();
}

public sealed record SwarmOrchestration
{
    /// <summary>Ended tasks to keep of each slot; negative: all.</summary>
    public long? TaskHistoryRetentionLimit { get; init; }
}

/// <summary>Settings of the replicated log; zeros are not shown and change nothing.</summary>
public sealed record SwarmRaft
{
    /// <summary>Entries between two snapshots.</summary>
    [JsonIgnore(Condition = WhenWritingDefault)]
    public ulong SnapshotInterval { get; init; }

    public ulong? KeepOldSnapshots { get; init; }

    /// <summary>Entries to keep after a snapshot.</summary>
    [JsonIgnore(Condition = WhenWritingDefault)]
    public ulong LogEntriesForSlowFollowers { get; init; }

    public int ElectionTick { get; init; }
    public int HeartbeatTick { get; init; }
}

public sealed record SwarmDispatcher
{
    /// <summary>Nanoseconds.</summary>
    [JsonIgnore(Condition = WhenWritingDefault)]
    public long HeartbeatPeriod { get; init; }
}

public sealed record SwarmCa
{
    /// <summary>Nanoseconds that a node's certificate is valid.</summary>
    [JsonIgnore(Condition = WhenWritingDefault)]
    public long NodeCertExpiry { get; init; }

    [JsonPropertyName("ExternalCAs")]
    public IReadOnlyList<ExternalCa>? ExternalCas { get; init; }

    /// <summary>Only in requests: PEM of the root to change to.</summary>
    [JsonPropertyName("SigningCACert")]
    public string? SigningCaCert { get; init; }

    /// <summary>Only in requests: PEM of its key, a secret.</summary>
    [JsonPropertyName("SigningCAKey")]
    public string? SigningCaKey { get; init; }

    /// <summary>Another number than before makes a new root.</summary>
    [JsonIgnore(Condition = WhenWritingDefault)]
    public ulong ForceRotate { get; init; }
}

public sealed record ExternalCa
{
    /// <summary>cfssl.</summary>
    public string Protocol { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("URL")]
    public string Url { get; init => field = value ?? ""; } = "";

    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>PEM.</summary>
    [JsonPropertyName("CACert")]
    public string CaCert { get; init => field = value ?? ""; } = "";
}

public sealed record SwarmTaskDefaults
{
    public SwarmDriver? LogDriver { get; init; }
}

public sealed record SwarmEncryption
{
    public bool AutoLockManagers { get; init; }
}
