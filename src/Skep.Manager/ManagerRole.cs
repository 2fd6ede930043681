using Skep.Manager.Consensus;
using Skep.Manager.Storage;
using Skep.Swarm;
using Skep.Transport.Parts;
using Skep.Transport.Rpc;

namespace Skep.Manager;

/// <summary>One manager of a swarm, put together from top to bottom.</summary>
/// <remarks>Runs once. What it shows is there when <see cref="Ready"/> has ended.</remarks>
public sealed partial class ManagerRole(ManagerOptions options)
{
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile RaftDriver? driver;

    /// <summary>Ends when the store has been read up to a leader's word, so that control can answer.</summary>
    public Task Ready => ready.Task;

    /// <summary>Takes part until told to stop, or until it is no member any more.</summary>
    public async Task<ManagerEnd> RunAsync(CancellationToken stop)
    {
        var routes = new RpcRoutes();
        await using RpcServer server = await RpcServer.StartAsync(ServerOptions(), routes, stop);
        using RaftStorage storage = await OpenStorageAsync(stop);
        driver = OpenDriver(storage);
        bool isRemoved = false;
        await Supervise.RunAsync(
            [
                driver.RunAsync,
                BecomeReadyAsync,
                LeadAsync,
                end => server.Failure.WaitAsync(end),
                async end =>
                {
                    await driver.Removed.WaitAsync(end);
                    isRemoved = true;
                },
            ],
            stop);
        stop.ThrowIfCancellationRequested();
        Invariant.Holds(isRemoved);
        return ManagerEnd.Removed;
    }

    private RpcServerOptions ServerOptions() => new()
    {
        EndPoints = [options.Listen],
        LocalSocket = options.LocalSocket,
        Credentials = options.Credentials,
        IsRemoved = IsRemoved,
        KeepAlive = () => KeepAlive(driver?.Store.Committed.Nodes.Count ?? 0),
        Time = options.Time,
        Log = options.Log,
    };

    private bool IsRemoved(NodeId node) =>
        driver?.Store.Committed.Cluster is { } cluster && cluster.BlacklistedCertificates.ContainsKey(node.Value);

    /// <summary>Every connection costs two small packets in this time; from 500 nodes on it is stretched.</summary>
    internal static TimeSpan KeepAlive(int nodes) =>
        TimeSpan.FromSeconds(Math.Max(1, nodes / (double)ManagerLimits.PingsPerSecond));

    private async Task BecomeReadyAsync(CancellationToken stop)
    {
        await driver!.Status.WaitAsync(status => status.Leadership.Leader != 0, stop);
        while (driver.Store.Committed.Cluster is null)
        {
            await Task.Delay(ManagerLimits.FirstObjectsPoll, options.Time, stop);
        }

        ready.TrySetResult();
        await Task.Delay(Timeout.Infinite, stop);
    }
}
