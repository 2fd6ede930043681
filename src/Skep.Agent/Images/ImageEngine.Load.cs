using Skep.Agent.Images.Archives;
using Skep.Agent.Images.Content;
using Skep.Docker.Engine;
using Skep.Docker.Images;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Agent.Images;

public sealed partial class ImageEngine
{
    /// <summary>Loads the images of an archive that "docker save" made, or of an OCI image layout.</summary>
    /// <param name="isQuiet">Report the results only.</param>
    public Task LoadAsync(Stream archive, bool isQuiet, ReportProgress report, CancellationToken stop)
    {
        return GuardAsync(LoadAsync);

        async Task LoadAsync()
        {
            using ArchiveFile file = await ArchiveFile.ReceiveAsync(
                archive, temporaryDirectory, ids.NewHex(16), disk, stop);
            IReadOnlyList<ArchivedImage> images = await ArchivedImage.ReadAllAsync(file, HostPlatform, stop);
            if (images.Count == 0)
            {
                throw new RefusedException(ErrorKind.Invalid, "invalid archive: it has no image");
            }

            var unnamed = new List<string>();
            foreach (ArchivedImage image in images)
            {
                StoredImage stored = await LoadOneAsync(file, image, isQuiet ? Silent : report, stop);
                Publish("load", stored.Id, stored.Id, stored);
                unnamed.Add($"Loaded image ID: {stored.Id}\n");
                foreach (ImageReference name in image.Names)
                {
                    await NameLoadedAsync(name, stored, report, stop);
                }
            }

            if (images[^1].Names.Count == 0)
            {
                await report(new ProgressMessage { Stream = string.Concat(unnamed) }, stop);
            }
        }
    }

    private static ValueTask Silent(ProgressMessage message, CancellationToken stop) => ValueTask.CompletedTask;

    private async Task<StoredImage> LoadOneAsync(
        ArchiveFile file, ArchivedImage image, ReportProgress report, CancellationToken stop)
    {
        if (image.Config.Os is not ("" or "linux"))
        {
            throw new RefusedException(ErrorKind.Invalid, $"cannot load {image.Config.Os} image on linux");
        }

        string id = ImageParts.Digest(image.ConfigBytes);
        if (store.Current.Images.TryGetValue(id, out StoredImage? known))
        {
            return known;
        }

        await using ImageLease lease = await ImageLease.TakeAsync(containerd, ids, time, stop);
        var layers = new List<Descriptor>();
        for (int i = 0; i < image.LayerPaths.Count; i++)
        {
            Descriptor? expected = image.Manifest?.Document.Layers![i];
            layers.Add(await LoadLayerAsync(
                file, image.LayerPaths[i], image.Config.DiffIds[i], expected, lease, report, stop));
        }

        ImageParts parts = image.Manifest is { } manifest
            ? new ImageParts(image.ConfigBytes, image.Config, manifest.Bytes, manifest.Document, manifest.MediaType)
            : ImageParts.Make(image.ConfigBytes, image.Config, layers);
        StoredImage stored = await assembly.AddAsync(parts, ParentOf(image), lease, stop);
        lease.Keep();
        return stored;
    }

    private async Task<Descriptor> LoadLayerAsync(
        ArchiveFile file,
        string path,
        string diffId,
        Descriptor? expected,
        ImageLease lease,
        ReportProgress report,
        CancellationToken stop)
    {
        await using Stream member = file.Open(path);
        await using var source = await PackedStream.OpenAsync(member, stop);
        long total = file.SizeOf(path);
        if (expected is not null && expected.Size != total)
        {
            throw new RefusedException(
                ErrorKind.Invalid, $"layer {expected.Digest} has {total} bytes instead of {expected.Size}");
        }

        // A plain layer is named by its own digest, so that one that is here already need not be written again.
        string? digestBefore = expected?.Digest ?? (source.Packing == LayerPacking.Plain ? diffId : null);
        var progress = new LayerProgress(report, time, ContentDigest.Short(diffId));
        bool isWritten = false;
        (string digest, long size) = await content.WriteStreamAsync(
            source,
            digestBefore,
            total,
            lease,
            async sent =>
            {
                isWritten = true;
                disk.Require(0, "layer");
                await progress.BytesAsync("Loading layer", sent, total, stop);
            },
            stop);
        if (isWritten)
        {
            await progress.DoneBytesAsync("Loading layer", total, stop);
        }

        return new Descriptor
        {
            MediaType = source.Packing switch
            {
                LayerPacking.Gzip => MediaTypes.DockerLayerGzip,
                LayerPacking.Zstd => MediaTypes.DockerLayerZstd,
                _ => MediaTypes.DockerLayer,
            },
            Digest = digest,
            Size = size,
        };
    }

    private async Task NameLoadedAsync(
        ImageReference name, StoredImage image, ReportProgress report, CancellationToken stop)
    {
        string? before;
        using (ImageStore.Change change = await store.BeginAsync(stop))
        {
            before = await change.NameAsync(name, image.Id, stop);
        }

        if (before is not null && before != image.Id)
        {
            string text = $"The image {name.Familiar} already exists, renaming the old one with ID {before} "
                + "to empty string\n";
            await report(new ProgressMessage { Stream = text }, stop);
        }

        await report(new ProgressMessage { Stream = $"Loaded image: {name.Familiar}\n" }, stop);
    }

    // A parent is believed only when it is here and its layers are the lowest ones of the child.
    private string? ParentOf(ArchivedImage image)
    {
        if (image.Parent is null || !store.Current.Images.TryGetValue(image.Parent, out StoredImage? parent))
        {
            return null;
        }

        IReadOnlyList<string> chain = Docker.Images.ChainId.All(image.Config.DiffIds);
        return parent.ChainIds.Count <= chain.Count && parent.ChainIds.SequenceEqual(chain.Take(parent.ChainIds.Count))
            ? parent.Id
            : null;
    }
}
