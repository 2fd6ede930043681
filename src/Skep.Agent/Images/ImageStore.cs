using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Images.Content;
using Skep.Docker.Images;
using Skep.Docker.References;
using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Agent.Images;

/// <summary>
/// Which images there are and what they are called: containerd's image records, and the same in memory.
/// </summary>
/// <remarks>
/// An image is there as long as a record named by its id is: it keeps everything else from garbage collection and is
/// what remains of an untagged image. Each tag and each digest is one more record, by its canonical reference.
/// Records change only through here, one writer at a time, containerd first and memory after it; readers take
/// <see cref="Current"/> and wait for nobody. containerd may be restarted at any time: its records are on the disk.
/// </remarks>
internal sealed class ImageStore : IDisposable
{
    private const string ConfigLabel = "skep.config";
    private const string ParentLabel = "skep.parent";
    private const string TaggedLabel = "skep.tagged";

    private readonly ContainerdClient containerd;
    private readonly ContentStore content;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly ConfigCache configs = new(ImageLimits.ConfigCacheCount);
    private volatile ImageSet current = ImageSet.Empty;

    public ImageStore(ContainerdClient containerd, ContentStore content, TimeProvider time)
    {
        this.containerd = containerd;
        this.content = content;
        this.time = time;
    }

    public ImageSet Current => current;

    /// <summary>Reads everything from containerd.</summary>
    /// <returns>One line for each record that cannot be used: its content is damaged or gone.</returns>
    public async Task<IReadOnlyList<string>> LoadAsync(CancellationToken stop)
    {
        IReadOnlyDictionary<string, ContentInfo> blobs = await content.ListAsync(stop);
        ListImagesResponse records = await containerd.CallAsync(
            ContainerdApi.Images.List, new ListImagesRequest(), stop);
        var faults = new List<string>();
        ImageSet set = ImageSet.Empty;
        foreach (Image record in records.Images.Where(record => ContentDigest.IsValid(record.Name)))
        {
            if (!blobs.ContainsKey(record.Target.Digest) || !blobs.ContainsKey(record.Name))
            {
                faults.Add($"image {record.Name}: its manifest or configuration is gone");
                continue;
            }

            set = set.With(await ReadAsync(record, blobs, stop));
        }

        foreach (Image record in records.Images.Where(record => !ContentDigest.IsValid(record.Name)))
        {
            string id = record.Labels.GetValueOrDefault(ConfigLabel, "");
            if (ImageReference.TryParse(record.Name) is { } reference && set.Images.ContainsKey(id))
            {
                set = set.With(new ImageName(reference, id));
            }
            else
            {
                faults.Add($"image name {record.Name}: it leads to no image");
            }
        }

        current = set;
        return faults;
    }

    /// <summary>Waits until no other change is under way. Dispose what it gives to let the next one in.</summary>
    public async Task<Change> BeginAsync(CancellationToken stop)
    {
        await writing.WaitAsync(stop);
        return new Change(this);
    }

    public ValueTask<ImageConfig> ConfigOfAsync(StoredImage image, CancellationToken stop)
    {
        return configs.Find(image.Id) is { } known ? ValueTask.FromResult(known) : new(ReadAsync());

        async Task<ImageConfig> ReadAsync()
        {
            byte[] bytes = await content.ReadAllAsync(image.Id, ImageDocuments.ConfigBytesMax, stop);
            ImageConfig config = ImageDocuments.ReadConfig(bytes);
            configs.Add(image.Id, config);
            return config;
        }
    }

    public void Dispose() => writing.Dispose();

    private async Task<StoredImage> ReadAsync(
        Image record, IReadOnlyDictionary<string, ContentInfo> blobs, CancellationToken stop)
    {
        ImageConfig config = ImageDocuments.ReadConfig(
            await content.ReadAllAsync(record.Name, ImageDocuments.ConfigBytesMax, stop));
        byte[] bytes = await content.ReadAllAsync(record.Target.Digest, ImageDocuments.ManifestBytesMax, stop);
        ImageManifest manifest = ImageDocuments.ReadManifest(bytes, record.Target.MediaType).Manifest!;
        var sizes = manifest.Layers!.Select(layer =>
            blobs.TryGetValue(layer.Digest, out ContentInfo? blob) ? LayerLabels.FileBytesOf(blob) : 0);
        var target = new Descriptor
        {
            MediaType = record.Target.MediaType,
            Digest = record.Target.Digest,
            Size = record.Target.Size,
        };
        return Describe(record.Name, config, target, [.. sizes]) with
        {
            Parent = record.Labels.GetValueOrDefault(ParentLabel),
            LastTagged = record.Labels.TryGetValue(TaggedLabel, out string? tagged)
                ? DateTimeOffset.Parse(tagged, CultureInfo.InvariantCulture)
                : null,
        };
    }

    /// <summary>What is kept in memory of an image.</summary>
    public static StoredImage Describe(
        string id, ImageConfig config, Descriptor manifest, IReadOnlyList<long> layerBytes) => new()
        {
            Id = id,
            Manifest = manifest,
            Created = config.Created,
            Platform = new Platform
            {
                Os = config.Os.Length == 0 ? "linux" : config.Os,
                Architecture = config.Architecture,
                Variant = config.Variant,
                OsVersion = config.OsVersion,
            },
            Labels = config.Config is null ? null : ReservedLabels.Without(config.Config).Labels,
            ChainIds = Docker.Images.ChainId.All(config.DiffIds),
            LayerBytes = layerBytes,
        };

    /// <summary>
    /// The right to change records. Each step is complete in itself: a crash between two leaves no damage.
    /// </summary>
    public sealed class Change(ImageStore store) : IDisposable
    {
        /// <summary>Makes an image that stands, untagged; nothing happens when it is there.</summary>
        /// <param name="lease">Under which its content was written.</param>
        public async Task AddAsync(StoredImage image, ImageConfig config, ImageLease lease, CancellationToken stop)
        {
            if (!store.current.Images.ContainsKey(image.Id))
            {
                await WriteAsync(Record(image.Id, image), lease, stop);
                store.configs.Add(image.Id, config);
                store.current = store.current.With(image);
            }
        }

        /// <summary>Lets a name lead to an image.</summary>
        /// <returns>Id of the image it led to before; null: the name is new.</returns>
        public async Task<string?> NameAsync(ImageReference reference, string imageId, CancellationToken stop)
        {
            ImageReference name = reference.WithOneTarget();
            string? before = store.current.Names.GetValueOrDefault(name.ToString())?.ImageId;
            StoredImage image = store.current.Images.GetValueOrDefault(imageId)
                ?? throw new RefusedException(ErrorKind.NotFound, "No such image: " + imageId);
            if (before != imageId)
            {
                await WriteAsync(Record(name.ToString(), image), lease: null, stop);
                store.current = store.current.With(new ImageName(name, imageId));
            }

            return before;
        }

        /// <summary>
        /// Remembers that a user named the image just now; a pull or load does not count, as in Docker.
        /// </summary>
        public async Task MarkTaggedAsync(string imageId, CancellationToken stop)
        {
            StoredImage tagged = store.current.Images[imageId] with { LastTagged = store.time.GetUtcNow() };
            await WriteAsync(Record(imageId, tagged), lease: null, stop);
            store.current = store.current.With(tagged);
        }

        public async Task UnnameAsync(ImageReference reference, CancellationToken stop)
        {
            await DeleteAsync(reference.ToString(), wait: false, stop);
            store.current = store.current.WithoutName(reference);
        }

        /// <summary>Removes an image that has no names, and waits until its space is free.</summary>
        public async Task RemoveAsync(StoredImage image, CancellationToken stop)
        {
            Invariant.Holds(store.current.NamesOf(image.Id).Count == 0);

            // Memory first, so that no new container starts on it; the record is deleted once nobody can find it.
            store.current = store.current.WithoutImage(image.Id);
            try
            {
                await DeleteAsync(image.Id, wait: true, stop);
            }
            catch (RpcException)
            {
                store.current = store.current.With(image);
                throw;
            }

            store.configs.Remove(image.Id);
        }

        public void Dispose() => store.writing.Release();

        private static Image Record(string name, StoredImage image)
        {
            var record = new Image
            {
                Name = name,
                Target = new ContentDescriptor
                {
                    MediaType = image.Manifest.MediaType,
                    Digest = image.Manifest.Digest,
                    Size = image.Manifest.Size,
                },
                Labels = { [ConfigLabel] = image.Id },
            };
            if (image.Parent is not null)
            {
                record.Labels[ParentLabel] = image.Parent;
            }

            if (image.LastTagged is { } tagged)
            {
                record.Labels[TaggedLabel] = tagged.ToString("O", CultureInfo.InvariantCulture);
            }

            return record;
        }

        private async Task WriteAsync(Image record, ImageLease? lease, CancellationToken stop)
        {
            try
            {
                await store.containerd.CallAsync(
                    ContainerdApi.Images.Create, new CreateImageRequest { Image = record }, stop, lease?.Id);
            }
            catch (RpcException e) when (e.Status == RpcStatus.AlreadyExists)
            {
                await store.containerd.CallAsync(
                    ContainerdApi.Images.Update,
                    new UpdateImageRequest
                    {
                        Image = record,
                        UpdateMask = new FieldMask { Paths = { "target", "labels" } },
                    },
                    stop);
            }
        }

        private async Task DeleteAsync(string name, bool wait, CancellationToken stop)
        {
            try
            {
                await store.containerd.CallAsync(
                    ContainerdApi.Images.Delete, new DeleteImageRequest { Name = name, Sync = wait }, stop);
            }
            catch (RpcException e) when (e.Status == RpcStatus.NotFound)
            {
                // It was deleted before a crash, or by hand: what was asked for is so.
                _ = e;
            }
        }
    }
}
