using System.Collections.Immutable;

namespace Skep.Swarm.Networking;

/// <summary>The last pictures of the networks: whoever was away for a moment hears what was missed.</summary>
/// <remarks>
/// Pictures that say the same of networks count once, so commits about other things drive nothing out. What shall be
/// gone on from is chosen by revision and proven by its content: see docs/internals/discovery.md. Never changes.
/// </remarks>
public sealed class PictureHistory
{
    // Oldest first.
    private readonly ImmutableArray<NetworkPicture> pictures;

    private PictureHistory(ImmutableArray<NetworkPicture> pictures) => this.pictures = pictures;

    public static PictureHistory Empty { get; } = new([]);

    public int Count => pictures.Length;

    public PictureHistory Add(NetworkPicture newest)
    {
        if (!pictures.IsEmpty && newest.IsSameAs(pictures[^1]))
        {
            return this;
        }

        ImmutableArray<NetworkPicture> kept = pictures.Length < Limits.PastPictures ? pictures : pictures.RemoveAt(0);
        return new PictureHistory(kept.Add(newest.WithoutStore()));
    }

    /// <summary>What was so at a revision, or the oldest that is known. Null: nothing is known.</summary>
    public NetworkPicture? At(ulong revision)
    {
        for (int index = pictures.Length - 1; index >= 0; index--)
        {
            if (pictures[index].Revision <= revision)
            {
                return pictures[index];
            }
        }

        return pictures.IsEmpty ? null : pictures[0];
    }
}
