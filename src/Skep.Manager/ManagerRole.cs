using Skep.Manager.Consensus;
using Skep.Manager.Dispatch;
using Skep.Manager.Networks;
using Skep.Manager.Storage;
using Skep.Transport.Identity;
using Skep.Transport.Parts;
using Skep.Transport.Rpc;

namespace Skep.Manager;

/// <summary>One manager of a swarm, put together from top to bottom.</summary>
/// <remarks>Runs once.</remarks>
public sealed partial class ManagerRole
{
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManagerOptions options;
    private readonly PeerLinksOptions peers;
    private readonly PeerLinks links;
    private readonly RaftPort port;
    private volatile RaftDriver? driver;

    public ManagerRole(ManagerOptions options)
    {
        this.options = options;
        peers = new PeerLinksOptions { Connect = Connect, Time = options.Time, Log = options.Log };
        links = new PeerLinks(peers);
        port = new RaftPort(links, options.Time, options.Log);
    }

    /// <summary>Ends when the store has been read up to a leader's word, so that control can answer.</summary>
    public Task Ready => ready.Task;

    /// <summary>Takes part until told to stop, or until it is no member any more.</summary>
    public async Task<ManagerEnd> RunAsync(CancellationToken stop)
    {
        // It must answer on its port before it joins: whoever takes it in calls it back first.
        var routes = new RpcRoutes();
        port.Map(routes);
        MapBeforeJoin(routes);
        await using RpcServer server = await RpcServer.StartAsync(ServerOptions(), routes, stop);
        using RaftStorage storage = await OpenStorageAsync(stop);
        RaftDriver raft = OpenDriver(storage);
        driver = raft;
        links.Attach(raft);
        var membership = new Membership(
            raft, links, new PeerProbe(peers).ProbeAsync, options.Ids, options.Log);
        port.Serve(raft, membership);
        Dispatcher dispatcher = NewDispatcher(raft);
        dispatching = dispatcher;
        var networks = new NetworkFeed(raft.Store);
        MapAfterJoin(routes, raft, membership, dispatcher, networks);
        await Supervise.RunAsync(
            [
                end => HandOverAtEndAsync(raft, membership, stop, end),
                raft.RunAsync,
                links.RunAsync,
                NewAddressUpkeep(raft).RunAsync,
                BecomeReadyAsync,
                end => FoundAsync(raft, end),
                NewLeaderLoop(raft, membership).RunAsync,
                end => WhileLeadingAsync(raft, dispatcher.LeadAsync, end),
                end => FeedAsync(raft, dispatcher, end),
                networks.RunAsync,
                NewSigning(raft).RunAsync,
                NewKeys(raft).RunAsync,
                end => RecheckAsync(raft, server, end),
                end => server.Failure.WaitAsync(end),
                end => raft.Removed.WaitAsync(end),
            ],
            CancellationToken.None);
        stop.ThrowIfCancellationRequested();
        Invariant.Holds(raft.Removed.IsCompletedSuccessfully);
        return ManagerEnd.Removed;
    }

    private RpcServerOptions ServerOptions() => new()
    {
        EndPoints = [options.Listen],
        LocalSocket = options.LocalSocket,
        LocalAddress = OwnAddress,
        Credentials = options.Credentials,
        IsRemoved = IsRemoved,
        KeepAlive = () => DispatchTimings.KeepAlive(driver?.Store.Committed.Nodes.Count ?? 0),
        Time = options.Time,
        Log = options.Log,
    };

    // A manager that was told no address has the one that the leader saw it come from, and the log has it.
    private string OwnAddress()
    {
        if (!AddressUpkeep.IsUnspecified(options.AdvertiseAddress))
        {
            return options.AdvertiseAddress;
        }

        return driver?.Status.Value.Members.Members.TryGetValue(driver.RaftId, out Member? self) is true
            && !AddressUpkeep.IsUnspecified(self.Address)
            ? self.Address
            : "";
    }

    private RpcChannel Connect(string address, TimeSpan? keepAlive) => RpcChannel.ToNode(
        address,
        new RpcChannelOptions
        {
            Tls = () => options.Credentials.ClientOptions(NodeIdentity.ManagerName),
            KeepAlive = keepAlive,
        });

    private async Task BecomeReadyAsync(CancellationToken stop)
    {
        await driver!.Status.WaitAsync(status => status.Leadership.Leader != 0, stop);
        while (driver.Store.Committed.Cluster is null)
        {
            await Task.Delay(ManagerLimits.FirstObjectsPoll, options.Time, stop);
        }

        if (options.Founded is not null || options.Restoring is not null)
        {
            options.OnBegun();
        }

        ready.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, options.Time, stop);
    }
}
