using System.Collections.Immutable;
using Skep.Docker.References;

namespace Skep.Agent.Images;

/// <summary>All images and their names at one moment. Immutable: readers need no lock.</summary>
internal sealed record ImageSet(
    ImmutableDictionary<string, StoredImage> Images, ImmutableSortedDictionary<string, ImageName> Names)
{
    public static readonly ImageSet Empty = new(
        ImmutableDictionary<string, StoredImage>.Empty,
        ImmutableSortedDictionary<string, ImageName>.Empty.WithComparers(StringComparer.Ordinal));

    /// <summary>The image by id, name or the beginning of its id, in Docker's order; null: there is none.</summary>
    /// <exception cref="Swarm.RefusedException">The text can be neither.</exception>
    public StoredImage? Find(string nameOrId)
    {
        if (IdOf(nameOrId) is { } id)
        {
            return Images.GetValueOrDefault(id);
        }

        return FindByName(ImageReference.Parse(nameOrId)) ?? FindByIdPrefix(nameOrId);
    }

    public StoredImage? FindByName(ImageReference reference) =>
        Names.TryGetValue(reference.WithOneTarget().ToString(), out ImageName? name)
            ? Images.GetValueOrDefault(name.ImageId)
            : null;

    /// <summary>Every name of an image, in order.</summary>
    public IReadOnlyList<ImageReference> NamesOf(string imageId) =>
        [.. Names.Values.Where(name => name.ImageId == imageId).Select(name => name.Reference)];

    public ILookup<string, ImageReference> NamesByImage() =>
        Names.Values.ToLookup(name => name.ImageId, name => name.Reference);

    public IReadOnlyList<StoredImage> ChildrenOf(string imageId) =>
        [.. Images.Values.Where(image => image.Parent == imageId)];

    public ImageSet With(StoredImage image) => this with { Images = Images.SetItem(image.Id, image) };

    public ImageSet With(ImageName name) => this with { Names = Names.SetItem(name.Reference.ToString(), name) };

    public ImageSet WithoutName(ImageReference reference) => this with { Names = Names.Remove(reference.ToString()) };

    public ImageSet WithoutImage(string imageId) => this with { Images = Images.Remove(imageId) };

    /// <summary>True when the text is the image's id, or the beginning of it.</summary>
    public static bool IsIdPrefix(string imageId, string text) =>
        imageId.StartsWith(text, StringComparison.Ordinal)
        || ContentDigest.Hex(imageId).StartsWith(text, StringComparison.Ordinal);

    // "sha256:" and 64 digits, or the digits alone.
    private static string? IdOf(string text) =>
        ContentDigest.IsValid(text) ? text
        : ContentDigest.IsValid("sha256:" + text) ? "sha256:" + text
        : null;

    private StoredImage? FindByIdPrefix(string text)
    {
        bool isHex = text.Length > 0 && !text.AsSpan(text.StartsWith("sha256:", StringComparison.Ordinal) ? 7 : 0)
            .ContainsAnyExcept("0123456789abcdef");
        if (!isHex)
        {
            return null;
        }

        StoredImage? found = null;
        foreach (StoredImage image in Images.Values)
        {
            if (IsIdPrefix(image.Id, text))
            {
                if (found is not null)
                {
                    return null; // Two images begin so: the text names neither.
                }

                found = image;
            }
        }

        return found;
    }
}
