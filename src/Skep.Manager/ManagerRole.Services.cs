using Skep.Manager.Authority;
using Skep.Manager.Consensus;
using Skep.Manager.Control;
using Skep.Manager.Dispatch;
using Skep.Manager.Health;
using Skep.Manager.Leader;
using Skep.Manager.Logs;
using Skep.Manager.Networks;
using Skep.Manager.Resources;
using Skep.Manager.Watching;
using Skep.Transport.Rpc;

namespace Skep.Manager;

// What other nodes, and this node's users, may ask of this manager beside consensus itself.
public sealed partial class ManagerRole
{
    private readonly HealthService health = new() { IsRaftServing = true };
    private readonly AuthorityKeeper authority = new();
    private volatile ISwarmControl? control;

    /// <summary>What users ask of the swarm, at whichever manager leads; null until it is ready.</summary>
    public ISwarmControl? Control => ready.Task.IsCompletedSuccessfully ? control : null;

    private void MapBeforeJoin(RpcRoutes routes) => health.Map(routes);

    private void MapAfterJoin(
        RpcRoutes routes, RaftDriver raft, Membership membership, Dispatcher dispatcher, NetworkFeed networks)
    {
        var roots = new RootChanges(External(), options.Time, options.Log);
        var logs = new LogBroker(raft.Store.Feed, raft.Status, options.Ids, options.Time)
        {
            Claims = claimMeter,
            Log = options.Log,
        };
        var own = new StoreControl(
            raft.Store, membership.ToQuorum, roots.ChangeAsync, options.Formats, logs, options.Ids);
        control = new ForwardingControl(own, port.FindLeaderAsync, options.Time);
        ControlService.Map(routes, own);
        new CertificateServices(raft.Store, authority, options.Ids, options.Time, options.Log)
            .Map(routes, port.FindLeaderAsync);
        dispatcher.AddTo(routes.AtLeader(port.FindLeaderAsync));
        new WatchService(() => raft.Store.Feed).Map(routes);
        logs.Map(routes, port.FindLeaderAsync);
        new ResourceAllocator(raft.Store, options.Ids, options.Time).Map(routes, port.FindLeaderAsync);
        var service = new NetworkServiceParts
        {
            Store = raft.Store,
            Feed = networks,
            Status = raft.Status,
            Claims = claimMeter,
            Ids = options.Ids,
            Time = options.Time,
            Log = options.Log,
        };
        new NetworkService(service).Map(routes, port.FindLeaderAsync);
    }

    private LeaderLoop NewLeaderLoop(RaftDriver raft, Membership membership) => new(
        raft.Store, raft.Status, membership, Deciders.All, options.Ids, options.Time, options.Log)
    {
        Meter = leaderMeter,
    };

    private CertificateSigning NewSigning(RaftDriver raft) =>
        new(raft.Store, raft.Status, authority, External(), options.Time, options.Log);

    private ManagerKeys NewKeys(RaftDriver raft) => new(
        options.KeyFile, options.Credentials, raft, authority, options.OnNewlyLocked, options.Time, options.Log);

    private ExternalSigner External() => new(options.Credentials, options.Time);
}
