using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>A network as GET /networks and GET /networks/{id} show it.</summary>
public sealed record NetworkInspect
{
    public required string Name { get; init; }
    public required string Id { get; init; }
    public required DateTimeOffset Created { get; init; }
    public required string Scope { get; init; }
    public required string Driver { get; init; }

    [JsonPropertyName("EnableIPv6")]
    public bool EnableIPv6 { get; init; }

    [JsonPropertyName("IPAM")]
    public required Ipam Ipam { get; init; }

    public bool Internal { get; init; }
    public bool Attachable { get; init; }
    public bool Ingress { get; init; }
    public ConfigReference ConfigFrom { get; init => field = value ?? new(); } = new();
    public bool ConfigOnly { get; init; }

    /// <summary>Container id to endpoint; only in the inspect of one network.</summary>
    public IReadOnlyDictionary<string, EndpointResource> Containers
    {
        get;
        init => field = value ?? new Dictionary<string, EndpointResource>();
    } = new Dictionary<string, EndpointResource>();

    public required IReadOnlyDictionary<string, string> Options { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Nodes with tasks on it; only of networks that reach over nodes.</summary>
    public IReadOnlyList<NetworkPeer>? Peers { get; init; }

    /// <summary>Service name to service; only when asked to be verbose.</summary>
    public IReadOnlyDictionary<string, NetworkService>? Services { get; init; }

    /// <summary>How full it is, as API 1.52 shows it; only when asked to be verbose.</summary>
    public NetworkStatus? Status { get; init; }
}

public sealed record NetworkPeer
{
    public required string Name { get; init; }
    public required string IP { get; init; }
}

/// <summary>A service in the verbose inspect of a network.</summary>
public sealed record NetworkService
{
    [JsonPropertyName("VIP")]
    public required string VIP { get; init; }

    public required IReadOnlyList<string> Ports { get; init; }

    /// <summary>A number of Docker's data path; we have none.</summary>
    public int LocalLBIndex { get; init; }

    public required IReadOnlyList<NetworkTask> Tasks { get; init; }
}

public sealed record NetworkTask
{
    public required string Name { get; init; }

    [JsonPropertyName("EndpointID")]
    public required string EndpointId { get; init; }

    public required string EndpointIP { get; init; }
    public required IReadOnlyDictionary<string, string> Info { get; init; }
}

public sealed record NetworkStatus
{
    [JsonPropertyName("IPAM")]
    public required NetworkIpamStatus Ipam { get; init; }
}

public sealed record NetworkIpamStatus
{
    /// <summary>By subnet, such as 10.0.1.0/24.</summary>
    public required IReadOnlyDictionary<string, NetworkSubnetStatus> Subnets { get; init; }
}

public sealed record NetworkSubnetStatus
{
    public required ulong IPsInUse { get; init; }
    public required ulong DynamicIPsAvailable { get; init; }
}

public sealed record ConfigReference
{
    public string Network { get; init => field = value ?? ""; } = "";
}

public sealed record Ipam
{
    public string Driver { get; init => field = value ?? "default"; } = "default";

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<IpamConfig>? Config { get; init; }
}

public sealed record IpamConfig
{
    public string? Subnet { get; init; }

    [JsonPropertyName("IPRange")]
    public string? IPRange { get; init; }

    public string? Gateway { get; init; }
    public IReadOnlyDictionary<string, string>? AuxiliaryAddresses { get; init; }
}

public sealed record EndpointResource
{
    public required string Name { get; init; }

    [JsonPropertyName("EndpointID")]
    public required string EndpointId { get; init; }

    public string MacAddress { get; init => field = value ?? ""; } = "";
    public string IPv4Address { get; init => field = value ?? ""; } = "";
    public string IPv6Address { get; init => field = value ?? ""; } = "";
}

/// <summary>Body of POST /networks/create.</summary>
public sealed record CreateNetworkRequest
{
    public string Name { get; init => field = value ?? ""; } = "";
    public bool? CheckDuplicate { get; init; }
    public string? Driver { get; init; }
    public string? Scope { get; init; }

    [JsonPropertyName("EnableIPv4")]
    public bool? EnableIPv4 { get; init; }

    [JsonPropertyName("EnableIPv6")]
    public bool? EnableIPv6 { get; init; }

    [JsonPropertyName("IPAM")]
    public Ipam? Ipam { get; init; }

    public bool Internal { get; init; }
    public bool Attachable { get; init; }
    public bool Ingress { get; init; }
    public bool ConfigOnly { get; init; }
    public ConfigReference? ConfigFrom { get; init; }
    public IReadOnlyDictionary<string, string>? Options { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

public sealed record CreateNetworkResponse
{
    public required string Id { get; init; }
    public string Warning { get; init => field = value ?? ""; } = "";
}

/// <summary>Body of POST /networks/{id}/connect.</summary>
public sealed record ConnectRequest
{
    public string Container { get; init => field = value ?? ""; } = "";
    public EndpointSettings? EndpointConfig { get; init; }
}

/// <summary>Body of POST /networks/{id}/disconnect.</summary>
public sealed record DisconnectRequest
{
    public string Container { get; init => field = value ?? ""; } = "";
    public bool Force { get; init; }
}

public sealed record NetworksPruned
{
    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? NetworksDeleted { get; init; }
}
