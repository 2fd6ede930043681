using Skep.Manager.Consensus;
using Skep.Swarm;
using Skep.Swarm.Store;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using Objects = Skep.Swarm.Objects;

namespace Skep.Manager.Resources;

/// <summary>
/// Lets a node attach a container of its own, one that is no task, to a network of the swarm: the attachment is made
/// as a task of that node.
/// </summary>
/// <remarks>
/// Networks get no addresses yet, and an attachment made now would make the node wait for one: it is refused, after
/// the checks that will stay. Detaching is done in full, for attachments that a Docker leader made before us.
/// </remarks>
public sealed class ResourceAllocator(ReplicatedStore store)
{
    public void Map(RpcRoutes routes, FindLeader findLeader) => routes.AtLeader(findLeader)
        .Unary(
            SwarmKitMethods.ResourceAllocator.AttachNetwork,
            RpcAccess.Node,
            (request, _, stop) => AttachAsync(request, stop))
        .Unary(
            SwarmKitMethods.ResourceAllocator.DetachNetwork,
            RpcAccess.Node,
            (request, caller, stop) => DetachAsync(request, caller.Node, stop));

    private async Task<AttachNetworkResponse> AttachAsync(AttachNetworkRequest request, CancellationToken stop)
    {
        string target = request.Config?.Target ?? "";
        if (target.Length == 0)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "invalid argument");
        }
        var now = await store.ReadAsync(stop);
        Objects.SwarmNetwork network = now.Networks.Get(new(target)) ?? now.Networks.Named(target)
            ?? throw SwarmRefusal.Of(SwarmCode.NotFound, $"network {target} not found");
        if (!network.Spec.Attachable)
        {
            throw SwarmRefusal.Of(SwarmCode.PermissionDenied, $"network {target} not manually attachable");
        }
        throw SwarmRefusal.Of(
            SwarmCode.Unimplemented, $"network {target}: this Skep manager does not attach containers yet");
    }

    private async Task<DetachNetworkResponse> DetachAsync(
        DetachNetworkRequest request, NodeId node, CancellationToken stop)
    {
        string id = request.AttachmentId;
        if (id.Length == 0)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "invalid argument");
        }
        await store.UpdateAsync(
            transaction =>
            {
                Objects.SwarmTask task = transaction.Tasks.Get(new(id))
                    ?? throw SwarmRefusal.Of(SwarmCode.NotFound, $"attachment {id} not found");
                if (task.NodeId != node)
                {
                    throw SwarmRefusal.Of(
                        SwarmCode.PermissionDenied, $"attachment {id} doesn't belong to this node");
                }
                // SwarmKit removes whatever task is named; a node shall not remove a service's.
                if (task.Spec.Runtime is not Objects.NetworkAttachmentSpec)
                {
                    throw SwarmRefusal.Of(SwarmCode.NotFound, $"attachment {id} not found");
                }
                transaction.Delete(task);
            },
            stop);
        return new();
    }
}
