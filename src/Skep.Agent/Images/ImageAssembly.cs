using System.Security.Cryptography;
using System.Text.Json;
using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Images.Content;
using Skep.Agent.Images.Layers;
using Skep.Docker.Images;
using Skep.Swarm;

namespace Skep.Agent.Images;

/// <summary>A configuration and a manifest as bytes and as what they say; the bytes decide the digests.</summary>
internal sealed record ImageParts(
    byte[] ConfigBytes, ImageConfig Config, byte[] ManifestBytes, ImageManifest Manifest, string ManifestType)
{
    public string Id { get; } = Digest(ConfigBytes);

    public Descriptor Target => new()
    {
        MediaType = ManifestType,
        Digest = Digest(ManifestBytes),
        Size = ManifestBytes.Length,
    };

    /// <summary>Parts of an image that comes without a manifest: one is made, in Docker's format.</summary>
    public static ImageParts Make(byte[] configBytes, ImageConfig config, IReadOnlyList<Descriptor> layers)
    {
        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.DockerManifest,
            Config = new Descriptor
            {
                MediaType = MediaTypes.DockerConfig,
                Digest = Digest(configBytes),
                Size = configBytes.Length,
            },
            Layers = layers,
        };
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(manifest, ImageJson.Default.ImageManifest);
        return new ImageParts(configBytes, config, bytes, manifest, MediaTypes.DockerManifest);
    }

    public static string Digest(ReadOnlySpan<byte> bytes) =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
}

/// <summary>
/// The last steps of pull, load and import: from layers in the content store to an image that stands.
/// </summary>
internal sealed class ImageAssembly(
    ContainerdClient containerd, ContentStore content, ImageStore store, LayerUnpacker unpacker, DiskSpace disk)
{
    /// <summary>Looks through a layer in the content store, once in its life.</summary>
    /// <returns>null: its packing cannot be read here, so containerd alone verifies it.</returns>
    /// <exception cref="RefusedException">It is hostile, or too large for the disk.</exception>
    public async Task<LayerFacts?> InspectAsync(Descriptor layer, CancellationToken stop)
    {
        ContentInfo? blob = await content.FindAsync(layer.Digest, stop);
        if (blob is not null && LayerLabels.FactsOf(blob) is { } known)
        {
            return known;
        }

        LayerPacking packing = MediaTypes.PackingOf(layer.MediaType)
            ?? throw new RefusedException(ErrorKind.Invalid, $"unsupported media type {layer.MediaType}");
        await using Stream bytes = content.OpenRead(layer.Digest, stop);
        LayerFacts? facts = await LayerInspection.RunAsync(bytes, layer.Size, packing, layer.Digest, stop);
        if (facts is not null)
        {
            disk.Require(facts.FileBytes, $"layer {layer.Digest}");
            await content.LabelAsync(layer.Digest, LayerLabels.OfLayer(facts), stop);
        }

        return facts;
    }

    /// <summary>Unpacks one layer, after checking that it is the one that the configuration names.</summary>
    public async Task UnpackAsync(
        ImageParts parts, int index, LayerFacts? facts, ImageLease lease, CancellationToken stop)
    {
        Descriptor layer = parts.Manifest.Layers![index];
        string diffId = parts.Config.DiffIds[index];
        if (facts is not null && facts.DiffId != diffId)
        {
            throw new RefusedException(
                ErrorKind.Invalid, $"invalid diffID for layer {index}: expected \"{diffId}\", got \"{facts.DiffId}\"");
        }

        IReadOnlyList<string> chain = ChainId.All(parts.Config.DiffIds);
        await unpacker.UnpackAsync(layer, diffId, chain[index], index == 0 ? "" : chain[index - 1], lease, stop);
        if (facts is null)
        {
            // The length of the tar stream stays unknown; it is found again when the image is saved.
            long usage = await unpacker.UsageAsync(chain[index], stop);
            await content.LabelAsync(
                layer.Digest, LayerLabels.OfLayer(new LayerFacts(diffId, 0, usage)), stop);
        }
    }

    /// <summary>Writes the documents. From here on the caller may make the image stand.</summary>
    public async Task<StoredImage> DescribeAsync(
        ImageParts parts, string? parent, ImageLease lease, CancellationToken stop)
    {
        var sizes = new List<long>();
        foreach (Descriptor layer in parts.Manifest.Layers!)
        {
            sizes.Add(LayerLabels.FileBytesOf(await content.FindAsync(layer.Digest, stop) ?? new ContentInfo()));
        }

        StoredImage image = ImageStore.Describe(parts.Id, parts.Config, parts.Target, sizes) with { Parent = parent };
        await content.WriteAsync(
            parts.Id, parts.ConfigBytes, LayerLabels.OfConfig(containerd.Snapshotter, image.ChainId), lease, stop);
        await content.WriteAsync(
            parts.Target.Digest, parts.ManifestBytes, LayerLabels.OfManifest(parts.Manifest), lease, stop);
        return image;
    }

    /// <summary>Inspects and unpacks every layer, and makes the image stand, untagged.</summary>
    public async Task<StoredImage> AddAsync(
        ImageParts parts, string? parent, ImageLease lease, CancellationToken stop)
    {
        ImageDocuments.CheckSameLayers(parts.Manifest, parts.Config);
        for (int i = 0; i < parts.Manifest.Layers!.Count; i++)
        {
            LayerFacts? facts = await InspectAsync(parts.Manifest.Layers[i], stop);
            await UnpackAsync(parts, i, facts, lease, stop);
        }

        StoredImage image = await DescribeAsync(parts, parent, lease, stop);
        using ImageStore.Change change = await store.BeginAsync(stop);
        await change.AddAsync(image, parts.Config, lease, stop);
        return image;
    }
}
