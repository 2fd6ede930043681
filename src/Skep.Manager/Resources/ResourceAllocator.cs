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
/// The call ends when the attachment has its addresses, or is refused with the reason: the container that waits for it
/// shall not have to guess.
/// </remarks>
public sealed class ResourceAllocator(ReplicatedStore store, IdSource ids, TimeProvider time)
{
    public void Map(RpcRoutes routes, FindLeader findLeader) => routes.AtLeader(findLeader)
        .Unary(
            SwarmKitMethods.ResourceAllocator.AttachNetwork,
            RpcAccess.Node,
            (request, caller, stop) => AttachAsync(request, caller.Node, stop))
        .Unary(
            SwarmKitMethods.ResourceAllocator.DetachNetwork,
            RpcAccess.Node,
            (request, caller, stop) => DetachAsync(request, caller.Node, stop));

    private async Task<AttachNetworkResponse> AttachAsync(
        AttachNetworkRequest request, NodeId node, CancellationToken stop)
    {
        string target = request.Config?.Target ?? "";
        if (target.Length == 0)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "invalid argument");
        }
        StoreWatch watch = store.Feed.Watch();
        Objects.SwarmTask attachment = await store.UpdateAsync(
            transaction => transaction.Create(New(transaction, request, target, node)), stop);
        await AwaitAddressesAsync(attachment.Id, watch, stop);
        return new() { AttachmentId = attachment.Id.Value };
    }

    private Objects.SwarmTask New(Transaction store, AttachNetworkRequest request, string target, NodeId node)
    {
        Objects.SwarmNetwork network = store.Networks.Get(new(target)) ?? store.Networks.Named(target)
            ?? throw SwarmRefusal.Of(SwarmCode.NotFound, $"network {target} not found");
        if (!network.Spec.Attachable)
        {
            throw SwarmRefusal.Of(SwarmCode.PermissionDenied, $"network {target} not manually attachable");
        }
        RefuseTooMany(store, node);
        return new()
        {
            Id = new(ids.NewObjectId()),
            NodeId = node,
            Spec = new()
            {
                Runtime = new Objects.NetworkAttachmentSpec { ContainerId = request.ContainerId },
                Networks =
                [
                    new()
                    {
                        Target = network.Id.Value,
                        Addresses = [.. request.Config!.Addresses],
                        Aliases = [.. request.Config.Aliases],
                    },
                ],
            },
            Status = new()
            {
                State = Objects.TaskState.New,
                Timestamp = Objects.SwarmTime.From(store.Now),
                Message = "created",
            },
            DesiredState = Objects.TaskState.Running,
        };
    }

    /// <summary>Every one takes an address, and room in the store: a node shall not take all that there is.</summary>
    private static void RefuseTooMany(Transaction store, NodeId node)
    {
        int count = store.TasksOn(node).Count(static task => task.Spec.Runtime is Objects.NetworkAttachmentSpec);
        if (count >= ResourceLimits.AttachmentsPerNode)
        {
            string name = store.Nodes.Get(node)?.Description?.Hostname is { Length: > 0 } host ? host : node.Value;
            throw SwarmRefusal.Of(
                SwarmCode.ResourceExhausted,
                $"node {name} has {count} attachments to networks of the swarm, and more are not given to one node: "
                + "disconnect or remove containers there");
        }
    }

    private async Task AwaitAddressesAsync(TaskId id, StoreWatch watch, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(ResourceLimits.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            while (true)
            {
                Objects.SwarmTask attachment = store.Committed.Tasks.Get(id)
                    ?? throw SwarmRefusal.Of(SwarmCode.NotFound, $"attachment {id} not found");
                if (!attachment.Networks.IsEmpty)
                {
                    return;
                }
                if (attachment.Status.Err is { Length: > 0 } why)
                {
                    await store.UpdateAsync(transaction => Remove(transaction, id), stop);
                    throw SwarmRefusal.Of(SwarmCode.ResourceExhausted, why);
                }
                await watch.NextAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // It may still come; the node gives it back if it does not wait that long.
        }
    }

    private static void Remove(Transaction transaction, TaskId id)
    {
        if (transaction.Tasks.Get(id) is { } attachment)
        {
            transaction.Delete(attachment);
        }
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
