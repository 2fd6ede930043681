using Skep.Swarm.Objects;
using Api = Skep.Docker.Engine;

namespace Skep.Docker.Swarm;

/// <summary>Tasks as the Engine API shows them.</summary>
public static class TaskView
{
    public static Api.TaskInspect Of(SwarmTask task) => new()
    {
        Id = task.Id.Value,
        Version = Views.Version(task),
        CreatedAt = Views.CreatedAt(task),
        UpdatedAt = Views.UpdatedAt(task),
        Name = Views.OrNull(task.Annotations.Name),
        Labels = task.Annotations.Labels,
        Spec = TaskSpecView.Of(task.Spec),
        ServiceId = Views.OrNull(task.ServiceId.Value),
        Slot = (long)Math.Min(task.Slot, long.MaxValue),
        NodeId = Views.OrNull(task.NodeId.Value),
        Status = StatusOf(task.Status),
        DesiredState = Views.Word(task.DesiredState),
        NetworksAttachments = task.Networks.IsEmpty ? null : [.. task.Networks.Select(NetworkViews.Of)],
        GenericResources = ResourceViews.Of(task.AssignedGenericResources),
        JobIteration = task.JobIteration is { } iteration ? new() { Index = iteration.Index } : null,
        Volumes = task.Volumes.IsEmpty
            ? null
            : [.. task.Volumes.Select(volume => new Api.TaskVolume
            {
                Id = Views.OrNull(volume.Id.Value),
                Source = Views.OrNull(volume.Source),
                Target = Views.OrNull(volume.Target),
            })],
    };

    private static Api.TaskStatusInspect StatusOf(SwarmTaskStatus status) => new()
    {
        Timestamp = Views.Moment(status.Timestamp),
        State = Views.Word(status.State),
        Message = Views.OrNull(status.Message),
        Err = Views.OrNull(status.Err),
        ContainerStatus = status.Container is { } container
            ? new()
            {
                ContainerId = container.ContainerId,
                Pid = container.Pid,
                ExitCode = container.ExitCode,
            }
            : null,
        PortStatus = new() { Ports = NetworkViews.PortsOf(status.PortStatus?.Ports ?? default) },
    };
}
