using System.Globalization;
using System.Text.Json.Serialization;
using Skep.Docker.Engine;

namespace Skep.Docker.Images;

/// <summary>The document whose digest is the image's id: what to run, and of which layers the root is made.</summary>
/// <remarks>OCI's image configuration and Docker's "image JSON" are one format.</remarks>
public sealed record ImageConfig
{
    [JsonPropertyName("architecture")]
    public string Architecture { get; init; } = "";

    [JsonPropertyName("variant")]
    public string? Variant { get; init; }

    [JsonPropertyName("os")]
    public string Os { get; init; } = "";

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    [JsonPropertyName("author")]
    public string? Author { get; init; }

    [JsonPropertyName("comment")]
    public string? Comment { get; init; }

    /// <summary>RFC 3339, as it was written: its fraction may be finer than .NET's time.</summary>
    [JsonPropertyName("created")]
    public string? CreatedText { get; init; }

    [JsonIgnore]
    public DateTimeOffset? Created =>
        DateTimeOffset.TryParse(CreatedText, CultureInfo.InvariantCulture, out DateTimeOffset time) ? time : null;

    [JsonPropertyName("docker_version")]
    public string? DockerVersion { get; init; }

    [JsonPropertyName("config")]
    public ContainerConfig? Config { get; init; }

    [JsonPropertyName("rootfs")]
    public RootFs? RootFs { get; init; }

    [JsonPropertyName("history")]
    public IReadOnlyList<HistoryEntry>? History { get; init; }

    [JsonIgnore]
    public IReadOnlyList<string> DiffIds => RootFs?.DiffIds ?? [];
}

public sealed record RootFs
{
    [JsonPropertyName("type")]
    public string Type { get; init; } = "layers";

    /// <summary>Digests of the unpacked layers, lowest first.</summary>
    [JsonPropertyName("diff_ids")]
    public IReadOnlyList<string>? DiffIds { get; init; }
}

/// <summary>How one layer, or one step that made none, came about.</summary>
public sealed record HistoryEntry
{
    [JsonPropertyName("created")]
    public DateTimeOffset? Created { get; init; }

    [JsonPropertyName("created_by")]
    public string? CreatedBy { get; init; }

    [JsonPropertyName("author")]
    public string? Author { get; init; }

    [JsonPropertyName("comment")]
    public string? Comment { get; init; }

    [JsonPropertyName("empty_layer")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool EmptyLayer { get; init; }
}
