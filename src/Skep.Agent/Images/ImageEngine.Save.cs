using Skep.Agent.Images.Archives;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Agent.Images;

public sealed partial class ImageEngine
{
    /// <summary>Writes images as one archive. Unknown names are refused before the first byte is written.</summary>
    /// <param name="names">Names and ids; a name without a tag means all tags of that repository.</param>
    public Task SaveAsync(IReadOnlyList<string> names, Stream output, CancellationToken stop)
    {
        return GuardAsync(SaveAsync);

        async Task SaveAsync()
        {
            IReadOnlyList<(StoredImage Image, IReadOnlyList<ImageReference> Names)> images = Chosen(names);
            await using var buffered = new BufferedStream(new UnownedStream(output), 64 << 10);
            await new ImageSaver(content, store, buffered).SaveAsync(images, stop);
            await buffered.FlushAsync(stop);
            foreach ((StoredImage image, _) in images)
            {
                Publish("save", image.Id, image.Id, image);
            }
        }
    }

    private List<(StoredImage Image, IReadOnlyList<ImageReference> Names)> Chosen(IReadOnlyList<string> names)
    {
        ImageSet set = store.Current;
        var order = new List<string>();
        var byImage = new Dictionary<string, List<ImageReference>>();
        foreach (string name in names)
        {
            StoredImage? image = set.Find(name);
            ImageReference? reference = ImageReference.TryParse(name);
            bool isId = image is not null && ImageSet.IsIdPrefix(image.Id, name);
            if (!isId && reference is { Tag: null, Digest: null })
            {
                var tagged = set.Names.Values
                    .Where(known => known.Reference.Name == reference.Name && known.Reference.Tag is not null).ToList();
                tagged.ForEach(known => Add(known.ImageId, known.Reference));
                if (tagged.Count > 0)
                {
                    continue;
                }
            }

            if (image is null)
            {
                throw new RefusedException(ErrorKind.NotFound, "No such image: " + name);
            }

            Add(image.Id, isId ? null : reference);
        }

        return [.. order.Select(id => (set.Images[id], (IReadOnlyList<ImageReference>)byImage[id]))];

        void Add(string id, ImageReference? reference)
        {
            if (!byImage.TryGetValue(id, out List<ImageReference>? known))
            {
                byImage[id] = known = [];
                order.Add(id);
            }

            if (reference?.Tag is not null && !known.Contains(reference))
            {
                known.Add(reference);
            }
        }
    }
}
