using System.Text.Json;
using Skep.Docker.Images;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Agent.Images.Archives;

/// <summary>One image in an archive: its documents, where its layers are, and what it is to be called.</summary>
/// <param name="Manifest">null: the archive has none, one is made of the layers.</param>
/// <param name="LayerPaths">Members of the archive, lowest layer first.</param>
/// <param name="Parent">Id of the image it was made from; null: not said.</param>
internal sealed record ArchivedImage(
    byte[] ConfigBytes,
    ImageConfig Config,
    (byte[] Bytes, ImageManifest Document, string MediaType)? Manifest,
    IReadOnlyList<string> LayerPaths,
    IReadOnlyList<ImageReference> Names,
    string? Parent)
{
    private const string ManifestFile = "manifest.json";
    private const string IndexFile = "index.json";
    private const int IndexDepthMax = 2;

    /// <summary>The images of an archive made by "docker save", or of an OCI image layout.</summary>
    public static async Task<IReadOnlyList<ArchivedImage>> ReadAllAsync(
        ArchiveFile archive, Platform platform, CancellationToken stop)
    {
        // An archive of Docker 25 and later is both; its manifest.json is what it wants Docker to read.
        if (archive.Has(ManifestFile))
        {
            return await ReadDockerAsync(archive, stop);
        }

        if (archive.Has(IndexFile))
        {
            byte[] bytes = await archive.ReadAllAsync(IndexFile, ImageDocuments.ManifestBytesMax, stop);
            var found = new List<ArchivedImage>();
            await ReadIndexAsync(archive, bytes, platform, IndexDepthMax, [], found, stop);
            return found;
        }

        throw Invalid("it has neither a manifest.json nor an index.json");
    }

    private static async Task<IReadOnlyList<ArchivedImage>> ReadDockerAsync(ArchiveFile archive, CancellationToken stop)
    {
        byte[] bytes = await archive.ReadAllAsync(ManifestFile, ImageDocuments.ManifestBytesMax, stop);
        IReadOnlyList<ArchiveItem> items;
        try
        {
            items = JsonSerializer.Deserialize(bytes, ImageJson.Default.IReadOnlyListArchiveItem)
                ?? throw Invalid("manifest.json cannot be null");
        }
        catch (JsonException e)
        {
            throw new RefusedException(ErrorKind.Invalid, "invalid archive: manifest.json: " + e.Message, e);
        }

        CheckCount(items.Count);
        var images = new List<ArchivedImage>();
        foreach (ArchiveItem item in items)
        {
            byte[] configBytes = await archive.ReadAllAsync(item.Config, ImageDocuments.ConfigBytesMax, stop);
            ImageConfig config = ImageDocuments.ReadConfig(configBytes);
            IReadOnlyList<string> layers = item.Layers ?? [];
            if (layers.Count != config.DiffIds.Count)
            {
                throw new RefusedException(
                    ErrorKind.Invalid,
                    "invalid manifest, layers length mismatch: expected "
                        + $"{layers.Count}, got {config.DiffIds.Count}");
            }

            images.Add(new ArchivedImage(
                configBytes, config, null, layers, [.. (item.RepoTags ?? []).Select(Tagged)], item.Parent));
        }

        return images;
    }

    private static async Task ReadIndexAsync(
        ArchiveFile archive,
        byte[] bytes,
        Platform platform,
        int depthLeft,
        IReadOnlyList<ImageReference> names,
        List<ArchivedImage> found,
        CancellationToken stop)
    {
        ImageIndex index = ImageDocuments.ReadManifest(bytes, mediaType: null).Index
            ?? throw Invalid("index.json is not an index");
        CheckCount(index.Manifests!.Count);

        // At the top every entry is an image of its own; further down the entries are one image for several platforms.
        bool isTop = depthLeft == IndexDepthMax;
        IEnumerable<Descriptor> chosen = isTop
            ? index.Manifests
            : [PlatformChoice.Choose(index, platform)
                ?? throw Invalid($"no matching manifest for {platform} in the manifest list entries")];
        foreach (Descriptor entry in chosen)
        {
            IReadOnlyList<ImageReference> called = isTop ? NamesOf(entry) : names;
            byte[] document = await ReadBlobAsync(archive, entry, ImageDocuments.ManifestBytesMax, stop);
            (ImageIndex? nested, ImageManifest? manifest) = ImageDocuments.ReadManifest(document, entry.MediaType);
            if (manifest is not null)
            {
                byte[] configBytes = await ReadBlobAsync(
                    archive, manifest.Config!, ImageDocuments.ConfigBytesMax, stop);
                found.Add(new ArchivedImage(
                    configBytes,
                    ImageDocuments.ReadConfig(configBytes),
                    (document, manifest, manifest.MediaType ?? MediaTypes.OciManifest),
                    [.. manifest.Layers!.Select(layer => BlobPath(layer.Digest))],
                    called,
                    Parent: null));
            }
            else if (nested is not null && depthLeft > 1)
            {
                await ReadIndexAsync(archive, document, platform, depthLeft - 1, called, found, stop);
            }
            else
            {
                throw Invalid("an index inside an index inside an index");
            }
        }
    }

    private static async Task<byte[]> ReadBlobAsync(
        ArchiveFile archive, Descriptor blob, int bytesMax, CancellationToken stop)
    {
        byte[] bytes = await archive.ReadAllAsync(BlobPath(blob.Digest), bytesMax, stop);
        return bytes.Length == blob.Size && ImageParts.Digest(bytes) == blob.Digest
            ? bytes
            : throw Invalid($"{blob.Digest} is not what its name says");
    }

    /// <summary>Where an image layout keeps a blob.</summary>
    public static string BlobPath(string digest) => "blobs/" + digest.Replace(':', '/');

    private static IReadOnlyList<ImageReference> NamesOf(Descriptor entry)
    {
        // containerd's annotation has the whole name; OCI's may have it, or only the tag.
        string? name = entry.Annotations?.GetValueOrDefault("io.containerd.image.name")
            ?? entry.Annotations?.GetValueOrDefault("org.opencontainers.image.ref.name");
        bool isName = name is not null && name.AsSpan().ContainsAny('/', ':');
        return isName && ImageReference.TryParse(name!) is { } reference ? [reference.WithDefaultTag()] : [];
    }

    private static ImageReference Tagged(string text) =>
        ImageReference.Parse(text) is { Tag: not null } reference
            ? reference
            : throw new RefusedException(ErrorKind.Invalid, $"invalid tag \"{text}\"");

    private static void CheckCount(int count)
    {
        if (count > ImageLimits.ArchiveImageCountMax)
        {
            throw Invalid($"more than {ImageLimits.ArchiveImageCountMax} images");
        }
    }

    private static RefusedException Invalid(string why) => new(ErrorKind.Invalid, "invalid archive: " + why);
}
