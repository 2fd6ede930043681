using System.Globalization;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Images.Layers;
using Skep.Docker.Images;

namespace Skep.Agent.Images;

/// <summary>The labels on blobs: containerd's own, which lead its garbage collection, and what we found out.</summary>
internal static class LayerLabels
{
    // containerd's collector follows them from a blob to what must stay with it (docs/garbage-collection.md).
    private const string ContentReference = "containerd.io/gc.ref.content.";
    private const string SnapshotReference = "containerd.io/gc.ref.snapshot.";

    /// <summary>The diff id of a packed layer; containerd's own tools write and read it too.</summary>
    private const string Uncompressed = "containerd.io/uncompressed";

    private const string TarBytes = "skep.tar-bytes";
    private const string FileBytes = "skep.file-bytes";

    public static IReadOnlyDictionary<string, string> OfManifest(ImageManifest manifest)
    {
        var labels = new Dictionary<string, string> { [ContentReference + "config"] = manifest.Config!.Digest };
        for (int i = 0; i < manifest.Layers!.Count; i++)
        {
            labels[ContentReference + "l." + i.ToString(CultureInfo.InvariantCulture)] = manifest.Layers[i].Digest;
        }

        return labels;
    }

    /// <param name="chainId">The topmost snapshot; those below it stay because it stands on them.</param>
    public static IReadOnlyDictionary<string, string> OfConfig(string snapshotter, string chainId) =>
        chainId.Length == 0
            ? new Dictionary<string, string>()
            : new Dictionary<string, string> { [SnapshotReference + snapshotter] = chainId };

    public static IReadOnlyDictionary<string, string> OfLayer(LayerFacts facts) => new Dictionary<string, string>
    {
        [Uncompressed] = facts.DiffId,
        [TarBytes] = facts.TarBytes.ToString(CultureInfo.InvariantCulture),
        [FileBytes] = facts.FileBytes.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>What an earlier inspection found; null: the blob was not inspected.</summary>
    public static LayerFacts? FactsOf(ContentInfo blob) =>
        blob.Labels.TryGetValue(Uncompressed, out string? diffId)
        && long.TryParse(blob.Labels.GetValueOrDefault(TarBytes), CultureInfo.InvariantCulture, out long tarBytes)
            ? new LayerFacts(diffId, tarBytes, FileBytesOf(blob))
            : null;

    public static long FileBytesOf(ContentInfo blob) =>
        long.TryParse(blob.Labels.GetValueOrDefault(FileBytes), CultureInfo.InvariantCulture, out long bytes)
            ? bytes
            : 0;
}
