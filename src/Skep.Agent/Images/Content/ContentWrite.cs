using System.Security.Cryptography;
using Google.Protobuf;
using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Transport.Rpc;

namespace Skep.Agent.Images.Content;

/// <summary>
/// One blob on its way into the store. Without a commit nothing of it stays once the lease has ended.
/// </summary>
/// <param name="digest">What the bytes must hash to; null: containerd says what they are.</param>
/// <param name="sizeBytes">0: not known before.</param>
internal sealed class ContentWrite(
    ContainerdClient containerd, ImageLease lease, string? digest, long sizeBytes, CancellationToken stop)
    : IAsyncDisposable
{
    private readonly RpcDuplex<WriteContentRequest, WriteContentResponse> call =
        containerd.Open(ContainerdApi.Content.Write, stop, lease.Id);
    private readonly string reference = lease.NextReference(digest);
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes sent so far.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Digest of the bytes sent so far.</summary>
    public string Digest => "sha256:" + Convert.ToHexStringLower(hash.GetCurrentHash());

    /// <summary>Whether somebody else wrote the same bytes, before or meanwhile: there is nothing left to do.</summary>
    public bool IsStored { get; private set; }

    /// <returns>False: the store has this blob already. It is under the lease either way.</returns>
    public async Task<bool> OpenAsync()
    {
        await AskUnlessStoredAsync(Request(WriteAction.WriteStat));
        return !IsStored;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        for (int at = 0; at < bytes.Length; at += ImageLimits.ContentChunkBytes)
        {
            ReadOnlyMemory<byte> chunk = bytes.Slice(at, Math.Min(ImageLimits.ContentChunkBytes, bytes.Length - at));
            WriteContentRequest request = Request(WriteAction.WriteData);
            request.Offset = SentBytes;
            request.Data = UnsafeByteOperations.UnsafeWrap(chunk);
            await AskUnlessStoredAsync(request);
            hash.AppendData(chunk.Span);
            SentBytes += chunk.Length;
        }
    }

    /// <summary>Makes the blob visible and durable.</summary>
    /// <returns>Its digest.</returns>
    public async Task<string> CommitAsync(IReadOnlyDictionary<string, string> labels)
    {
        WriteContentRequest request = Request(WriteAction.WriteCommit);
        request.Offset = SentBytes;
        request.Total = SentBytes;
        request.Labels.Add(labels as IDictionary<string, string> ?? labels.ToDictionary());
        WriteContentResponse? answer = await AskUnlessStoredAsync(request);
        return answer?.Digest ?? Digest;
    }

    public ValueTask DisposeAsync()
    {
        hash.Dispose();
        return call.DisposeAsync();
    }

    private WriteContentRequest Request(WriteAction action) => new()
    {
        Action = action,
        Ref = reference,
        Expected = digest ?? "",
        Total = sizeBytes,
    };

    // containerd ends a write as soon as the same bytes came from elsewhere, such as another pull of the same image.
    private async Task<WriteContentResponse?> AskUnlessStoredAsync(WriteContentRequest request)
    {
        if (IsStored)
        {
            return null;
        }

        try
        {
            return await AskAsync(request);
        }
        catch (RpcException e) when (e.Status == RpcStatus.AlreadyExists)
        {
            IsStored = true;
            if (digest is not null)
            {
                await lease.HoldAsync("content", digest, stop);
            }

            return null;
        }
    }

    private async Task<WriteContentResponse> AskAsync(WriteContentRequest request)
    {
        await call.SendAsync(request);
        return await call.ReadAsync()
            ?? throw new RpcException(RpcStatus.Unavailable, "containerd ended the write without a word");
    }
}
