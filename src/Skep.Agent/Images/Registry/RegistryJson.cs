using System.Text.Json.Serialization;

namespace Skep.Agent.Images.Registry;

/// <summary>A token server's answer (distribution, spec/auth/token.md and oauth.md).</summary>
internal sealed record TokenAnswer
{
    [JsonPropertyName("token")]
    public string? Token { get; init; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }
}

/// <summary>GET /v2/NAME/tags/list.</summary>
internal sealed record TagsAnswer
{
    [JsonPropertyName("tags")]
    public IReadOnlyList<string>? Tags { get; init; }
}

/// <summary>The body of a refusal (distribution, spec/api.md).</summary>
internal sealed record ErrorsAnswer
{
    [JsonPropertyName("errors")]
    public IReadOnlyList<ErrorAnswer>? Errors { get; init; }

    /// <summary>Some token servers answer with one object instead.</summary>
    [JsonPropertyName("details")]
    public string? Details { get; init; }
}

internal sealed record ErrorAnswer
{
    [JsonPropertyName("code")]
    public string? Code { get; init; }

    [JsonPropertyName("message")]
    public string? Message { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 32)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(TagsAnswer))]
[JsonSerializable(typeof(ErrorsAnswer))]
internal sealed partial class RegistryJson : JsonSerializerContext;
