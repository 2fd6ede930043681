using Skep.Docker.Filters;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Agent.Images;

/// <summary>Which images a list shows, and under which of their names: Docker's filters of "images".</summary>
internal sealed class ImageSelection
{
    private readonly Filters filters;
    private readonly bool isDanglingAsked;
    private readonly bool isDanglingOnly;
    private readonly DateTimeOffset? before;
    private readonly DateTimeOffset? since;
    private readonly IReadOnlyList<ReferencePattern> patterns;

    /// <exception cref="RefusedException">A filter that is unknown, or that names no image.</exception>
    public ImageSelection(Filters filters, ImageSet set, DateTimeOffset now)
    {
        filters.RequireKnown("dangling", "label", "before", "since", "reference", "until");
        this.filters = filters;
        isDanglingAsked = filters.Has("dangling");
        isDanglingOnly = filters.Flag("dangling", whenAbsent: false);
        patterns = [.. filters.Values("reference").Select(glob => new ReferencePattern(glob))];

        // Several values mean all of them: the earliest "before" and the latest "since" decide.
        before = Earliest(
            [.. filters.Values("before").Select(name => CreatedOf(name, set)),
             .. filters.Values("until").Select(text => (DateTimeOffset?)Timestamps.Parse(text, now))]);
        since = filters.Values("since").Select(name => CreatedOf(name, set)).Max();
    }

    /// <summary>The names that match the filter "reference".</summary>
    public IReadOnlyList<ImageReference> NamesToShow(IEnumerable<ImageReference> names) =>
        [.. names.Where(name => patterns.Count == 0 || patterns.Any(pattern => pattern.Matches(name)))];

    public bool Takes(StoredImage image, IReadOnlyList<ImageReference> shown, bool isIntermediate)
    {
        if ((before is not null && !(image.Created < before)) || (since is not null && !(image.Created > since))
            || !filters.MatchesLabels("label", image.Labels))
        {
            return false;
        }

        if (shown.Count == 0)
        {
            bool isExcluded = (isDanglingAsked && !isDanglingOnly) || patterns.Count > 0;
            return !isIntermediate && !isExcluded;
        }

        return !isDanglingOnly || shown.All(name => name.Tag is null);
    }

    private static DateTimeOffset? CreatedOf(string nameOrId, ImageSet set)
    {
        StoredImage image = set.Find(nameOrId) ?? throw new RefusedException(
            ErrorKind.NotFound,
            "No such image: " + (ImageReference.TryParse(nameOrId)?.WithDefaultTag().Familiar ?? nameOrId));
        return image.Created;
    }

    private static DateTimeOffset? Earliest(IReadOnlyList<DateTimeOffset?> times) => times.Min();
}
