using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using Cluster = Skep.Swarm.Objects.Cluster;
using ClusterSpec = Skep.Swarm.Objects.ClusterSpec;
using Methods = Skep.Transport.Contracts.SwarmKitMethods.Control;
using KeyRotation = Skep.Swarm.Clusters.KeyRotation;
using Node = Skep.Swarm.Objects.Node;
using NodeSpec = Skep.Swarm.Objects.NodeSpec;

namespace Skep.Manager.Control;

/// <summary>Asks another manager, of either make, over its cluster port.</summary>
/// <remarks>Does not own the channel. <see cref="ForwardingControl"/> words what it throws.</remarks>
internal sealed partial class ControlClient(RpcChannel leader) : ISwarmControl
{
    public async Task<Cluster> GetClusterAsync(ClusterId id, CancellationToken stop)
    {
        var answer = await leader.CallAsync(
            Methods.GetCluster, new GetClusterRequest { ClusterId = id.Value }, stop);
        return ClusterWire.ToRecord(answer.Cluster) ?? throw Missing();
    }

    public async Task<IReadOnlyList<Cluster>> ListClustersAsync(ObjectQuery query, CancellationToken stop)
    {
        var answer = await leader.CallAsync(Methods.ListClusters, QueryWire.ToClusters(query), stop);
        return [.. answer.Clusters.Select(cluster => ClusterWire.ToRecord(cluster))];
    }

    public async Task<Cluster> UpdateClusterAsync(
        ClusterId id, ObjectVersion version, ClusterSpec spec, KeyRotation rotation, CancellationToken stop)
    {
        var answer = await leader.CallAsync(
            Methods.UpdateCluster,
            new UpdateClusterRequest
            {
                ClusterId = id.Value,
                ClusterVersion = PlainWire.ToWire(version),
                Spec = ClusterSpecWire.ToWire(spec),
                Rotation = new()
                {
                    WorkerJoinToken = rotation.WorkerJoinToken,
                    ManagerJoinToken = rotation.ManagerJoinToken,
                    ManagerUnlockKey = rotation.ManagerUnlockKey,
                },
            },
            stop);
        return ClusterWire.ToRecord(answer.Cluster) ?? throw Missing();
    }

    public async Task<Node> GetNodeAsync(NodeId id, CancellationToken stop)
    {
        var answer = await leader.CallAsync(Methods.GetNode, new GetNodeRequest { NodeId = id.Value }, stop);
        return NodeWire.ToRecord(answer.Node) ?? throw Missing();
    }

    public async Task<IReadOnlyList<Node>> ListNodesAsync(ObjectQuery query, CancellationToken stop)
    {
        var answer = await leader.CallAsync(Methods.ListNodes, QueryWire.ToNodes(query), stop);
        return [.. answer.Nodes.Select(node => NodeWire.ToRecord(node))];
    }

    public async Task<Node> UpdateNodeAsync(NodeId id, ObjectVersion version, NodeSpec spec, CancellationToken stop)
    {
        var answer = await leader.CallAsync(
            Methods.UpdateNode,
            new UpdateNodeRequest
            {
                NodeId = id.Value,
                NodeVersion = PlainWire.ToWire(version),
                Spec = NodeWire.ToWire(spec),
            },
            stop);
        return NodeWire.ToRecord(answer.Node) ?? throw Missing();
    }

    public Task RemoveNodeAsync(NodeId id, bool force, CancellationToken stop) => leader.CallAsync(
        Methods.RemoveNode, new RemoveNodeRequest { NodeId = id.Value, Force = force }, stop);

    private static RpcException Missing() => new(RpcStatus.Internal, "the leader answered without the object");
}
