using System.Text.Json.Serialization;

namespace Skep.Manager.Authority;

/// <summary>What cfssl's sign endpoint is asked. Unset parts are left out.</summary>
internal sealed record ExternalRequest
{
    [JsonPropertyName("hosts")]
    public IReadOnlyList<string>? Hosts { get; init; }

    [JsonPropertyName("certificate_request")]
    public required string Request { get; init; }

    [JsonPropertyName("subject")]
    public required ExternalSubject Subject { get; init; }

    [JsonPropertyName("profile")]
    public string Profile { get; init; } = "";

    [JsonPropertyName("extensions")]
    public IReadOnlyList<ExternalExtension>? Extensions { get; init; }
}

internal sealed record ExternalSubject
{
    [JsonPropertyName("CN")]
    public required string CommonName { get; init; }

    [JsonPropertyName("names")]
    public required IReadOnlyList<ExternalName> Names { get; init; }
}

internal sealed record ExternalName
{
    [JsonPropertyName("O")]
    public string? Organization { get; init; }

    [JsonPropertyName("OU")]
    public string? Unit { get; init; }
}

/// <param name="Id">Object identifier with dots.</param>
/// <param name="Value">DER in hexadecimal digits.</param>
internal sealed record ExternalExtension(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("critical")] bool IsCritical,
    [property: JsonPropertyName("value")] string Value);

/// <summary>What it answers.</summary>
internal sealed record ExternalAnswer
{
    [JsonPropertyName("success")]
    public bool IsSuccess { get; init; }

    [JsonPropertyName("result")]
    public ExternalResult? Result { get; init; }

    [JsonPropertyName("errors")]
    public IReadOnlyList<ExternalError>? Errors { get; init; }
}

internal sealed record ExternalResult([property: JsonPropertyName("certificate")] string? Certificate);

internal sealed record ExternalError(
    [property: JsonPropertyName("code")] int Code, [property: JsonPropertyName("message")] string? Message);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ExternalRequest))]
[JsonSerializable(typeof(ExternalAnswer))]
internal sealed partial class ExternalJson : JsonSerializerContext;
