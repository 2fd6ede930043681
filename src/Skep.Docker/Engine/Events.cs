using System.Text.Json.Serialization;

namespace Skep.Docker.Engine;

/// <summary>One line of GET /events.</summary>
public sealed record EventMessage
{
    // The first three repeat the container's or image's part for clients before API 1.22.
    [JsonPropertyName("status")]
    public string? Status { get; init; }

    [JsonPropertyName("id")]
    public string? Id { get; init; }

    [JsonPropertyName("from")]
    public string? From { get; init; }

    /// <summary>container, image, network, volume, daemon, and the swarm's kinds.</summary>
    public required string Type { get; init; }

    public required string Action { get; init; }
    public required EventActor Actor { get; init; }

    [JsonPropertyName("scope")]
    public string Scope { get; init => field = value ?? "local"; } = "local";

    /// <summary>Seconds since 1970.</summary>
    [JsonPropertyName("time")]
    public long Time { get; init; }

    [JsonPropertyName("timeNano")]
    public long TimeNano { get; init; }
}

public sealed record EventActor
{
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    public required IReadOnlyDictionary<string, string> Attributes { get; init; }
}
