using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>A node as GET /nodes and GET /nodes/{id} show it.</summary>
public sealed record NodeInspect
{
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    public required SwarmVersion Version { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required NodeSpec Spec { get; init; }
    public NodeDescription Description { get; init => field = value ?? new(); } = new();
    public NodeStatus Status { get; init => field = value ?? new(); } = new();

    /// <summary>Null: the node is no manager.</summary>
    public NodeManagerStatus? ManagerStatus { get; init; }
}

/// <summary>What users set of a node; body of POST /nodes/{id}/update.</summary>
public sealed record NodeSpec
{
    public string? Name { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>worker or manager.</summary>
    public string? Role { get; init; }

    /// <summary>active, pause or drain.</summary>
    public string? Availability { get; init; }
}

/// <summary>What a node says of its machine.</summary>
public sealed record NodeDescription
{
    public string? Hostname { get; init; }
    public NodePlatform Platform { get; init => field = value ?? new(); } = new();
    public NodeResources Resources { get; init => field = value ?? new(); } = new();
    public NodeEngine Engine { get; init => field = value ?? new(); } = new();

    [JsonPropertyName("TLSInfo")]
    public TlsInfo TlsInfo { get; init => field = value ?? new(); } = new();

    [JsonPropertyName("CSIInfo")]
    public IReadOnlyList<NodeCsiPlugin>? CsiInfo { get; init; }
}

public sealed record NodePlatform
{
    public string? Architecture { get; init; }

    [JsonPropertyName("OS")]
    public string? Os { get; init; }
}

public sealed record NodeResources
{
    [JsonPropertyName("NanoCPUs"), JsonIgnore(Condition = WhenWritingDefault)]
    public long NanoCpus { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public long MemoryBytes { get; init; }

    public IReadOnlyList<GenericResource>? GenericResources { get; init; }
}

/// <summary>A resource that only the operator knows; one of the two.</summary>
public sealed record GenericResource
{
    public NamedGenericResource? NamedResourceSpec { get; init; }
    public DiscreteGenericResource? DiscreteResourceSpec { get; init; }
}

public sealed record NamedGenericResource
{
    public string? Kind { get; init; }
    public string? Value { get; init; }
}

public sealed record DiscreteGenericResource
{
    public string? Kind { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public long Value { get; init; }
}

public sealed record NodeEngine
{
    public string? EngineVersion { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
    public IReadOnlyList<NodePlugin>? Plugins { get; init; }
}

public sealed record NodePlugin
{
    public string? Type { get; init; }
    public string? Name { get; init; }
}

public sealed record NodeCsiPlugin
{
    public string? PluginName { get; init; }

    [JsonPropertyName("NodeID")]
    public string? NodeId { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public long MaxVolumesPerNode { get; init; }

    public NodeTopology? AccessibleTopology { get; init; }
}

public sealed record NodeTopology
{
    public IReadOnlyDictionary<string, string>? Segments { get; init; }
}

public sealed record NodeStatus
{
    /// <summary>unknown, down, ready or disconnected.</summary>
    public string? State { get; init; }

    public string? Message { get; init; }
    public string? Addr { get; init; }
}

public sealed record NodeManagerStatus
{
    [JsonIgnore(Condition = WhenWritingDefault)]
    public bool Leader { get; init; }

    /// <summary>unknown, unreachable or reachable.</summary>
    public string? Reachability { get; init; }

    /// <summary>Host and port of its cluster services.</summary>
    public string? Addr { get; init; }
}
