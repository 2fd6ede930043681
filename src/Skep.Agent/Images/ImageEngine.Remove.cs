using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Agent.Images;

public sealed partial class ImageEngine
{
    /// <summary>Gives an image one more name.</summary>
    public Task TagAsync(string nameOrId, string repository, string? tag, CancellationToken stop)
    {
        return GuardAsync(TagAsync);

        async Task TagAsync()
        {
            StoredImage image = Require(nameOrId);
            ImageReference name = ImageReference.Parse(repository, tag).WithDefaultTag();
            if (name.Digest is not null)
            {
                throw new RefusedException(ErrorKind.Invalid, "refusing to create a tag with a digest reference");
            }

            if (name.FamiliarName == "sha256")
            {
                throw new RefusedException(
                    ErrorKind.Invalid, "refusing to create an ambiguous tag using digest algorithm as name");
            }

            using (ImageStore.Change change = await store.BeginAsync(stop))
            {
                await change.NameAsync(name, image.Id, stop);
                await change.MarkTaggedAsync(image.Id, stop);
            }

            Publish("tag", image.Id, name.Familiar, image);
        }
    }

    /// <summary>Takes a name off an image; with the last one, or by id, the image itself is removed.</summary>
    /// <param name="isForced">Also when stopped containers use it, or several names lead to it.</param>
    /// <param name="prunesParents">Remove untagged images that it was made from, too.</param>
    public Task<IReadOnlyList<ImageDeleted>> RemoveAsync(
        string nameOrId, bool isForced, bool prunesParents, CancellationToken stop)
    {
        return GuardAsync(RemoveAsync);

        async Task<IReadOnlyList<ImageDeleted>> RemoveAsync()
        {
            using ImageStore.Change change = await store.BeginAsync(stop);
            var removal = new ImageRemoval(store, change, usesOf, Publish);
            return await removal.RunAsync(Require(nameOrId), nameOrId, isForced, prunesParents, stop);
        }
    }

    /// <summary>
    /// Removes what no container uses: untagged images, or with the filter dangling=false all of them.
    /// </summary>
    public Task<ImagesPruned> PruneAsync(Filters filters, CancellationToken stop)
    {
        return GuardAsync(PruneAsync);

        async Task<ImagesPruned> PruneAsync()
        {
            filters.RequireKnown("dangling", "label", "label!", "until");
            bool isDanglingOnly = filters.Flag("dangling", whenAbsent: true);
            DateTimeOffset? until = filters.Values("until") switch
            {
                [] => null,
                [var text] => Timestamps.Parse(text, time.GetUtcNow()),
                _ => throw new RefusedException(ErrorKind.Invalid, "more than one until filter specified"),
            };
            var deleted = new List<ImageDeleted>();
            long reclaimedBytes = 0;
            foreach (StoredImage image in store.Current.Images.Values.OrderBy(one => one.Id, StringComparer.Ordinal))
            {
                if ((until is null || !(image.Created > until)) && filters.MatchesLabels(image.Labels))
                {
                    reclaimedBytes += await PruneOneAsync(image, isDanglingOnly, deleted, stop);
                }
            }

            publish(
                "image", "prune", "", new Dictionary<string, string> { ["reclaimed"] = reclaimedBytes.ToString() });
            return new ImagesPruned
            {
                ImagesDeleted = deleted.Count == 0 ? null : deleted,
                SpaceReclaimed = reclaimedBytes,
            };
        }
    }

    private async Task<long> PruneOneAsync(
        StoredImage image, bool isDanglingOnly, List<ImageDeleted> deleted, CancellationToken stop)
    {
        long layersBefore = LayersBytes();
        using (ImageStore.Change change = await store.BeginAsync(stop))
        {
            IReadOnlyList<ImageReference> names = store.Current.NamesOf(image.Id);
            bool isKept = !store.Current.Images.ContainsKey(image.Id)
                || (isDanglingOnly && names.Any(name => name.Tag is not null))
                || (names.Count == 0 && store.Current.ChildrenOf(image.Id).Count > 0)
                || usesOf(image.Id).Count > 0;
            if (isKept)
            {
                return 0;
            }

            var removal = new ImageRemoval(store, change, usesOf, Publish);
            try
            {
                foreach (string name in names.Select(name => name.Familiar).DefaultIfEmpty(image.Id))
                {
                    // Removing the last tag of a repository takes its digests along.
                    if (store.Current.Find(name)?.Id == image.Id)
                    {
                        deleted.AddRange(await removal.RunAsync(image, name, false, true, stop));
                    }
                }
            }
            catch (RefusedException e) when (e.Kind == ErrorKind.Conflict)
            {
                return 0; // Somebody began to use it: then it is not to be pruned.
            }
        }

        return layersBefore - LayersBytes();
    }
}
