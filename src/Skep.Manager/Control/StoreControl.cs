using Skep.Manager.Consensus;
using Skep.Manager.Logs;
using Skep.Swarm;
using Skep.Swarm.Clusters;
using Skep.Swarm.Nodes;
using Skep.Swarm.Objects;
using Skep.Swarm.Services;
using Skep.Swarm.Store;
using Skep.Transport.Identity;

namespace Skep.Manager.Control;

/// <summary>Finds out what the certificate authority becomes under new settings; may ask an external one.</summary>
/// <param name="cluster">As it is.</param>
/// <param name="wanted">What its user wants of the authority.</param>
/// <param name="stop">When to give up.</param>
public delegate Task<RootCA> ChangeRoot(Cluster cluster, CAConfig wanted, CancellationToken stop);

/// <summary>The control API where the store is: on the leader.</summary>
/// <remarks>Reads are linearizable on any manager; writes are refused where this manager does not lead.</remarks>
public sealed partial class StoreControl(
    ReplicatedStore store,
    Func<Quorum> quorum,
    ChangeRoot changeRoot,
    ContainerFormats formats,
    LogBroker logs,
    IdSource ids) : ISwarmControl
{
    /// <summary>
    /// Tasks of a removed node that are ended per transaction, so that it stays far below the log's limit.
    /// </summary>
    private const int OrphansPerTransaction = Swarm.Limits.TransactionChanges;

    public async Task<Cluster> GetClusterAsync(ClusterId id, CancellationToken stop) =>
        ClusterChanges.Redact(ClusterChanges.Require(await store.ReadAsync(stop), id));

    public async Task<IReadOnlyList<Cluster>> ListClustersAsync(ObjectQuery query, CancellationToken stop) =>
        [.. query.ClustersIn(await store.ReadAsync(stop)).Select(ClusterChanges.Redact)];

    public async Task<Cluster> UpdateClusterAsync(
        ClusterId id, ObjectVersion version, ClusterSpec spec, KeyRotation rotation, CancellationToken stop)
    {
        ClusterChanges.Check(spec);
        Cluster cluster = ClusterChanges.Require(await store.ReadAsync(stop), id);
        if (cluster.Meta.Version != version)
        {
            throw SwarmRefusal.Of(SwarmCode.Unknown, SwarmRefusal.OutOfSequence);
        }

        // Outside of the transaction, for it may take seconds. The version makes sure that it was worked out from the
        // cluster that is then changed.
        RootCA root = await changeRoot(cluster, spec.CAConfig, stop);
        Cluster updated = await store.UpdateAsync(
            change => ClusterChanges.Update(change, id, version, spec, rotation, root, NewToken, NewUnlockKey), stop);
        return ClusterChanges.Redact(updated);
    }

    public async Task<Node> GetNodeAsync(NodeId id, CancellationToken stop) =>
        quorum().Describe(NodeChanges.Require(await store.ReadAsync(stop), id));

    public async Task<IReadOnlyList<Node>> ListNodesAsync(ObjectQuery query, CancellationToken stop)
    {
        StoreSnapshot now = await store.ReadAsync(stop);
        Quorum members = quorum();
        return [.. query.NodesIn(now).Select(members.Describe)];
    }

    public Task<Node> UpdateNodeAsync(NodeId id, ObjectVersion version, NodeSpec spec, CancellationToken stop) =>
        store.UpdateAsync(change => NodeChanges.Update(change, id, version, spec, quorum()), stop);

    public async Task RemoveNodeAsync(NodeId id, bool force, CancellationToken stop)
    {
        int ended;
        do
        {
            // Ends the tasks of nodes that have very many before the node itself goes, a transaction's worth each.
            ended = await store.UpdateAsync(change => EndSomeTasks(change, id, force), stop);
        }
        while (ended == OrphansPerTransaction);
        await store.UpdateAsync(change => NodeChanges.Remove(change, id, force, quorum()), stop);
    }

    private int EndSomeTasks(Transaction change, NodeId id, bool force)
    {
        NodeChanges.CheckRemoval(NodeChanges.Require(change, id), force, quorum());
        bool isMany = change.TasksOn(id).Count(task => task.Status.State < TaskState.Complete)
            > OrphansPerTransaction;
        return isMany ? NodeChanges.OrphanSome(change, id, OrphansPerTransaction) : 0;
    }

    private static string NewToken(RootCA root) => JoinToken.New(RootDigest.Of(root.CACert.Span)).Text;

    private static Bytes NewUnlockKey() => Bytes.Owning(UnlockKey.New().ToBytes());
}
