using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>The body of every refusal.</summary>
public sealed record ErrorResponse
{
    [JsonPropertyName("message")]
    public required string Message { get; init; }
}

/// <summary>GET /version.</summary>
public sealed record SystemVersion
{
    public SystemPlatform Platform { get; init => field = value ?? new(); } = new();
    public required IReadOnlyList<VersionedComponent> Components { get; init; }

    // The Engine component again, for clients before API 1.35.
    public required string Version { get; init; }
    public required string ApiVersion { get; init; }

    [JsonPropertyName("MinAPIVersion")]
    public required string MinApiVersion { get; init; }

    public required string GitCommit { get; init; }

    /// <summary>Docker clients print it; this engine is not written in Go and says so.</summary>
    public string GoVersion { get; init => field = value ?? ""; } = "";

    public required string Os { get; init; }
    public required string Arch { get; init; }
    public string? KernelVersion { get; init; }

    [JsonIgnore(Condition = WhenWritingDefault)]
    public bool Experimental { get; init; }

    public string? BuildTime { get; init; }
}

public sealed record SystemPlatform
{
    public string Name { get; init => field = value ?? ""; } = "";
}

public sealed record VersionedComponent
{
    public required string Name { get; init; }
    public required string Version { get; init; }
    public IReadOnlyDictionary<string, string>? Details { get; init; }
}

/// <summary>POST /build/prune.</summary>
public sealed record BuildCachePruned
{
    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? CachesDeleted { get; init; }

    public long SpaceReclaimed { get; init; }
}

/// <summary>GET /system/df.</summary>
public sealed record DiskUsage
{
    public long LayersSize { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<ImageSummary>? Images { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<ContainerSummary>? Containers { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<Volume>? Volumes { get; init; }

    /// <summary>Always empty: this engine does not build images yet.</summary>
    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<Empty>? BuildCache { get; init; }

    /// <summary>Gone from API 1.42 on.</summary>
    public long? BuilderSize { get; init; }
}
