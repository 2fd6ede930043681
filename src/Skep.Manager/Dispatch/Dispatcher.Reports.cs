using Skep.Swarm;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using Objects = Skep.Swarm.Objects;

namespace Skep.Manager.Dispatch;

/// <summary>What nodes report of what they were given.</summary>
public sealed partial class Dispatcher
{
    private Task<UpdateTaskStatusResponse> UpdateTaskStatusAsync(
        UpdateTaskStatusRequest request, RpcCaller caller, CancellationToken stop)
    {
        DispatchTerm term = Term;
        term.Check(caller.Node, request.SessionId);
        if (request.Updates.Count > DispatchLimits.StatusesPerReport)
        {
            throw new RpcException(RpcStatus.InvalidArgument, "too many task states in one report");
        }

        var reports = new List<(TaskId Task, Objects.SwarmTaskStatus Status)>(request.Updates.Count);
        foreach (var update in request.Updates)
        {
            var id = new TaskId(update.TaskId);
            if (TaskWire.ToRecord(update.Status) is not { } status || term.Store.Tasks.Get(id) is not { } task)
            {
                continue; // The task may have been deleted meanwhile.
            }

            if (task.NodeId != caller.Node)
            {
                parts.Log.Warn("a node reports another's task", ("node", caller.Node), ("task", id));
                throw new RpcException(
                    RpcStatus.PermissionDenied, "cannot update a task not assigned this node");
            }

            reports.Add((id, status));
        }

        meter.Reported(reports.Count);
        return term.Writer.TrySetTasks(reports)
            ? Task.FromResult(new UpdateTaskStatusResponse())
            : throw new RpcException(RpcStatus.ResourceExhausted, "too many task states wait to be written");
    }

    private Task<UpdateVolumeStatusResponse> UpdateVolumeStatusAsync(
        UpdateVolumeStatusRequest request, RpcCaller caller, CancellationToken stop)
    {
        DispatchTerm term = Term;
        term.Check(caller.Node, request.SessionId);
        foreach (var update in request.Updates.Where(static update => update.Unpublished))
        {
            var id = new VolumeId(update.Id);
            if (term.Store.Volumes.Get(id) is { } volume
                && volume.PublishStatus.Any(status => status.NodeId == caller.Node))
            {
                term.Writer.SetUnpublished(id, caller.Node);
            }
        }

        return Task.FromResult(new UpdateVolumeStatusResponse());
    }
}
