using System.Text.Json;
using Skep.Agent.Images.Archives;
using Skep.Agent.Images.Content;
using Skep.Agent.Images.Layers;
using Skep.Docker.Engine;
using Skep.Docker.Images;
using Skep.Swarm;

namespace Skep.Agent.Images;

public sealed partial class ImageEngine
{
    /// <summary>Makes an image of one layer from a root file system in a tar archive, plain or gzip.</summary>
    /// <returns>Its id.</returns>
    public Task<string> ImportAsync(
        Stream archive, ImportRequest request, ReportProgress report, CancellationToken stop)
    {
        return GuardAsync(ImportAsync);

        async Task<string> ImportAsync()
        {
            ContainerConfig run = ConfigChanges.Apply(new ContainerConfig(), request.Changes);
            await using ImageLease lease = await ImageLease.TakeAsync(containerd, ids, time, stop);
            await using var source = await PackedStream.OpenAsync(archive, stop);
            Descriptor layer = await StoreLayerAsync(source, lease, stop);
            LayerFacts facts = await assembly.InspectAsync(layer, stop)
                ?? throw new RefusedException(ErrorKind.Unsupported, "import does not read zstd; unpack it first");
            ImageConfig config = NewConfig(request, run, facts.DiffId);
            byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(config, ImageJson.Default.ImageConfig);
            StoredImage image = await assembly.AddAsync(
                ImageParts.Make(bytes, config, [layer]), parent: null, lease, stop);
            if (request.Reference is { } reference)
            {
                using ImageStore.Change change = await store.BeginAsync(stop);
                await change.NameAsync(reference, image.Id, stop);
                await change.MarkTaggedAsync(image.Id, stop);
            }

            lease.Keep();
            Publish("import", image.Id, request.Reference?.WithDefaultTag().Familiar ?? image.Id, image);
            await report(new ProgressMessage { Status = image.Id }, stop);
            return image.Id;
        }
    }

    private async Task<Descriptor> StoreLayerAsync(PackedStream source, ImageLease lease, CancellationToken stop)
    {
        string mediaType = source.Packing switch
        {
            LayerPacking.Gzip => MediaTypes.DockerLayerGzip,
            LayerPacking.Zstd => MediaTypes.DockerLayerZstd,
            _ => MediaTypes.DockerLayer,
        };
        (string digest, long size) = await content.WriteStreamAsync(
            source, digest: null, sizeBytes: 0, lease, RequireDiskAsync, stop);
        return new Descriptor { MediaType = mediaType, Digest = digest, Size = size };
    }

    private Task RequireDiskAsync(long sentBytes)
    {
        disk.Require(0, "layer");
        return Task.CompletedTask;
    }

    private ImageConfig NewConfig(ImportRequest request, ContainerConfig run, string diffId)
    {
        DateTimeOffset now = time.GetUtcNow();
        Platform platform = request.Platform ?? HostPlatform;
        return new ImageConfig
        {
            Architecture = platform.Architecture,
            Variant = platform.Variant,
            Os = platform.Os,
            CreatedText = RfcTime.Text(now),
            Comment = request.Message,
            Config = run,
            RootFs = new RootFs { DiffIds = [diffId] },
            History = [new HistoryEntry { Created = now, Comment = request.Message }],
        };
    }
}
