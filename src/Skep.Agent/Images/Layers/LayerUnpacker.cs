using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Images.Content;
using Skep.Docker.Images;
using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Agent.Images.Layers;

/// <summary>Turns layers into a stack of committed snapshots, named by their chain ids.</summary>
internal sealed class LayerUnpacker(ContainerdClient containerd, DiskSpace disk, TimeProvider time)
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(500);

    private readonly KeyedLocks turns = new();

    /// <summary>Unpacks one layer on top of those below it; nothing happens when it is unpacked already.</summary>
    /// <param name="parent">Chain id of the layer below; "" for the lowest.</param>
    /// <exception cref="RefusedException">The layer does not unpack to its diff id, or the disk is full.</exception>
    public async Task UnpackAsync(
        Descriptor layer, string diffId, string chainId, string parent, ImageLease lease, CancellationToken stop)
    {
        // Held first, asked second: what is found cannot be collected any more. One operation at a time unpacks a
        // layer; the others then find it.
        await lease.HoldAsync("snapshots/" + containerd.Snapshotter, chainId, stop);
        using IDisposable turn = await turns.TakeAsync(chainId, stop);
        if (await IsThereAsync(chainId, stop))
        {
            return;
        }

        string key = lease.NextReference(layer.Digest) + "-unpack";
        MountsResponse prepared = await containerd.CallAsync(
            ContainerdApi.Snapshots.Prepare,
            new PrepareSnapshotRequest { Snapshotter = containerd.Snapshotter, Key = key, Parent = parent },
            stop,
            lease.Id);
        ApplyResponse applied = await ApplyAsync(layer, prepared, lease, stop);
        if (applied.Applied.Digest != diffId)
        {
            throw new RefusedException(
                ErrorKind.Invalid, $"wrong diff id calculated on extraction \"{applied.Applied.Digest}\"");
        }

        try
        {
            await containerd.CallAsync(
                ContainerdApi.Snapshots.Commit,
                new CommitSnapshotRequest { Snapshotter = containerd.Snapshotter, Key = key, Name = chainId },
                stop,
                lease.Id);
        }
        catch (RpcException e) when (e.Status == RpcStatus.AlreadyExists)
        {
            // Another program was faster. Ours goes with the lease; the other's is under it (see HoldAsync).
            _ = e;
        }
    }

    /// <summary>Bytes that a snapshot takes on the disk, without those below it.</summary>
    public async Task<long> UsageAsync(string chainId, CancellationToken stop)
    {
        SnapshotUsageResponse usage = await containerd.CallAsync(
            ContainerdApi.Snapshots.Usage,
            new SnapshotUsageRequest { Snapshotter = containerd.Snapshotter, Key = chainId },
            stop);
        return usage.Size;
    }

    public async Task<bool> IsThereAsync(string chainId, CancellationToken stop)
    {
        try
        {
            StatSnapshotResponse answer = await containerd.CallAsync(
                ContainerdApi.Snapshots.Stat,
                new StatSnapshotRequest { Snapshotter = containerd.Snapshotter, Key = chainId },
                stop);
            return answer.Info.Kind == SnapshotKind.SnapshotCommitted;
        }
        catch (RpcException e) when (e.Status == RpcStatus.NotFound)
        {
            return false;
        }
    }

    // The time limit and the watch over the disk stop what an inspection could not foresee (zstd; another writer).
    private async Task<ApplyResponse> ApplyAsync(
        Descriptor layer, MountsResponse prepared, ImageLease lease, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var timeOut = new CancellationTokenSource(ImageLimits.UnpackTime, time);
        await using CancellationTokenRegistration chained = timeOut.Token.Register(limit.Cancel);
        var request = new ApplyRequest
        {
            Diff = new ContentDescriptor { MediaType = layer.MediaType, Digest = layer.Digest, Size = layer.Size },
        };
        request.Mounts.Add(prepared.Mounts);
        Task<ApplyResponse> applying = containerd.CallAsync(ContainerdApi.Diff.Apply, request, limit.Token, lease.Id);
        bool isDiskFull = false;
        while (!applying.IsCompleted)
        {
            Task pause = Task.Delay(WatchInterval, time, limit.Token);
            if (await Task.WhenAny(applying, pause) == pause && !disk.HasReserve())
            {
                isDiskFull = true;
                await limit.CancelAsync();
                break;
            }
        }

        try
        {
            return await applying;
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException
            && (isDiskFull || timeOut.IsCancellationRequested))
        {
            stop.ThrowIfCancellationRequested();
            throw isDiskFull
                ? DiskSpace.Full($"layer {layer.Digest}")
                : new RefusedException(
                    ErrorKind.Failed, $"layer {layer.Digest} was not unpacked within {ImageLimits.UnpackTime}");
        }
    }
}
