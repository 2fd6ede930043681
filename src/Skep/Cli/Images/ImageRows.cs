using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Tables;

namespace Skep.Cli.Images;

/// <summary>A row of docker images: one for each name of an image.</summary>
internal sealed record ImageRow(
    JsonElement Summary, string Repository, string Tag, string Digest, bool Truncates, TimeProvider Time)
{
    private const string None = "<none>";

    public static readonly RowShape<ImageRow> Shape = new("*formatter.imageContext",
    [
        new("Containers", "CONTAINERS", row => row.Summary.Number("Containers") is >= 0 and var count
            ? count.ToString(CultureInfo.InvariantCulture) : "N/A"),
        new("CreatedAt", "CREATED AT", row => Human.Moment(row.Summary.Number("Created"), row.Time)),
        new("CreatedSince", "CREATED", row => Human.Ago(row.Summary.Number("Created"), row.Time)),
        new("Digest", "DIGEST", row => row.Digest),
        new("ID", "IMAGE ID", row => row.Truncates
            ? Human.ShortId(row.Summary.Text("Id")) : row.Summary.Text("Id")),
        new("Repository", "REPOSITORY", row => row.Repository),
        new("SharedSize", "SHARED SIZE", row => Known(row.Summary.Number("SharedSize"))),
        new("Size", "SIZE", row => Human.Size(row.Summary.Number("Size"))),
        new("Tag", "TAG", row => row.Tag),
        new("UniqueSize", "UNIQUE SIZE", row => row.Summary.Number("SharedSize") < 0
            ? "N/A" : Human.Size(row.Summary.Number("Size") - row.Summary.Number("SharedSize"), 4)),
        new("VirtualSize", "SIZE", row => Human.Size(row.Summary.Number("Size"), 4)),
    ]);

    /// <param name="showsDigests">One row for each digest, too.</param>
    public static IEnumerable<ImageRow> Of(
        JsonElement summary, bool truncates, bool needsDigest, bool showsDigests, TimeProvider time)
    {
        ImageRow Row(string repository, string tag, string digest) =>
            new(summary, repository, tag, digest, truncates, time);
        ILookup<string, string> tags = summary.Texts("RepoTags").Where(name => !name.StartsWith(None))
            .ToLookup(name => ImageName.Familiar(ImageName.Repository(name)), name => ImageName.Tag(name) ?? None);
        ILookup<string, string> digests = summary.Texts("RepoDigests").Where(name => !name.StartsWith(None))
            .ToLookup(name => ImageName.Familiar(ImageName.Repository(name)), name => ImageName.Digest(name) ?? None);
        if (tags.Count == 0 && digests.Count == 0)
        {
            return [Row(None, None, None)];
        }

        IEnumerable<ImageRow> tagged = tags.SelectMany(repository => repository.SelectMany(tag =>
            needsDigest && digests.Contains(repository.Key)
                ? digests[repository.Key].Select(digest => Row(repository.Key, tag, digest))
                : [Row(repository.Key, tag, None)]));
        IEnumerable<ImageRow> untagged = digests.Where(repository => !tags.Contains(repository.Key))
            .SelectMany(repository => showsDigests
                ? repository.Select(digest => Row(repository.Key, None, digest))
                : [Row(repository.Key, None, "")]);
        return tagged.Concat(untagged);
    }

    private static string Known(long bytes) => bytes < 0 ? "N/A" : Human.Size(bytes, 4);
}
