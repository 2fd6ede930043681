using Skep.Docker.Engine;
using Skep.Docker.Images;
using Skep.Docker.References;

namespace Skep.Agent.Images;

/// <summary>What the daemon knows of an image without asking containerd.</summary>
internal sealed record StoredImage
{
    /// <summary>Digest of its configuration.</summary>
    public required string Id { get; init; }

    /// <summary>The manifest through which containerd keeps configuration, layers and snapshots.</summary>
    public required Descriptor Manifest { get; init; }

    public required DateTimeOffset? Created { get; init; }

    public required Platform Platform { get; init; }

    /// <summary>Without the reserved ones.</summary>
    public required IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Names of the snapshots, lowest first; empty for an image without layers.</summary>
    public required IReadOnlyList<string> ChainIds { get; init; }

    /// <summary>Bytes of the files of each layer, lowest first.</summary>
    public required IReadOnlyList<long> LayerBytes { get; init; }

    /// <summary>Id of the image this one was made from here; null: none, or not known.</summary>
    public string? Parent { get; init; }

    public DateTimeOffset? LastTagged { get; init; }

    public long SizeBytes => LayerBytes.Sum();

    public string ChainId => ChainIds.Count == 0 ? "" : ChainIds[^1];
}

/// <summary>What a container needs of an image.</summary>
/// <param name="Id">"sha256:…".</param>
/// <param name="Name">As it was asked for, in the familiar form: what ps shows.</param>
/// <param name="Config">What to run; reserved labels are gone. Image defaults where the image sets nothing.</param>
/// <param name="ChainId">Committed snapshot to prepare a container's root on; "" for an image without layers.</param>
/// <param name="Document">The whole configuration document.</param>
public sealed record ResolvedImage(
    string Id, string Name, ContainerConfig Config, string ChainId, Platform Platform, ImageConfig Document);

/// <summary>One container that stands on an image.</summary>
public sealed record ImageUse(string ContainerId, string Name, bool IsRunning);

/// <summary>A name that leads to an image.</summary>
internal sealed record ImageName(ImageReference Reference, string ImageId);
