using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using Methods = Skep.Transport.Contracts.SwarmKitMethods.Control;

namespace Skep.Manager.Control;

/// <summary>SwarmKit's Control service: what other managers, of either make, ask of this one as the leader.</summary>
/// <remarks>
/// Other managers come with their own certificates, so there is nothing to send on: a manager that leads no more
/// refuses, and the caller looks for the new leader.
/// </remarks>
public sealed partial class ControlService
{
    private readonly ISwarmControl control;

    private ControlService(ISwarmControl control) => this.control = control;

    public static void Map(RpcRoutes routes, ISwarmControl control)
    {
        var service = new ControlService(control);
        routes
            .Unary(Methods.GetCluster, RpcAccess.Manager, (request, _, stop) => service.GetAsync(request, stop))
            .Unary(Methods.ListClusters, RpcAccess.Manager, (request, _, stop) => service.ListAsync(request, stop))
            .Unary(Methods.UpdateCluster, RpcAccess.Manager, (request, _, stop) => service.UpdateAsync(request, stop))
            .Unary(Methods.GetNode, RpcAccess.Manager, (request, _, stop) => service.GetAsync(request, stop))
            .Unary(Methods.ListNodes, RpcAccess.Manager, (request, _, stop) => service.ListAsync(request, stop))
            .Unary(Methods.UpdateNode, RpcAccess.Manager, (request, _, stop) => service.UpdateAsync(request, stop))
            .Unary(Methods.RemoveNode, RpcAccess.Manager, (request, _, stop) => service.RemoveAsync(request, stop));
        service.MapSecrets(routes);
        service.MapServices(routes);
        service.MapNetworks(routes);
        MapNotYet(routes);
    }

    private async Task<GetClusterResponse> GetAsync(GetClusterRequest request, CancellationToken stop) =>
        new() { Cluster = ClusterWire.ToWire(await control.GetClusterAsync(new(request.ClusterId), stop)) };

    private async Task<ListClustersResponse> ListAsync(ListClustersRequest request, CancellationToken stop)
    {
        var found = await control.ListClustersAsync(QueryWire.ToQuery(request.Filters), stop);
        return new() { Clusters = { found.Select(cluster => ClusterWire.ToWire(cluster)) } };
    }

    private async Task<UpdateClusterResponse> UpdateAsync(UpdateClusterRequest request, CancellationToken stop)
    {
        var rotation = request.Rotation ?? new();
        var cluster = await control.UpdateClusterAsync(
            new(request.ClusterId),
            Given(request.ClusterVersion),
            Given(ClusterSpecWire.ToRecord(request.Spec)),
            new(rotation.WorkerJoinToken, rotation.ManagerJoinToken, rotation.ManagerUnlockKey),
            stop);
        return new() { Cluster = ClusterWire.ToWire(cluster) };
    }

    private async Task<GetNodeResponse> GetAsync(GetNodeRequest request, CancellationToken stop) =>
        new() { Node = NodeWire.ToWire(await control.GetNodeAsync(new(request.NodeId), stop)) };

    private async Task<ListNodesResponse> ListAsync(ListNodesRequest request, CancellationToken stop)
    {
        var found = await control.ListNodesAsync(QueryWire.ToQuery(request.Filters), stop);
        return new() { Nodes = { found.Select(node => NodeWire.ToWire(node)) } };
    }

    private async Task<UpdateNodeResponse> UpdateAsync(UpdateNodeRequest request, CancellationToken stop)
    {
        var node = await control.UpdateNodeAsync(
            new(request.NodeId), Given(request.NodeVersion), Given(NodeWire.ToRecord(request.Spec)), stop);
        return new() { Node = NodeWire.ToWire(node) };
    }

    private async Task<RemoveNodeResponse> RemoveAsync(RemoveNodeRequest request, CancellationToken stop)
    {
        await control.RemoveNodeAsync(new(request.NodeId), request.Force, stop);
        return new();
    }

    private static ObjectVersion Given(Skep.Transport.Contracts.Version? version) =>
        PlainWire.ToRecord(version) ?? throw Missing();

    private static T Given<T>(T? part)
        where T : class =>
        part ?? throw Missing();

    private static RefusedException Missing() => SwarmRefusal.Of(SwarmCode.InvalidArgument, "invalid argument");
}
