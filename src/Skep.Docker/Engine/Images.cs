using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>One row of GET /images/json.</summary>
public sealed record ImageSummary
{
    public required string Id { get; init; }
    public string ParentId { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? RepoTags { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? RepoDigests { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public long Created { get; init; }

    public long Size { get; init; }

    /// <summary>-1: not computed.</summary>
    public long SharedSize { get; init; } = -1;

    /// <summary>Gone from API 1.44 on.</summary>
    public long? VirtualSize { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>-1: not computed.</summary>
    public long Containers { get; init; } = -1;
}

/// <summary>GET /images/{name}/json.</summary>
public sealed record ImageInspect
{
    public required string Id { get; init; }
    public required IReadOnlyList<string> RepoTags { get; init; }
    public required IReadOnlyList<string> RepoDigests { get; init; }
    public string Parent { get; init => field = value ?? ""; } = "";
    public string Comment { get; init => field = value ?? ""; } = "";
    public string? Created { get; init; }
    public string DockerVersion { get; init => field = value ?? ""; } = "";
    public string Author { get; init => field = value ?? ""; } = "";
    public required ContainerConfig Config { get; init; }
    public required string Architecture { get; init; }
    public string? Variant { get; init; }
    public required string Os { get; init; }
    public long Size { get; init; }

    /// <summary>Gone from API 1.44 on.</summary>
    public long? VirtualSize { get; init; }

    public GraphDriverData GraphDriver { get; init => field = value ?? new(); } = new();

    [JsonPropertyName("RootFS")]
    public required ImageRootFs RootFs { get; init; }

    public ImageMetadata Metadata { get; init => field = value ?? new(); } = new();
}

public sealed record ImageRootFs
{
    public string Type { get; init => field = value ?? "layers"; } = "layers";
    public IReadOnlyList<string>? Layers { get; init; }
}

public sealed record ImageMetadata
{
    public string? LastTagTime { get; init; }
}

/// <summary>One row of GET /images/{name}/history.</summary>
public sealed record HistoryItem
{
    public required string Id { get; init; }
    public long Created { get; init; }
    public string CreatedBy { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? Tags { get; init; }

    public long Size { get; init; }
    public string Comment { get; init => field = value ?? ""; } = "";
}

/// <summary>One row of DELETE /images/{name}: a tag that was taken off or an image that was removed.</summary>
public sealed record ImageDeleted
{
    public string? Untagged { get; init; }
    public string? Deleted { get; init; }
}

public sealed record ImagesPruned
{
    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<ImageDeleted>? ImagesDeleted { get; init; }

    public long SpaceReclaimed { get; init; }
}

/// <summary>One line of the JSON stream that pull, load and import answer with.</summary>
public sealed record ProgressMessage
{
    [JsonPropertyName("stream")]
    public string? Stream { get; init; }

    [JsonPropertyName("status")]
    public string? Status { get; init; }

    [JsonPropertyName("progressDetail")]
    public ProgressDetail? ProgressDetail { get; init; }

    [JsonPropertyName("progress")]
    public string? Progress { get; init; }

    [JsonPropertyName("id")]
    public string? Id { get; init; }

    [JsonPropertyName("errorDetail")]
    public ErrorDetail? ErrorDetail { get; init; }

    [JsonPropertyName("error")]
    public string? Error { get; init; }
}

public sealed record ProgressDetail
{
    /// <summary>Bytes so far.</summary>
    [JsonPropertyName("current")]
    public long? Current { get; init; }

    /// <summary>Bytes in all.</summary>
    [JsonPropertyName("total")]
    public long? Total { get; init; }
}

public sealed record ErrorDetail
{
    [JsonPropertyName("code")]
    public int? Code { get; init; }

    [JsonPropertyName("message")]
    public required string Message { get; init; }
}

/// <summary>GET /distribution/{name}/json.</summary>
public sealed record DistributionInspect
{
    public required DistributionDescriptor Descriptor { get; init; }
    public required IReadOnlyList<ImagePlatform> Platforms { get; init; }
}

public sealed record DistributionDescriptor
{
    [JsonPropertyName("mediaType")]
    public required string MediaType { get; init; }

    [JsonPropertyName("digest")]
    public required string Digest { get; init; }

    [JsonPropertyName("size")]
    public long Size { get; init; }
}

public sealed record ImagePlatform
{
    [JsonPropertyName("architecture")]
    public string Architecture { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("os")]
    public string Os { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    [JsonPropertyName("variant")]
    public string? Variant { get; init; }
}

/// <summary>Header X-Registry-Auth (base64url of this) and body of POST /auth.</summary>
public sealed record AuthConfig
{
    [JsonPropertyName("username")]
    public string? Username { get; init; }

    [JsonPropertyName("password")]
    public string? Password { get; init; }

    [JsonPropertyName("auth")]
    public string? Auth { get; init; }

    [JsonPropertyName("email")]
    public string? Email { get; init; }

    [JsonPropertyName("serveraddress")]
    public string? ServerAddress { get; init; }

    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; init; }

    [JsonPropertyName("registrytoken")]
    public string? RegistryToken { get; init; }

    /// <summary>Names the account only: credentials never reach a log.</summary>
    public override string ToString() => $"AuthConfig for {Username} at {ServerAddress}";
}

public sealed record AuthResponse
{
    public required string Status { get; init; }
    public string IdentityToken { get; init => field = value ?? ""; } = "";
}
