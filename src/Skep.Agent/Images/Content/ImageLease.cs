using System.Globalization;
using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Docker.References;
using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Agent.Images.Content;

/// <summary>
/// Keeps what one pull, load or import makes from garbage collection until an image refers to it, and lets all of it go
/// when the operation fails.
/// </summary>
/// <remarks>
/// Dispose it after the image's record stands. It carries an end time, so that a daemon that dies and is never started
/// again leaves nothing for good; one that is started again removes the lease itself.
/// </remarks>
internal sealed class ImageLease : IAsyncDisposable
{
    /// <summary>Marks the leases of image operations, so that the next start can end those of a crash.</summary>
    private const string OwnLabel = "skep.image-operation";

    // Ending a lease is cleaning up: it goes on when the operation has been cancelled, but not for ever.
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(30);

    private readonly ContainerdClient containerd;
    private readonly TimeProvider time;
    private int references;
    private bool kept;

    private ImageLease(ContainerdClient containerd, TimeProvider time, string id)
    {
        this.containerd = containerd;
        this.time = time;
        Id = id;
    }

    public string Id { get; }

    public static async Task<ImageLease> TakeAsync(
        ContainerdClient containerd, IdSource ids, TimeProvider time, CancellationToken stop)
    {
        var lease = new ImageLease(containerd, time, "skep-image-" + ids.NewHex(16));
        DateTimeOffset end = time.GetUtcNow() + ImageLimits.LeaseTime;
        await containerd.CallAsync(
            ContainerdApi.Leases.Create,
            new CreateLeaseRequest
            {
                Id = lease.Id,
                Labels =
                {
                    [OwnLabel] = "1",
                    ["containerd.io/gc.expire"] = end.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                },
            },
            stop);
        return lease;
    }

    /// <summary>Ends the leases that a crashed daemon left. Call it before any image operation.</summary>
    public static async Task EndAllAsync(ContainerdClient containerd, CancellationToken stop)
    {
        ListLeasesResponse all = await containerd.CallAsync(
            ContainerdApi.Leases.List, new ListLeasesRequest(), stop);
        foreach (Lease lease in all.Leases.Where(lease => lease.Labels.ContainsKey(OwnLabel)))
        {
            await EndAsync(containerd, lease.Id, wait: true, stop);
        }
    }

    /// <summary>A name for a write in progress that no other write has.</summary>
    public string NextReference(string? digest) =>
        $"{Id}-{Interlocked.Increment(ref references)}-{(digest is null ? "new" : ContentDigest.Short(digest))}";

    /// <summary>Keeps a blob or snapshot that is there already. Ask for it before checking that it is.</summary>
    /// <param name="type">"content" or "snapshots/NAME".</param>
    public async Task HoldAsync(string type, string id, CancellationToken stop)
    {
        await containerd.CallAsync(
            ContainerdApi.Leases.AddResource,
            new AddLeaseResourceRequest { Id = Id, Resource = new LeaseResource { Id = id, Type = type } },
            stop);
    }

    /// <summary>
    /// Says that an image refers to everything now, so that ending the lease need not wait for a collection.
    /// </summary>
    public void Keep() => kept = true;

    public async ValueTask DisposeAsync()
    {
        using var end = new CancellationTokenSource(EndTime, time);
        try
        {
            await EndAsync(containerd, Id, wait: !kept, end.Token);
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException)
        {
            // containerd is away or slow. The lease ends with the next start of the daemon, or by its own end time;
            // the operation's own outcome, which the caller is about to see, matters more.
            _ = e;
        }
    }

    private static async Task EndAsync(
        ContainerdClient containerd, string id, bool wait, CancellationToken stop)
    {
        try
        {
            await containerd.CallAsync(
                ContainerdApi.Leases.Delete, new DeleteLeaseRequest { Id = id, Sync = wait }, stop);
        }
        catch (RpcException e) when (e.Status == RpcStatus.NotFound)
        {
            // Its end time came first.
            _ = e;
        }
    }
}
