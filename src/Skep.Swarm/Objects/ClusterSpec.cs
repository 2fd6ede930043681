namespace Skep.Swarm.Objects;

/// <summary>What the user asks of the swarm as a whole.</summary>
public sealed record ClusterSpec
{
    public static readonly ClusterSpec Empty = new();

    public Annotations Annotations { get; init; } = Annotations.Empty;

    public AcceptancePolicy AcceptancePolicy { get; init; } = AcceptancePolicy.Empty;

    public OrchestrationConfig Orchestration { get; init; } = OrchestrationConfig.Empty;

    public RaftConfig Raft { get; init; } = RaftConfig.Empty;

    public DispatcherConfig Dispatcher { get; init; } = DispatcherConfig.Empty;

    public CAConfig CAConfig { get; init; } = CAConfig.Empty;

    public TaskDefaults TaskDefaults { get; init; } = TaskDefaults.Empty;

    public EncryptionConfig EncryptionConfig { get; init; } = EncryptionConfig.Empty;
}

/// <summary>Who was let in before there were join tokens. Kept because old clusters carry it.</summary>
public sealed record AcceptancePolicy
{
    public static readonly AcceptancePolicy Empty = new();

    public ValueList<RoleAdmissionPolicy> Policies { get; init; }
}

/// <summary>The acceptance policy of one role.</summary>
public sealed record RoleAdmissionPolicy
{
    public NodeRole Role { get; init; }

    public bool Autoaccept { get; init; }

    public AdmissionSecret? Secret { get; init; }
}

/// <summary>The hashed secret of an acceptance policy.</summary>
public sealed record AdmissionSecret
{
    public Bytes Data { get; init; }

    public string Alg { get; init; } = "";
}

/// <summary>Settings of the orchestrators.</summary>
public sealed record OrchestrationConfig
{
    public static readonly OrchestrationConfig Empty = new();

    /// <summary>How many ended tasks a slot keeps; negative: all.</summary>
    public long TaskHistoryRetentionLimit { get; init; }
}

/// <summary>Settings of consensus.</summary>
public sealed record RaftConfig
{
    public static readonly RaftConfig Empty = new();

    public ulong SnapshotInterval { get; init; }

    public ulong KeepOldSnapshots { get; init; }

    public ulong LogEntriesForSlowFollowers { get; init; }

    public uint HeartbeatTick { get; init; }

    public uint ElectionTick { get; init; }
}

/// <summary>Settings of the dispatcher.</summary>
public sealed record DispatcherConfig
{
    public static readonly DispatcherConfig Empty = new();

    public SwarmDuration? HeartbeatPeriod { get; init; }
}

/// <summary>Settings of the certificate authority.</summary>
public sealed record CAConfig
{
    public static readonly CAConfig Empty = new();

    public SwarmDuration? NodeCertExpiry { get; init; }

    public ValueList<ExternalCA> ExternalCAs { get; init; }

    public Bytes SigningCACert { get; init; }

    public Bytes SigningCAKey { get; init; }

    /// <summary>Grown by one to ask for a new root.</summary>
    public ulong ForceRotate { get; init; }
}

/// <summary>The protocols an external CA may speak.</summary>
public enum ExternalCAProtocol
{
    Cfssl = 0,
}

/// <summary>An authority outside the swarm that signs its certificates.</summary>
public sealed record ExternalCA
{
    public ExternalCAProtocol Protocol { get; init; }

    public string Url { get; init; } = "";

    public ValueMap<string> Options { get; init; }

    public Bytes CACert { get; init; }
}

/// <summary>What a task gets that asks for nothing else.</summary>
public sealed record TaskDefaults
{
    public static readonly TaskDefaults Empty = new();

    public Driver? LogDriver { get; init; }
}

/// <summary>How data at rest is protected.</summary>
public sealed record EncryptionConfig
{
    public static readonly EncryptionConfig Empty = new();

    public bool AutoLockManagers { get; init; }
}
