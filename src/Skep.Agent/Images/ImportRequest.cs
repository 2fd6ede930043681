using Skep.Docker.Images;
using Skep.Docker.References;

namespace Skep.Agent.Images;

/// <summary>What POST /images/create with fromSrc says beside the archive.</summary>
public sealed record ImportRequest
{
    /// <summary>What to call the image; null: nothing, it stays untagged.</summary>
    public ImageReference? Reference { get; init; }

    /// <summary>Dockerfile instructions: "CMD …", "ENV …".</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    public string Message { get; init; } = "";

    /// <summary>null: this machine's.</summary>
    public Platform? Platform { get; init; }
}
