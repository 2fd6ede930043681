using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Docker.Images;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Agent.Images;

/// <summary>What GET /images/json asks for.</summary>
public sealed record ImageListOptions
{
    /// <summary>Intermediate images too: untagged ones on which others stand.</summary>
    public bool All { get; init; }

    public bool SharedSize { get; init; }
    public bool ContainerCount { get; init; }
    public Filters Filters { get; init; } = Filters.None;
}

public sealed partial class ImageEngine
{
    /// <summary>Images, the newest first.</summary>
    public IReadOnlyList<ImageSummary> List(ImageListOptions options)
    {
        var selection = new ImageSelection(options.Filters, store.Current, time.GetUtcNow());
        ImageSet set = store.Current;
        ILookup<string, ImageReference> names = set.NamesByImage();
        HashSet<string> parents = [.. set.Images.Values.Select(image => image.Parent).OfType<string>()];
        Dictionary<string, int>? layerUses = options.SharedSize ? CountLayers(set) : null;
        var rows = new List<ImageSummary>();
        foreach (StoredImage image in set.Images.Values)
        {
            IReadOnlyList<ImageReference> shown = selection.NamesToShow(names[image.Id]);
            bool isIntermediate = !options.All && parents.Contains(image.Id);
            if (selection.Takes(image, shown, isIntermediate))
            {
                rows.Add(Summary(image, shown) with
                {
                    SharedSize = layerUses is null ? -1 : SharedBytes(image, layerUses),
                    Containers = options.ContainerCount ? usesOf(image.Id).Count : -1,
                });
            }
        }

        return [.. rows.OrderByDescending(row => row.Created).ThenBy(row => row.Id, StringComparer.Ordinal)];
    }

    /// <summary>Bytes of all layers, each counted once.</summary>
    public long LayersBytes() => store.Current.Images.Values
        .SelectMany(image => image.ChainIds.Zip(image.LayerBytes))
        .DistinctBy(layer => layer.First)
        .Sum(layer => layer.Second);

    public Task<ImageInspect> InspectAsync(string nameOrId, CancellationToken stop)
    {
        return GuardAsync(InspectAsync);

        async Task<ImageInspect> InspectAsync()
        {
            StoredImage image = Require(nameOrId);
            ImageConfig config = await store.ConfigOfAsync(image, stop);
            IReadOnlyList<ImageReference> names = store.Current.NamesOf(image.Id);
            return new ImageInspect
            {
                Id = image.Id,
                RepoTags = Tags(names),
                RepoDigests = Digests(names),
                Parent = image.Parent ?? "",
                Comment = config.Comment ?? "",
                Created = config.CreatedText,
                DockerVersion = config.DockerVersion ?? "",
                Author = config.Author ?? "",
                Config = ReservedLabels.Without(config.Config ?? new ContainerConfig()),
                Architecture = config.Architecture,
                Variant = config.Variant,
                Os = image.Platform.Os,
                Size = image.SizeBytes,
                VirtualSize = image.SizeBytes,
                GraphDriver = new GraphDriverData { Name = containerd.Snapshotter },
                RootFs = new ImageRootFs { Layers = config.DiffIds },
                Metadata = new ImageMetadata
                {
                    LastTagTime = image.LastTagged is { } tagged ? RfcTime.Text(tagged) : RfcTime.Zero,
                },
            };
        }
    }

    /// <summary>The steps that made the image, the last one first.</summary>
    public Task<IReadOnlyList<HistoryItem>> HistoryAsync(string nameOrId, CancellationToken stop)
    {
        return GuardAsync(HistoryAsync);

        async Task<IReadOnlyList<HistoryItem>> HistoryAsync()
        {
            StoredImage image = Require(nameOrId);
            ImageConfig config = await store.ConfigOfAsync(image, stop);
            var items = new List<HistoryItem>();
            int layer = 0;
            foreach (HistoryEntry step in config.History ?? [])
            {
                if (!step.EmptyLayer && layer >= image.LayerBytes.Count)
                {
                    throw new RefusedException(ErrorKind.Failed, "too many non-empty layers in History section");
                }

                items.Add(new HistoryItem
                {
                    Id = "<missing>",
                    Created = step.Created?.ToUnixTimeSeconds() ?? 0,
                    CreatedBy = step.CreatedBy ?? "",
                    Comment = step.Comment ?? "",
                    Size = step.EmptyLayer ? 0 : image.LayerBytes[layer++],
                });
            }

            items.Reverse();

            // The newest steps belong to this image and to those it was made from here, one step each.
            StoredImage? owner = image;
            for (int i = 0; i < items.Count && owner is not null; i++)
            {
                IReadOnlyList<string> tags = Tags(store.Current.NamesOf(owner.Id));
                items[i] = items[i] with { Id = owner.Id, Tags = tags.Count == 0 ? null : tags };
                owner = owner.Parent is null ? null : store.Current.Images.GetValueOrDefault(owner.Parent);
            }

            return items;
        }
    }

    private static ImageSummary Summary(StoredImage image, IReadOnlyList<ImageReference> names) => new()
    {
        Id = image.Id,
        ParentId = image.Parent ?? "",
        RepoTags = Tags(names),
        RepoDigests = Digests(names),
        Created = image.Created?.ToUnixTimeSeconds() ?? 0,
        Size = image.SizeBytes,
        VirtualSize = image.SizeBytes,
        Labels = image.Labels,
    };

    private static Dictionary<string, int> CountLayers(ImageSet set)
    {
        var uses = new Dictionary<string, int>();
        foreach (string chainId in set.Images.Values.SelectMany(image => image.ChainIds))
        {
            uses[chainId] = uses.GetValueOrDefault(chainId) + 1;
        }

        return uses;
    }

    private static long SharedBytes(StoredImage image, Dictionary<string, int> uses) =>
        image.ChainIds.Zip(image.LayerBytes).Where(layer => uses[layer.First] > 1).Sum(layer => layer.Second);

    private static IReadOnlyList<string> Tags(IEnumerable<ImageReference> names) =>
        [.. names.Where(name => name.Tag is not null).Select(name => name.Familiar)];

    private static IReadOnlyList<string> Digests(IEnumerable<ImageReference> names) =>
        [.. names.Where(name => name.Digest is not null).Select(name => name.Familiar)];
}
