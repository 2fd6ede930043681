namespace Skep.Docker.Images;

/// <summary>Chooses from an index the image that a platform runs best.</summary>
public static class PlatformChoice
{
    /// <summary>null: none of them runs there. Among equals the first one wins.</summary>
    public static Descriptor? Choose(ImageIndex index, Platform platform)
    {
        Descriptor? best = null;
        int bestRank = int.MinValue;
        foreach (Descriptor entry in index.Manifests ?? [])
        {
            // An entry without a platform can only be meant for everybody; BuildKit's attestations say "unknown".
            int? rank = entry.Platform is null ? int.MinValue + 1 : platform.Rank(entry.Platform);
            if (rank is { } value && value > bestRank)
            {
                (best, bestRank) = (entry, value);
            }
        }

        return best;
    }
}
