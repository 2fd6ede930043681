using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>A service as GET /services and GET /services/{id} show it.</summary>
public sealed record ServiceInspect
{
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    public required SwarmVersion Version { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public ServiceSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What an update with rollback=previous goes back to; null: never updated.</summary>
    public ServiceSpec? PreviousSpec { get; init; }

    public ServiceEndpoint Endpoint { get; init => field = value ?? new(); } = new();

    /// <summary>Null: never updated.</summary>
    public ServiceUpdateStatus? UpdateStatus { get; init; }

    /// <summary>Only in lists that were asked for with status=true.</summary>
    public ServiceStatus? ServiceStatus { get; init; }

    /// <summary>Only of jobs.</summary>
    public ServiceJobStatus? JobStatus { get; init; }
}

/// <summary>What users ask of a service; body of POST /services/create and POST /services/{id}/update.</summary>
public sealed record ServiceSpec
{
    /// <summary>Null or "": a name is made up.</summary>
    public string? Name { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public TaskSpec TaskTemplate { get; init => field = value ?? new(); } = new();
    public ServiceMode Mode { get; init => field = value ?? new(); } = new();
    public ServiceUpdateConfig? UpdateConfig { get; init; }
    public ServiceUpdateConfig? RollbackConfig { get; init; }

    /// <summary>Deprecated: those of <see cref="TaskTemplate"/> count when there are any.</summary>
    public IReadOnlyList<NetworkTarget>? Networks { get; init; }

    public ServiceEndpointSpec? EndpointSpec { get; init; }
}

/// <summary>One of the four; none: one replica.</summary>
public sealed record ServiceMode
{
    public ReplicatedMode? Replicated { get; init; }
    public Empty? Global { get; init; }
    public ReplicatedJobMode? ReplicatedJob { get; init; }
    public Empty? GlobalJob { get; init; }
}

public sealed record ReplicatedMode
{
    /// <summary>Null: 1.</summary>
    public ulong? Replicas { get; init; }
}

public sealed record ReplicatedJobMode
{
    /// <summary>Null: 1.</summary>
    public ulong? MaxConcurrent { get; init; }

    /// <summary>Null: as many as run at a time.</summary>
    public ulong? TotalCompletions { get; init; }
}

/// <summary>How an update or a rollback goes about.</summary>
public sealed record ServiceUpdateConfig
{
    /// <summary>Tasks at a time; 0: all.</summary>
    public ulong Parallelism { get; init; }

    /// <summary>Nanoseconds.</summary>
    [JsonIgnore(Condition = WhenWritingDefault)]
    public long Delay { get; init; }

    /// <summary>pause, continue or rollback.</summary>
    public string? FailureAction { get; init; }

    /// <summary>Nanoseconds that a new task is watched.</summary>
    [JsonIgnore(Condition = WhenWritingDefault)]
    public long Monitor { get; init; }

    /// <summary>0 to 1.</summary>
    public float MaxFailureRatio { get; init; }

    /// <summary>stop-first or start-first.</summary>
    public string Order { get; init => field = value ?? ""; } = "";
}

/// <summary>How far the last update has come.</summary>
public sealed record ServiceUpdateStatus
{
    /// <summary>updating, paused, completed, rollback_started, rollback_paused or rollback_completed.</summary>
    public string? State { get; init; }

    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public string? Message { get; init; }
}

/// <summary>How many tasks there are and should be.</summary>
public sealed record ServiceStatus
{
    public ulong RunningTasks { get; init; }
    public ulong DesiredTasks { get; init; }

    /// <summary>Of jobs: tasks that ended well.</summary>
    public ulong CompletedTasks { get; init; }
}

/// <summary>The run of a job that is under way, or was the last.</summary>
public sealed record ServiceJobStatus
{
    public SwarmVersion JobIteration { get; init => field = value ?? new(); } = new();
    public DateTimeOffset LastExecution { get; init; }
}

/// <summary>How a service is reached.</summary>
public sealed record ServiceEndpoint
{
    public ServiceEndpointSpec Spec { get; init => field = value ?? new(); } = new();
    public IReadOnlyList<ServicePort>? Ports { get; init; }

    [JsonPropertyName("VirtualIPs")]
    public IReadOnlyList<ServiceVirtualIp>? VirtualIps { get; init; }
}

public sealed record ServiceEndpointSpec
{
    /// <summary>vip or dnsrr.</summary>
    public string? Mode { get; init; }

    public IReadOnlyList<ServicePort>? Ports { get; init; }
}

/// <summary>A published port.</summary>
public sealed record ServicePort
{
    public string? Name { get; init; }

    /// <summary>tcp, udp or sctp.</summary>
    public string? Protocol { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public uint TargetPort { get; init; }

    /// <summary>0: the swarm chooses one.</summary>
    [JsonIgnore(Condition = WhenWritingDefault)]
    public uint PublishedPort { get; init; }

    /// <summary>ingress or host.</summary>
    public string? PublishMode { get; init; }
}

public sealed record ServiceVirtualIp
{
    [JsonPropertyName("NetworkID")]
    public string? NetworkId { get; init; }

    /// <summary>In CIDR form.</summary>
    public string? Addr { get; init; }
}

/// <summary>Answer of POST /services/create.</summary>
public sealed record ServiceCreated
{
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? Warnings { get; init; }
}

/// <summary>Answer of POST /services/{id}/update.</summary>
public sealed record ServiceUpdated
{
    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? Warnings { get; init; }
}
