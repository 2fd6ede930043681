using Skep.Swarm;

namespace Skep.Agent.Images;

public sealed partial class ImageEngine
{
    /// <summary>Bytes of an image's files; 0: there is no such image any more.</summary>
    public long SizeOf(string imageId) => store.Current.Find(imageId)?.SizeBytes ?? 0;

    /// <summary>The id of the image that a name, an id or its beginning means now; null: none.</summary>
    public string? TryFindId(string nameOrId)
    {
        try
        {
            return store.Current.Find(nameOrId)?.Id;
        }
        catch (RefusedException)
        {
            // Not a name at all, or the beginning of several ids: it means no image.
            return null;
        }
    }
}
