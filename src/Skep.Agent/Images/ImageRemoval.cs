using Skep.Docker.Engine;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Agent.Images;

/// <summary>Removes a name or an image by Docker's rules, which differ by how the image was named.</summary>
/// <remarks>
/// By a name: the name goes, and the image with its last one, quietly if something still needs it. By id: the image
/// goes if at most one repository with one tag leads to it. Running containers and images made from it forbid it for
/// good; stopped containers and further names only when it is not forced.
/// </remarks>
internal sealed class ImageRemoval(
    ImageStore store,
    ImageStore.Change change,
    Func<string, IReadOnlyList<ImageUse>> usesOf,
    Action<string, string, string, StoredImage> publish)
{
    private readonly List<ImageDeleted> done = [];

    [Flags]
    private enum Conflicts
    {
        None = 0,
        DependentChild = 1,
        RunningContainer = 2,
        ActiveReference = 4,
        StoppedContainer = 8,
        Hard = DependentChild | RunningContainer,
        Soft = ActiveReference | StoppedContainer,
    }

    private sealed record Conflict(bool IsHard, bool IsUse, string Why);

    public async Task<IReadOnlyList<ImageDeleted>> RunAsync(
        StoredImage image, string named, bool isForced, bool prunesParents, CancellationToken stop)
    {
        done.Clear();
        bool isQuiet = false;
        IReadOnlyList<ImageReference> names = store.Current.NamesOf(image.Id);
        if (!ImageSet.IsIdPrefix(image.Id, named))
        {
            ImageUse? use = isForced || !IsSingle(names) ? null : usesOf(image.Id).FirstOrDefault();
            if (use is not null)
            {
                throw new RefusedException(
                    ErrorKind.Conflict,
                    $"conflict: unable to remove repository reference \"{named}\" (must force) - container "
                        + $"{ContentDigest.Short(use.ContainerId)} is using its referenced image "
                        + ContentDigest.Short(image.Id));
            }

            if (await RemoveNameAsync(image, ImageReference.Parse(named).WithOneTarget(), stop))
            {
                return [.. done];
            }

            isQuiet = true;
        }
        else if (IsSingle(names))
        {
            Conflicts mask = isForced ? Conflicts.Hard : Conflicts.Hard | Conflicts.StoppedContainer;
            if (Find(image, mask) is { } conflict)
            {
                throw Refused(image, conflict);
            }

            await UnnameAsync(image, names, stop);
        }

        await DeleteAsync(image, isForced, prunesParents, isQuiet, stop);
        return [.. done];
    }

    // True: the image has other names, so that taking this one off was all.
    private async Task<bool> RemoveNameAsync(StoredImage image, ImageReference name, CancellationToken stop)
    {
        await change.UnnameAsync(name, stop);
        Untagged(image, name);
        publish("untag", image.Id, image.Id, image);
        IReadOnlyList<ImageReference> left = store.Current.NamesOf(image.Id);
        bool isLastTag = name.Digest is null && !left.Any(other => other.Name == name.Name && other.Tag is not null);
        foreach (ImageReference digest in isLastTag ? left.Where(other => other.Name == name.Name) : [])
        {
            await change.UnnameAsync(digest, stop);
            Untagged(image, digest);
        }

        return store.Current.NamesOf(image.Id).Count > 0;
    }

    private async Task DeleteAsync(
        StoredImage image, bool isForced, bool prunesParents, bool isQuiet, CancellationToken stop)
    {
        if (Find(image, isForced ? Conflicts.Hard : Conflicts.Hard | Conflicts.Soft) is { } conflict)
        {
            bool isDangling = store.Current.NamesOf(image.Id).Count == 0
                && store.Current.ChildrenOf(image.Id).Count == 0;
            if (isQuiet && (!isDangling || conflict.IsUse))
            {
                return;
            }

            throw Refused(image, conflict);
        }

        await UnnameAsync(image, store.Current.NamesOf(image.Id), stop);
        await change.RemoveAsync(image, stop);
        publish("delete", image.Id, image.Id, image);
        done.Add(new ImageDeleted { Deleted = image.Id });
        HashSet<string> stillUsed = [.. store.Current.Images.Values.SelectMany(other => other.ChainIds)];
        done.AddRange(image.ChainIds.Reverse().Where(layer => !stillUsed.Contains(layer))
            .Select(layer => new ImageDeleted { Deleted = layer }));
        if (prunesParents && image.Parent is { } id && store.Current.Images.TryGetValue(id, out StoredImage? parent))
        {
            await DeleteAsync(parent, isForced: false, prunesParents: true, isQuiet: true, stop);
        }
    }

    private async Task UnnameAsync(StoredImage image, IReadOnlyList<ImageReference> names, CancellationToken stop)
    {
        foreach (ImageReference name in names)
        {
            await change.UnnameAsync(name, stop);
            Untagged(image, name);
            publish("untag", image.Id, image.Id, image);
        }
    }

    private void Untagged(StoredImage image, ImageReference name) =>
        done.Add(new ImageDeleted { Untagged = name.Familiar });

    private Conflict? Find(StoredImage image, Conflicts mask)
    {
        if (mask.HasFlag(Conflicts.DependentChild) && store.Current.ChildrenOf(image.Id).Count > 0)
        {
            return new Conflict(true, false, "image has dependent child images");
        }

        IReadOnlyList<ImageUse> uses = usesOf(image.Id);
        if (mask.HasFlag(Conflicts.RunningContainer) && uses.FirstOrDefault(use => use.IsRunning) is { } running)
        {
            return new Conflict(true, true, "image is being used by running container " + Short(running));
        }

        if (mask.HasFlag(Conflicts.ActiveReference) && store.Current.NamesOf(image.Id).Count > 0)
        {
            return new Conflict(false, false, "image is referenced in multiple repositories");
        }

        return mask.HasFlag(Conflicts.StoppedContainer) && uses.FirstOrDefault(use => !use.IsRunning) is { } stopped
            ? new Conflict(false, true, "image is being used by stopped container " + Short(stopped))
            : null;
    }

    private static string Short(ImageUse use) => ContentDigest.Short(use.ContainerId);

    private static RefusedException Refused(StoredImage image, Conflict conflict) => new(
        ErrorKind.Conflict,
        $"conflict: unable to delete {ContentDigest.Short(image.Id)} "
            + $"({(conflict.IsHard ? "cannot be forced" : "must be forced")}) - {conflict.Why}");

    /// <summary>All names are of one repository, with at most one tag. False when there are none.</summary>
    internal static bool IsSingle(IReadOnlyList<ImageReference> names) =>
        names.Count > 0
        && names.Select(name => name.Name).Distinct().Count() == 1
        && names.Count(name => name.Tag is not null) <= 1;
}
