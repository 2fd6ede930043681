using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>A secret as GET /secrets shows it: without its value.</summary>
public sealed record SecretInspect
{
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    public required SwarmVersion Version { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required SecretSpec Spec { get; init; }
}

/// <summary>Body of POST /secrets/create and POST /secrets/{id}/update.</summary>
public sealed record SecretSpec
{
    public string? Name { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The value: only in requests.</summary>
    public byte[]? Data { get; init; }

    /// <summary>Null: the swarm keeps the value itself.</summary>
    public SwarmDriver? Driver { get; init; }

    /// <summary>Since API 1.37.</summary>
    public SwarmDriver? Templating { get; init; }
}

/// <summary>A config as GET /configs shows it.</summary>
public sealed record ConfigInspect
{
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    public required SwarmVersion Version { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required ConfigSpec Spec { get; init; }
}

/// <summary>Body of POST /configs/create and POST /configs/{id}/update.</summary>
public sealed record ConfigSpec
{
    public string? Name { get; init; }

    [JsonIgnore(Condition = Never)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public byte[]? Data { get; init; }

    /// <summary>Since API 1.37.</summary>
    public SwarmDriver? Templating { get; init; }
}
