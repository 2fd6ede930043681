using System.Net;
using Skep.Agent.Containerd;
using Skep.Agent.Images.Content;
using Skep.Agent.Images.Layers;
using Skep.Docker.Images;
using Skep.Swarm;

namespace Skep.Agent.Images.Registry;

/// <summary>Brings one layer from a registry into the content store, resuming where a connection broke.</summary>
internal sealed class BlobDownload(
    RegistryClient registry,
    ContainerdClient containerd,
    RegistryOptions options,
    DiskSpace disk,
    IdSource ids,
    TimeProvider time)
{
    /// <exception cref="RefusedException">Bytes or size are not those of the descriptor, or the disk is
    /// full.</exception>
    public async Task RunAsync(
        Descriptor blob, ImageLease lease, LayerProgress progress, CancellationToken stop)
    {
        var retries = new Retries(options, ids, time)
        {
            OnPause = pause => progress.SayAsync(
                $"Retrying in {Math.Ceiling(pause.TotalSeconds)} second{(pause.TotalSeconds > 1 ? "s" : "")}", stop),
        };
        disk.Require(blob.Size, $"layer {blob.Digest}");
        await using var write = new ContentWrite(containerd, lease, blob.Digest, blob.Size, stop);
        if (!await write.OpenAsync())
        {
            return;
        }

        for (int attempt = 1; write.SentBytes < blob.Size || attempt == 1; attempt++)
        {
            try
            {
                await TransferAsync(blob, write, progress, stop);
            }
            catch (Exception e) when (e is RegistryRefusal or HttpRequestException or IOException
                or OperationCanceledException
                && attempt < ImageLimits.DownloadAttemptCount && Retries.IsTransient(e, stop))
            {
                await retries.PauseAsync(attempt, (e as RegistryRefusal)?.RetryAfter, stop);
            }
            catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
            {
                throw StallWatch.Stalled(options.StallTime, e);
            }
        }

        await progress.SayAsync("Verifying Checksum", stop);
        if (write.Digest != blob.Digest)
        {
            throw new RefusedException(
                ErrorKind.Failed, $"filesystem layer verification failed for digest {blob.Digest}");
        }

        await write.CommitAsync(new Dictionary<string, string>());
    }

    private async Task TransferAsync(
        Descriptor blob, ContentWrite write, LayerProgress progress, CancellationToken stop)
    {
        using var stall = new StallWatch(options.StallTime, time, stop);
        using HttpResponseMessage response = await registry.OpenBlobAsync(blob, write.SentBytes, stall.Token);
        long skipBytes = SkipOf(response, blob, write.SentBytes);
        await using Stream body = await response.Content.ReadAsStreamAsync(stall.Token);
        var buffer = new byte[ImageLimits.ContentChunkBytes];
        while (await FillAsync(body, buffer, stall) is > 0 and var read)
        {
            int skipped = (int)Math.Min(skipBytes, read);
            skipBytes -= skipped;
            if (write.SentBytes + read - skipped > blob.Size)
            {
                throw WrongSize(blob, "more");
            }

            await write.SendAsync(buffer.AsMemory(skipped, read - skipped));
            disk.Require(0, $"layer {blob.Digest}");
            await progress.BytesAsync("Downloading", write.SentBytes, blob.Size, stop);
        }

        if (write.SentBytes < blob.Size)
        {
            throw new IOException($"the connection ended after {write.SentBytes} of {blob.Size} bytes");
        }
    }

    // A full buffer makes few messages to containerd; a broken connection must still leave what has arrived.
    private static async Task<int> FillAsync(Stream body, byte[] buffer, StallWatch stall)
    {
        int filled = 0;
        try
        {
            while (filled < buffer.Length)
            {
                int read = await body.ReadAsync(buffer.AsMemory(filled), stall.Token);
                if (read == 0)
                {
                    break;
                }

                stall.Moved();
                filled += read;
            }
        }
        catch (Exception e) when (filled > 0 && e is IOException or HttpRequestException)
        {
            // The next read fails again, after these bytes have been stored.
            _ = e;
        }

        return filled;
    }

    // How many bytes of the answer we have already. A registry may ignore the range and begin again.
    private static long SkipOf(HttpResponseMessage response, Descriptor blob, long sentBytes)
    {
        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            return response.Content.Headers.ContentRange?.From == sentBytes
                ? 0
                : throw new IOException("the registry sent another range than was asked for");
        }

        long? announced = response.Content.Headers.ContentLength;
        return announced is null || announced == blob.Size ? sentBytes : throw WrongSize(blob, $"{announced}");
    }

    private static RefusedException WrongSize(Descriptor blob, string found) => new(
        ErrorKind.Failed, $"filesystem layer verification failed for digest {blob.Digest}: "
            + $"{found} bytes instead of {blob.Size}");
}
