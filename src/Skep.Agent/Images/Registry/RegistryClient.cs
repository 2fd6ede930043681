using System.Net.Http.Headers;
using System.Text.Json;
using Skep.Docker.Images;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Agent.Images.Registry;

/// <summary>A manifest or index as it came, with the digest that it really has.</summary>
internal sealed record FetchedManifest(
    byte[] Bytes, string MediaType, string Digest, ImageIndex? Index, ImageManifest? Manifest);

/// <summary>The questions that pulling asks of a registry, each asked again when that may help.</summary>
internal sealed class RegistryClient(RegistrySession session, Retries retries)
{
    public RegistrySession Session => session;

    /// <param name="tagOrDigest">A digest is checked against what comes; what the registry's headers say is not
    /// asked.</param>
    public Task<FetchedManifest> ManifestAsync(string tagOrDigest, CancellationToken stop) =>
        retries.RunAsync(
            async attempt =>
            {
                using HttpResponseMessage response = await session.GetAsync(
                    $"{session.Path}/manifests/{tagOrDigest}", MediaTypes.Manifests, range: null, attempt);
                byte[] bytes = await SmallBody.ReadAsync(response.Content, ImageDocuments.ManifestBytesMax, attempt);
                string digest = ImageParts.Digest(bytes);
                if (tagOrDigest.Contains(':') && digest != tagOrDigest)
                {
                    throw new RefusedException(
                        ErrorKind.Failed, $"manifest verification failed for digest {tagOrDigest}");
                }

                string? type = response.Content.Headers.ContentType?.MediaType;
                (ImageIndex? index, ImageManifest? manifest) = ImageDocuments.ReadManifest(bytes, type);
                string mediaType = index?.MediaType ?? manifest?.MediaType ?? type
                    ?? (index is not null ? MediaTypes.OciIndex : MediaTypes.OciManifest);
                return new FetchedManifest(bytes, mediaType, digest, index, manifest);
            },
            stop);

    /// <summary>A small blob, whole: an image's configuration.</summary>
    public Task<byte[]> BlobAsync(Descriptor blob, int bytesMax, CancellationToken stop) =>
        retries.RunAsync(
            async attempt =>
            {
                using HttpResponseMessage response = await OpenBlobAsync(blob, 0, attempt);
                byte[] bytes = await SmallBody.ReadAsync(response.Content, bytesMax, attempt);
                return bytes.Length == blob.Size && ImageParts.Digest(bytes) == blob.Digest
                    ? bytes
                    : throw new RefusedException(
                        ErrorKind.Failed, $"image config verification failed for digest {blob.Digest}");
            },
            stop);

    /// <summary>
    /// Begins to read a blob at an offset; the answer may ignore the offset (then it is 200, not 206).
    /// </summary>
    public Task<HttpResponseMessage> OpenBlobAsync(Descriptor blob, long offsetBytes, CancellationToken stop) =>
        session.GetAsync(
            $"{session.Path}/blobs/{blob.Digest}",
            [],
            offsetBytes > 0 ? new RangeHeaderValue(offsetBytes, null) : null,
            stop);

    public async Task<IReadOnlyList<string>> TagsAsync(CancellationToken stop)
    {
        var tags = new List<string>();
        string? page = $"{session.Path}/tags/list";
        while (page is not null)
        {
            string path = page;
            (IReadOnlyList<string> more, page) = await retries.RunAsync(attempt => TagsPageAsync(path, attempt), stop);
            tags.AddRange(more);
            if (tags.Count > ImageLimits.TagCountMax)
            {
                throw new RefusedException(
                    ErrorKind.Failed, $"{session.Path} has more than {ImageLimits.TagCountMax} tags");
            }
        }

        return tags;
    }

    private async Task<(IReadOnlyList<string> Tags, string? Next)> TagsPageAsync(string path, CancellationToken stop)
    {
        using HttpResponseMessage response = await session.GetAsync(path, [], range: null, stop);
        byte[] bytes = await SmallBody.ReadAsync(response.Content, stop);
        try
        {
            TagsAnswer? answer = JsonSerializer.Deserialize(bytes, RegistryJson.Default.TagsAnswer);
            string[] tags = [.. (answer?.Tags ?? []).Where(
                tag => ImageReference.TryParse($"{session.Path}:{tag}")?.Tag == tag)];
            return (tags, tags.Length == 0 ? null : NextPage(response));
        }
        catch (JsonException e)
        {
            throw new RefusedException(ErrorKind.Failed, "the registry's list of tags is broken: " + e.Message, e);
        }
    }

    // Link: </v2/name/tags/list?n=100&last=x>; rel="next". Only the query is taken over, never a place to go to.
    private string? NextPage(HttpResponseMessage response)
    {
        string link = response.Headers.TryGetValues("Link", out IEnumerable<string>? values) ? values.First() : "";
        int query = link.IndexOf('?'), end = link.IndexOf('>');
        return query > 0 && end > query && link.Contains("rel=\"next\"")
            ? $"{session.Path}/tags/list{link[query..end]}"
            : null;
    }
}
