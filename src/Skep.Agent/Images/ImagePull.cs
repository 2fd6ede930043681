using Skep.Agent.Containerd;
using Skep.Agent.Images.Content;
using Skep.Agent.Images.Layers;
using Skep.Agent.Images.Registry;
using Skep.Docker.Engine;
using Skep.Docker.Images;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Agent.Images;

/// <summary>What every pull of this daemon shares.</summary>
internal sealed record PullServices(
    ContainerdClient Containerd,
    ContentStore Content,
    ImageStore Store,
    ImageAssembly Assembly,
    LayerUnpacker Unpacker,
    DiskSpace Disk,
    KeyedLocks Downloads,
    RegistryOptions Options,
    IdSource Ids,
    TimeProvider Time);

/// <summary>Brings one image from one endpoint of a registry: documents, layers, snapshots.</summary>
internal sealed class ImagePull(
    PullServices services,
    RegistryClient registry,
    Platform platform,
    ImageLease lease,
    Func<string, LayerProgress> progressOf)
{
    private readonly SemaphoreSlim slots = new(ImageLimits.ParallelDownloadCount);

    /// <returns>The image, and the digest under which it was asked for: that of the index if there is one.</returns>
    public async Task<(StoredImage Image, string Digest)> RunAsync(
        ImageReference reference, ReportProgress report, CancellationToken stop)
    {
        string target = reference.Digest ?? reference.Tag!;
        FetchedManifest top = await registry.ManifestAsync(target, stop);
        await report(
            new ProgressMessage { Status = "Pulling from " + registry.Session.Path, Id = target }, stop);
        FetchedManifest chosen = top.Index is null ? top : await ChooseAsync(top.Index, reference, stop);
        ImageManifest manifest = chosen.Manifest!;
        string id = manifest.Config!.Digest;
        if (services.Store.Current.Images.TryGetValue(id, out StoredImage? known))
        {
            return (known, top.Digest);
        }

        byte[] configBytes = await registry.BlobAsync(manifest.Config, ImageDocuments.ConfigBytesMax, stop);
        ImageConfig config = ImageDocuments.ReadConfig(configBytes);
        ImageDocuments.CheckSameLayers(manifest, config);
        if (config.Os is not ("" or "linux"))
        {
            throw new RefusedException(
                ErrorKind.Invalid, $"image operating system \"{config.Os}\" cannot be used on this platform");
        }

        var parts = new ImageParts(configBytes, config, chosen.Bytes, manifest, chosen.MediaType);
        await FetchLayersAsync(parts, stop);
        StoredImage image = await services.Assembly.DescribeAsync(parts, parent: null, lease, stop);
        using ImageStore.Change change = await services.Store.BeginAsync(stop);
        await change.AddAsync(image, config, lease, stop);
        return (image, top.Digest);
    }

    private async Task<FetchedManifest> ChooseAsync(ImageIndex index, ImageReference reference, CancellationToken stop)
    {
        Descriptor entry = PlatformChoice.Choose(index, platform) ?? throw new RefusedException(
            ErrorKind.NotFound, $"no matching manifest for {platform} in the manifest list entries");
        FetchedManifest chosen = await registry.ManifestAsync(entry.Digest, stop);
        if (chosen.Manifest is null)
        {
            throw new RefusedException(
                ErrorKind.Invalid, $"{reference.Familiar}: an index inside an index is not supported");
        }

        return chosen.Bytes.Length == entry.Size
            ? chosen
            : throw new RefusedException(
                ErrorKind.Failed, $"manifest {entry.Digest} has {chosen.Bytes.Length} bytes instead of {entry.Size}");
    }

    // Layers come in parallel and are unpacked in order, each as soon as it and those below it are there.
    private async Task FetchLayersAsync(ImageParts parts, CancellationToken stop)
    {
        IReadOnlyList<Descriptor> layers = parts.Manifest.Layers!;
        IReadOnlyList<string> chain = ChainId.All(parts.Config.DiffIds);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var fetches = new List<Task<LayerFacts?>>();
        try
        {
            var isThere = new bool[layers.Count];
            for (int i = 0; i < layers.Count; i++)
            {
                isThere[i] = await IsThereAsync(layers[i], chain[i], stop);
                await progressOf(layers[i].Digest).SayAsync(
                    isThere[i] ? "Already exists" : "Pulling fs layer", stop);
            }

            // A layer that appears twice is fetched once.
            var byDigest = new Dictionary<string, Task<LayerFacts?>>();
            for (int i = 0; i < layers.Count; i++)
            {
                if (!byDigest.TryGetValue(layers[i].Digest, out Task<LayerFacts?>? fetch))
                {
                    fetch = FetchAsync(layers[i], isThere[i], ending.Token);
                    byDigest[layers[i].Digest] = fetch;
                }

                fetches.Add(fetch);
            }

            for (int i = 0; i < layers.Count; i++)
            {
                await FirstFailure(fetches, fetches[i]);
                await UnpackAsync(parts, i, await fetches[i], isThere[i], stop);
            }
        }
        catch
        {
            await ending.CancelAsync();
            await Task.WhenAll(fetches).ContinueWith(
                _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }
    }

    // Waits for one of the tasks, but not longer than until any of them fails.
    private static async Task FirstFailure(IReadOnlyList<Task<LayerFacts?>> all, Task<LayerFacts?> wanted)
    {
        var open = all.Where(task => !task.IsCompletedSuccessfully).ToList();
        while (!wanted.IsCompleted)
        {
            Task<LayerFacts?> done = await Task.WhenAny(open);
            if (!done.IsCompletedSuccessfully)
            {
                await done;
            }

            open.Remove(done);
        }
    }

    private async Task<LayerFacts?> FetchAsync(Descriptor layer, bool isThere, CancellationToken stop)
    {
        LayerProgress progress = progressOf(layer.Digest);
        if (!isThere)
        {
            if (slots.CurrentCount == 0)
            {
                await progress.SayAsync("Waiting", stop);
            }

            await slots.WaitAsync(stop);
            try
            {
                using IDisposable turn = await services.Downloads.TakeAsync(layer.Digest, stop);
                var download = new BlobDownload(
                    registry, services.Containerd, services.Options, services.Disk, services.Ids, services.Time);
                await download.RunAsync(layer, lease, progress, stop);
                await progress.SayAsync("Download complete", stop);
            }
            finally
            {
                slots.Release();
            }
        }

        return await services.Assembly.InspectAsync(layer, stop);
    }

    private async Task UnpackAsync(
        ImageParts parts, int index, LayerFacts? facts, bool isThere, CancellationToken stop)
    {
        Descriptor layer = parts.Manifest.Layers![index];
        LayerProgress progress = progressOf(layer.Digest);
        if (!isThere)
        {
            await progress.BytesAsync("Extracting", 0, layer.Size, stop);
        }

        await services.Assembly.UnpackAsync(parts, index, facts, lease, stop);
        if (!isThere)
        {
            await progress.DoneBytesAsync("Extracting", layer.Size, stop);
            await progress.SayAsync("Pull complete", stop);
        }
    }

    // Held first, asked second: what is found cannot be collected any more.
    private async Task<bool> IsThereAsync(Descriptor layer, string chainId, CancellationToken stop)
    {
        await lease.HoldAsync("content", layer.Digest, stop);
        await lease.HoldAsync("snapshots/" + services.Containerd.Snapshotter, chainId, stop);
        return await services.Content.FindAsync(layer.Digest, stop) is { } blob && blob.Size == layer.Size
            && await services.Unpacker.IsThereAsync(chainId, stop);
    }
}
