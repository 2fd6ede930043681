using System.Text.Json.Serialization;

namespace Skep.Docker.Images;

/// <summary>One image in the manifest.json of an archive that "docker save" made.</summary>
public sealed record ArchiveItem
{
    /// <summary>Path of the configuration inside the archive.</summary>
    public string Config { get; init; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<string>? RepoTags { get; init; }

    /// <summary>Paths of the layers inside the archive, lowest first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<string>? Layers { get; init; }

    /// <summary>Id of the parent image, where the archive has it too.</summary>
    public string? Parent { get; init; }

    /// <summary>Layers by diff id; since Docker 25.</summary>
    public IReadOnlyDictionary<string, Descriptor>? LayerSources { get; init; }
}

/// <summary>The file "oci-layout" (image-spec, image-layout.md).</summary>
public sealed record OciLayout
{
    public const string FileName = "oci-layout";

    [JsonPropertyName("imageLayoutVersion")]
    public string Version { get; init; } = "1.0.0";
}
