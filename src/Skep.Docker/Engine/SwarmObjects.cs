using System.Text.Json.Serialization;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Skep.Docker.Engine;

/// <summary>The version of an object of the swarm: an update must name the one that it changes.</summary>
public sealed record SwarmVersion
{
    [JsonIgnore(Condition = WhenWritingDefault)]
    public ulong Index { get; init; }
}

/// <summary>What a node trusts, and who signs certificates.</summary>
public sealed record TlsInfo
{
    /// <summary>PEM.</summary>
    public string? TrustRoot { get; init; }

    /// <summary>DER of the issuer's name.</summary>
    public byte[]? CertIssuerSubject { get; init; }

    /// <summary>DER of the issuer's key.</summary>
    public byte[]? CertIssuerPublicKey { get; init; }
}

/// <summary>A named driver of secrets, templates or logs, with its options.</summary>
public sealed record SwarmDriver
{
    public string? Name { get; init; }
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}

/// <summary>Answer of POST /secrets/create and POST /configs/create.</summary>
public sealed record SwarmObjectCreated
{
    [JsonPropertyName("ID")]
    public required string Id { get; init; }
}
