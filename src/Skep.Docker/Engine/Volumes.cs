using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

public sealed record Volume
{
    public string? CreatedAt { get; init; }
    public required string Driver { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public required string Mountpoint { get; init; }
    public required string Name { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    public required string Scope { get; init; }

    /// <summary>Only in /system/df.</summary>
    public VolumeUsage? UsageData { get; init; }
}

public sealed record VolumeUsage
{
    public long RefCount { get; init; }
    public long Size { get; init; }
}

/// <summary>Body of POST /volumes/create.</summary>
public sealed record CreateVolumeRequest
{
    public string? Name { get; init; }
    public string? Driver { get; init; }
    public IReadOnlyDictionary<string, string>? DriverOpts { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

public sealed record VolumeList
{
    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<Volume>? Volumes { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? Warnings { get; init; }
}

public sealed record VolumesPruned
{
    [JsonIgnore(Condition = Never)]
    public IReadOnlyList<string>? VolumesDeleted { get; init; }

    public long SpaceReclaimed { get; init; }
}
