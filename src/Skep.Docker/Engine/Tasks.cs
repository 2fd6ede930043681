using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>A task as GET /tasks and GET /tasks/{id} show it.</summary>
public sealed record TaskInspect
{
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    public required SwarmVersion Version { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public string? Name { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public TaskSpec Spec { get; init => field = value ?? new(); } = new();

    [JsonPropertyName("ServiceID")]
    public string? ServiceId { get; init; }

    /// <summary>The place in a replicated service, from 1; 0: bound to its node.</summary>
    [JsonIgnore(Condition = WhenWritingDefault)]
    public long Slot { get; init; }

    /// <summary>Null: no node was chosen yet.</summary>
    [JsonPropertyName("NodeID")]
    public string? NodeId { get; init; }

    public TaskStatusInspect Status { get; init => field = value ?? new(); } = new();

    /// <summary>How far the swarm wants the task to come.</summary>
    public string? DesiredState { get; init; }

    public IReadOnlyList<TaskNetwork>? NetworksAttachments { get; init; }
    public IReadOnlyList<GenericResource>? GenericResources { get; init; }

    /// <summary>Only of jobs: the run that the task belongs to.</summary>
    public SwarmVersion? JobIteration { get; init; }

    /// <summary>Since API 1.42, where it is null when there are none.</summary>
    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<TaskVolume>? Volumes { get; init; }
}

/// <summary>How far a task has come, and why.</summary>
public sealed record TaskStatusInspect
{
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>new, pending, assigned, accepted, preparing, ready, starting, running, complete, shutdown, failed,
    /// rejected, remove or orphaned.</summary>
    public string? State { get; init; }

    public string? Message { get; init; }
    public string? Err { get; init; }
    public TaskContainer? ContainerStatus { get; init; }
    public TaskPorts PortStatus { get; init => field = value ?? new(); } = new();
}

public sealed record TaskContainer
{
    [JsonPropertyName("ContainerID")]
    public string ContainerId { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("PID")]
    public int Pid { get; init; }

    public int ExitCode { get; init; }
}

/// <summary>The ports that a task published on its own node.</summary>
public sealed record TaskPorts
{
    public IReadOnlyList<ServicePort>? Ports { get; init; }
}

public sealed record TaskVolume
{
    [JsonPropertyName("ID")]
    public string? Id { get; init; }

    public string? Source { get; init; }
    public string? Target { get; init; }
}

/// <summary>A task's place on one network.</summary>
public sealed record TaskNetwork
{
    public SwarmNetworkInspect Network { get; init => field = value ?? new(); } = new();

    /// <summary>In CIDR form.</summary>
    public IReadOnlyList<string>? Addresses { get; init; }
}

/// <summary>A network of the swarm as tasks show it.</summary>
public sealed record SwarmNetworkInspect
{
    [JsonPropertyName("ID")]
    public string Id { get; init => field = value ?? ""; } = "";

    public SwarmVersion Version { get; init => field = value ?? new(); } = new();
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public SwarmNetworkSpec Spec { get; init => field = value ?? new(); } = new();
    public SwarmDriver DriverState { get; init => field = value ?? new(); } = new();

    [JsonPropertyName("IPAMOptions")]
    public SwarmIpam? IpamOptions { get; init; }
}

public sealed record SwarmNetworkSpec
{
    public string? Name { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public SwarmDriver? DriverConfiguration { get; init; }

    [JsonPropertyName("IPv6Enabled"), JsonIgnore(Condition = WhenWritingDefault)]
    public bool Ipv6Enabled { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public bool Internal { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public bool Attachable { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public bool Ingress { get; init; }

    [JsonPropertyName("IPAMOptions")]
    public SwarmIpam? IpamOptions { get; init; }

    public ConfigReference? ConfigFrom { get; init; }

    /// <summary>swarm.</summary>
    public string? Scope { get; init; }
}

public sealed record SwarmIpam
{
    public SwarmDriver Driver { get; init => field = value ?? new(); } = new();
    public IReadOnlyList<SwarmSubnet>? Configs { get; init; }
}

public sealed record SwarmSubnet
{
    public string? Subnet { get; init; }
    public string? Range { get; init; }
    public string? Gateway { get; init; }
}
