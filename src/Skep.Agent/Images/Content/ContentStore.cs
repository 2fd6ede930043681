using Google.Protobuf.WellKnownTypes;
using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Agent.Images.Content;

/// <summary>containerd's store of blobs: manifests, configurations and packed layers, by their digests.</summary>
/// <remarks>
/// containerd computes the digest of what it is given and refuses a commit that does not match. What is not labelled,
/// leased or referenced by a labelled blob is collected as garbage.
/// </remarks>
internal sealed class ContentStore(ContainerdClient containerd)
{
    public async Task<ContentInfo?> FindAsync(string digest, CancellationToken stop)
    {
        try
        {
            ContentInfoResponse answer = await containerd.CallAsync(
                ContainerdApi.Content.Info, new ContentInfoRequest { Digest = digest }, stop);
            return answer.Info;
        }
        catch (RpcException e) when (e.Status == RpcStatus.NotFound)
        {
            return null;
        }
    }

    /// <summary>Every blob of the namespace, with its labels.</summary>
    public async Task<IReadOnlyDictionary<string, ContentInfo>> ListAsync(CancellationToken stop)
    {
        var all = new Dictionary<string, ContentInfo>();
        await foreach (ListContentResponse part in containerd.ReadStreamAsync(
            ContainerdApi.Content.List, new ListContentRequest(), stop))
        {
            foreach (ContentInfo info in part.Info)
            {
                all[info.Digest] = info;
            }
        }

        return all;
    }

    public async Task<byte[]> ReadAllAsync(string digest, int bytesMax, CancellationToken stop)
    {
        var all = new MemoryStream();
        await using Stream blob = OpenRead(digest, stop);
        await blob.CopyToAsync(all, stop);
        return all.Length <= bytesMax
            ? all.ToArray()
            : throw new RefusedException(ErrorKind.Failed, $"{digest} is larger than {bytesMax} bytes");
    }

    /// <summary>The blob as a stream that can be read once, forwards.</summary>
    public Stream OpenRead(string digest, CancellationToken stop) =>
        new ContentReadStream(containerd.ReadStreamAsync(
            ContainerdApi.Content.Read, new ReadContentRequest { Digest = digest }, stop), stop);

    public async Task WriteAsync(
        string digest,
        ReadOnlyMemory<byte> bytes,
        IReadOnlyDictionary<string, string> labels,
        ImageLease lease,
        CancellationToken stop)
    {
        await using var write = new ContentWrite(containerd, lease, digest, bytes.Length, stop);
        if (await write.OpenAsync())
        {
            await write.SendAsync(bytes);
            await write.CommitAsync(labels);
        }

        if (write.IsStored)
        {
            await LabelAsync(digest, labels, stop);
        }
    }

    /// <summary>Writes a stream to its end.</summary>
    /// <param name="digest">What it must hash to; null: not known before.</param>
    /// <param name="onBytes">Told how many bytes there are so far.</param>
    public async Task<(string Digest, long SizeBytes)> WriteStreamAsync(
        Stream source,
        string? digest,
        long sizeBytes,
        ImageLease lease,
        Func<long, Task> onBytes,
        CancellationToken stop)
    {
        await using var write = new ContentWrite(containerd, lease, digest, sizeBytes, stop);
        if (!await write.OpenAsync())
        {
            return (digest!, sizeBytes);
        }

        var buffer = new byte[ImageLimits.ContentChunkBytes];
        while (await source.ReadAtLeastAsync(buffer, buffer.Length, false, stop) is > 0 and var read)
        {
            await write.SendAsync(buffer.AsMemory(0, read));
            await onBytes(write.SentBytes);
        }

        if (digest is not null && write.Digest != digest)
        {
            throw new RefusedException(
                ErrorKind.Invalid, $"wrong digest: expected \"{digest}\", got \"{write.Digest}\"");
        }

        return (await write.CommitAsync(new Dictionary<string, string>()), write.SentBytes);
    }

    /// <summary>Adds labels to a blob; those it has stay.</summary>
    public async Task LabelAsync(
        string digest, IReadOnlyDictionary<string, string> labels, CancellationToken stop)
    {
        if (labels.Count == 0)
        {
            return;
        }

        var request = new UpdateContentRequest
        {
            Info = new ContentInfo { Digest = digest },
            UpdateMask = new FieldMask(),
        };
        foreach ((string name, string value) in labels)
        {
            request.Info.Labels[name] = value;
            request.UpdateMask.Paths.Add("labels." + name);
        }

        await containerd.CallAsync(ContainerdApi.Content.Update, request, stop);
    }
}
