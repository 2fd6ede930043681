using System.IO.Compression;
using System.Text.Json;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Images.Content;
using Skep.Agent.Images.Layers;
using Skep.Docker.Images;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Agent.Images.Archives;

/// <summary>
/// Writes images as "docker save" does since Docker 25: an OCI image layout that older engines load too.
/// </summary>
/// <remarks>
/// Layers are written unpacked, under their diff ids, as every version of Docker reads them. A zstd layer cannot be
/// unpacked here and goes out as it is; Docker 23 and later read it.
/// </remarks>
internal sealed class ImageSaver(ContentStore content, ImageStore store, Stream output)
{
    private readonly TarOutput tar = new(output);
    private readonly HashSet<string> written = [];
    private readonly List<ArchiveItem> items = [];
    private readonly List<Descriptor> entries = [];
    private readonly SortedDictionary<string, IReadOnlyDictionary<string, string>> repositories =
        new(StringComparer.Ordinal);

    /// <param name="images">Each image once, with the names under which it is to be found in the archive.</param>
    public async Task SaveAsync(
        IReadOnlyList<(StoredImage Image, IReadOnlyList<ImageReference> Names)> images, CancellationToken stop)
    {
        await tar.DirectoryAsync("blobs", stop);
        await tar.DirectoryAsync("blobs/sha256", stop);
        foreach ((StoredImage image, IReadOnlyList<ImageReference> names) in images)
        {
            await SaveOneAsync(image, names, stop);
        }

        byte[] index = JsonSerializer.SerializeToUtf8Bytes(
            new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = entries }, ImageJson.Default.ImageIndex);
        await tar.FileAsync("index.json", index, stop);
        byte[] manifest = JsonSerializer.SerializeToUtf8Bytes(items, ImageJson.Default.IReadOnlyListArchiveItem);
        await tar.FileAsync("manifest.json", manifest, stop);
        byte[] layout = JsonSerializer.SerializeToUtf8Bytes(new OciLayout(), ImageJson.Default.OciLayout);
        await tar.FileAsync(OciLayout.FileName, layout, stop);
        if (repositories.Count > 0)
        {
            byte[] old = JsonSerializer.SerializeToUtf8Bytes(
                repositories, ImageJson.Default.IReadOnlyDictionaryStringIReadOnlyDictionaryStringString);
            await tar.FileAsync("repositories", old, stop);
        }

        await tar.EndAsync(stop);
    }

    private async Task SaveOneAsync(StoredImage image, IReadOnlyList<ImageReference> names, CancellationToken stop)
    {
        ImageConfig config = await store.ConfigOfAsync(image, stop);
        byte[] bytes = await content.ReadAllAsync(image.Manifest.Digest, ImageDocuments.ManifestBytesMax, stop);
        ImageManifest stored = ImageDocuments.ReadManifest(bytes, image.Manifest.MediaType).Manifest!;
        var layers = new List<Descriptor>();
        for (int i = 0; i < stored.Layers!.Count; i++)
        {
            layers.Add(await SaveLayerAsync(stored.Layers[i], config.DiffIds[i], stop));
        }

        byte[] configBytes = await content.ReadAllAsync(image.Id, ImageDocuments.ConfigBytesMax, stop);
        await BlobAsync(image.Id, configBytes, stop);
        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = new Descriptor
            {
                MediaType = MediaTypes.OciConfig,
                Digest = image.Id,
                Size = configBytes.Length,
            },
            Layers = layers,
        };
        byte[] manifestBytes = JsonSerializer.SerializeToUtf8Bytes(manifest, ImageJson.Default.ImageManifest);
        string digest = ImageParts.Digest(manifestBytes);
        await BlobAsync(digest, manifestBytes, stop);
        items.Add(new ArchiveItem
        {
            Config = ArchivedImage.BlobPath(image.Id),
            RepoTags = names.Count == 0 ? null : [.. names.Select(name => name.Familiar)],
            Layers = [.. layers.Select(layer => ArchivedImage.BlobPath(layer.Digest))],
        });
        var entry = new Descriptor { MediaType = MediaTypes.OciManifest, Digest = digest, Size = manifestBytes.Length };
        if (names.Count == 0)
        {
            entries.Add(entry);
        }

        foreach (ImageReference name in names)
        {
            AddName(name, entry, layers.Count == 0 ? image.Id : layers[^1].Digest);
        }
    }

    private void AddName(ImageReference name, Descriptor entry, string topLayer)
    {
        entries.Add(entry with
        {
            Annotations = new Dictionary<string, string>
            {
                ["io.containerd.image.name"] = name.ToString(),
                ["org.opencontainers.image.ref.name"] = name.Tag!,
            },
        });
        var tags = new Dictionary<string, string>(
            repositories.GetValueOrDefault(name.FamiliarName) ?? new Dictionary<string, string>())
        {
            [name.Tag!] = ContentDigest.Hex(topLayer),
        };
        repositories[name.FamiliarName] = tags;
    }

    private async Task<Descriptor> SaveLayerAsync(Descriptor layer, string diffId, CancellationToken stop)
    {
        ContentInfo blob = await content.FindAsync(layer.Digest, stop)
            ?? throw new RefusedException(ErrorKind.Failed, $"layer {layer.Digest} is gone");
        LayerPacking packing = MediaTypes.PackingOf(layer.MediaType) ?? LayerPacking.Zstd;
        LayerFacts? facts = LayerLabels.FactsOf(blob);
        bool isUnpackable = packing == LayerPacking.Plain || (packing == LayerPacking.Gzip && facts is not null);
        Descriptor saved = isUnpackable
            ? new Descriptor
            {
                MediaType = MediaTypes.OciLayer,
                Digest = diffId,
                Size = packing == LayerPacking.Plain ? layer.Size : facts!.TarBytes,
            }
            : new Descriptor { MediaType = layer.MediaType, Digest = layer.Digest, Size = layer.Size };
        if (!written.Add(saved.Digest))
        {
            return saved;
        }

        await using Stream source = content.OpenRead(layer.Digest, stop);
        await using Stream unpacked = isUnpackable && packing == LayerPacking.Gzip
            ? new GZipStream(source, CompressionMode.Decompress)
            : source;
        await tar.FileAsync(ArchivedImage.BlobPath(saved.Digest), unpacked, saved.Size, stop);
        return saved;
    }

    private async Task BlobAsync(string digest, byte[] bytes, CancellationToken stop)
    {
        if (written.Add(digest))
        {
            await tar.FileAsync(ArchivedImage.BlobPath(digest), bytes, stop);
        }
    }
}
