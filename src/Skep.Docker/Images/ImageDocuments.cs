using System.Text.Json;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Docker.Images;

/// <summary>Reads manifests, indexes and configurations that strangers wrote.</summary>
/// <remarks>
/// A document is refused when it could be read in two ways (CVE-2021-41190: both "manifests" and "layers"), when a
/// digest is not one we trust, or when a layer is to be fetched from somewhere else.
/// </remarks>
public static class ImageDocuments
{
    /// <summary>
    /// Bytes. containerd has the same order of limit (4,393,216); an index of a real image has a few KiB.
    /// </summary>
    public const int ManifestBytesMax = 4 << 20;

    /// <summary>Bytes of an image's configuration; real ones have some 10 KiB.</summary>
    public const int ConfigBytesMax = 4 << 20;

    /// <summary>Layers of one image: what one overlay mount can stack. Docker's own limit is 125.</summary>
    public const int LayerCountMax = 125;

    /// <summary>Entries of one index.</summary>
    public const int IndexEntryCountMax = 1024;

    /// <summary>An index or a manifest, whichever the bytes are.</summary>
    /// <param name="mediaType">What the peer called it; it must not contradict the document. Null: not said.</param>
    /// <exception cref="RefusedException">The document is not one of the two, or both, or broken.</exception>
    public static (ImageIndex? Index, ImageManifest? Manifest) ReadManifest(ReadOnlySpan<byte> bytes, string? mediaType)
    {
        if (bytes.Length > ManifestBytesMax)
        {
            throw Refused($"manifest of {bytes.Length} bytes is larger than the limit of {ManifestBytesMax}");
        }

        if (mediaType is MediaTypes.DockerSchema1 or MediaTypes.DockerSignedSchema1)
        {
            throw Schema1();
        }

        HashSet<string> names = TopLevelNames(bytes);
        bool hasLayers = names.Contains("layers") || names.Contains("config");
        bool hasManifests = names.Contains("manifests");
        if (hasLayers && hasManifests)
        {
            throw Refused("ambiguous document: it has the members of a manifest and of an index");
        }

        if (names.Contains("fsLayers") || names.Contains("history"))
        {
            throw Schema1();
        }

        if (hasManifests)
        {
            ImageIndex index = Parse(bytes, ImageJson.Default.ImageIndex, "index");
            CheckKind(mediaType, index.MediaType, MediaTypes.OciIndex, MediaTypes.DockerIndex);
            return (Checked(index), null);
        }

        if (!hasLayers)
        {
            throw Refused("unsupported manifest format: neither a manifest nor an index");
        }

        ImageManifest manifest = Parse(bytes, ImageJson.Default.ImageManifest, "manifest");
        CheckKind(mediaType, manifest.MediaType, MediaTypes.OciManifest, MediaTypes.DockerManifest);
        return (null, Checked(manifest));
    }

    /// <summary>Reads a configuration and checks that it can be an image's.</summary>
    public static ImageConfig ReadConfig(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > ConfigBytesMax)
        {
            throw Refused($"image configuration of {bytes.Length} bytes is larger than the limit of {ConfigBytesMax}");
        }

        TopLevelNames(bytes);
        ImageConfig config = Parse(bytes, ImageJson.Default.ImageConfig, "image configuration");
        if (config.RootFs is null)
        {
            throw Refused("invalid image JSON, no RootFS key");
        }

        if (config.RootFs.Type != "layers")
        {
            throw Refused($"unsupported root file system type \"{config.RootFs.Type}\"");
        }

        if (config.CreatedText is not null && config.Created is null)
        {
            throw Refused($"invalid image configuration: \"{config.CreatedText}\" is no time");
        }

        foreach (string? diffId in config.DiffIds)
        {
            ContentDigest.Check(diffId ?? "");
        }

        return config;
    }

    /// <summary>Checks that manifest and configuration speak of the same layers.</summary>
    public static void CheckSameLayers(ImageManifest manifest, ImageConfig config)
    {
        if (manifest.Layers!.Count != config.DiffIds.Count)
        {
            throw Refused("layers from manifest don't match image configuration");
        }
    }

    private static ImageIndex Checked(ImageIndex index)
    {
        CheckVersion(index.SchemaVersion);
        if (index.Manifests is not { Count: <= IndexEntryCountMax } entries)
        {
            throw Refused($"index with no entries or more than {IndexEntryCountMax}");
        }

        foreach (Descriptor? entry in entries)
        {
            Check(entry, "index entry", ManifestBytesMax);
        }

        return index;
    }

    private static ImageManifest Checked(ImageManifest manifest)
    {
        CheckVersion(manifest.SchemaVersion);
        Check(manifest.Config, "configuration", ConfigBytesMax);
        if (manifest.Config!.MediaType is not (MediaTypes.DockerConfig or MediaTypes.OciConfig))
        {
            throw Refused(
                $"Encountered remote \"{manifest.Config.MediaType}\"(unknown) when fetching; not a container image");
        }

        if (manifest.Layers is not { } layers)
        {
            throw Refused("manifest without layers");
        }

        if (layers.Count > LayerCountMax)
        {
            throw Refused("max depth exceeded");
        }

        foreach (Descriptor? layer in layers)
        {
            Check(layer, "layer", long.MaxValue);
            if (MediaTypes.PackingOf(layer!.MediaType) is null)
            {
                throw Refused($"layer {layer.Digest} has the unsupported media type \"{layer.MediaType}\"");
            }
        }

        return manifest;
    }

    private static void Check(Descriptor? descriptor, string what, long bytesMax)
    {
        if (descriptor is null)
        {
            throw Refused($"{what} is missing");
        }

        ContentDigest.Check(descriptor.Digest ?? "");
        if (!descriptor.Digest!.StartsWith("sha256:", StringComparison.Ordinal))
        {
            // containerd's content store knows no other.
            throw Refused($"{what} {descriptor.Digest}: unsupported digest algorithm");
        }

        if (descriptor.Size < 0 || descriptor.Size > bytesMax)
        {
            throw Refused($"{what} {descriptor.Digest} has the impossible size {descriptor.Size}");
        }

        if (descriptor.Urls is { Count: > 0 })
        {
            throw Refused($"{what} {descriptor.Digest} is to be fetched from elsewhere; foreign layers are refused");
        }
    }

    // The label of the transport, the document's own label and its shape must tell the same story.
    private static void CheckKind(string? said, string? own, params ReadOnlySpan<string> allowed)
    {
        foreach (string? label in new[] { said, own })
        {
            bool isManifestLabel = label is not null
                && (label == MediaTypes.DockerManifest || label == MediaTypes.DockerIndex
                    || label == MediaTypes.OciManifest || label == MediaTypes.OciIndex);
            if (isManifestLabel && !allowed.Contains(label!))
            {
                throw Refused($"unsupported media type {label}: the document is of another kind");
            }
        }

        if (!string.IsNullOrEmpty(own) && !allowed.Contains(own))
        {
            throw Refused("unsupported media type " + own);
        }
    }

    private static void CheckVersion(int version)
    {
        if (version != 2)
        {
            throw Refused($"unrecognized manifest schema version {version}");
        }
    }

    // Go matches names whatever their case and lets the last of two win; we refuse what could be read in two ways.
    private static HashSet<string> TopLevelNames(ReadOnlySpan<byte> bytes)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 32 });
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1
                    && !names.Add(reader.GetString()!))
                {
                    throw Refused($"ambiguous document: \"{reader.GetString()}\" appears twice");
                }
            }
        }
        catch (JsonException e)
        {
            throw Refused("invalid JSON: " + e.Message);
        }

        return names;
    }

    private static T Parse<T>(
        ReadOnlySpan<byte> bytes, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string what)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw Refused($"{what} is null");
        }
        catch (JsonException e)
        {
            throw Refused($"invalid {what}: {e.Message}");
        }
    }

    private static RefusedException Schema1() => new(
        ErrorKind.Unsupported,
        "Docker Image Format v1 and Docker Image manifest version 2, schema 1 are not supported: push the image again "
            + "with a current tool");

    private static RefusedException Refused(string message) => new(ErrorKind.Invalid, message);
}
