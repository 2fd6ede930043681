using System.Collections.Immutable;
using Skep.Manager.Consensus;
using Skep.Manager.Control;
using Skep.Manager.Dispatch;
using Skep.Manager.Health;
using Skep.Manager.Leader;
using Skep.Manager.Logs;
using Skep.Manager.Resources;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Rpc;

namespace Skep.Manager;

// What other nodes, and this node's users, may ask of this manager beside consensus itself.
public sealed partial class ManagerRole
{
    private readonly HealthService health = new() { IsRaftServing = true };
    private volatile ISwarmControl? control;

    /// <summary>What users ask of the swarm, at whichever manager leads; null until <see cref="Ready"/> has ended.</summary>
    public ISwarmControl? Control => ready.Task.IsCompletedSuccessfully ? control : null;

    private void MapBeforeJoin(RpcRoutes routes) => health.Map(routes);

    private void MapAfterJoin(
        RpcRoutes routes, RaftDriver raft, Membership membership, Dispatcher dispatcher)
    {
        var own = new StoreControl(
            raft.Store, membership.ToQuorum, (cluster, _, _) => Task.FromResult(cluster.RootCA), options.Ids);
        control = new ForwardingControl(own, port.FindLeaderAsync, options.Time);
        ControlService.Map(routes, own);
        dispatcher.AddTo(routes.AtLeader(port.FindLeaderAsync));
        new LogBroker(raft.Status).Map(routes, port.FindLeaderAsync);
        new ResourceAllocator(raft.Store).Map(routes, port.FindLeaderAsync);
    }

    private LeaderLoop NewLeaderLoop(RaftDriver raft, Membership membership) => new(
        raft.Store, raft.Status, membership, ImmutableArray<Skep.Swarm.Decisions.Decider>.Empty, options.Ids,
        options.Time, options.Log);
}
