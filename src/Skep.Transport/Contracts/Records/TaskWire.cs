using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>Tasks, between record and wire.</summary>
public static class TaskWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static SwarmTask? ToWire(Objects.SwarmTask? record) => record is null ? null : new()
    {
        Id = record.Id.Value,
        Meta = CommonWire.ToWire(record.Meta),
        Spec = TaskSpecWire.ToWire(record.Spec),
        ServiceId = record.ServiceId.Value,
        Slot = record.Slot,
        NodeId = record.NodeId.Value,
        Annotations = CommonWire.ToWire(record.Annotations),
        ServiceAnnotations = CommonWire.ToWire(record.ServiceAnnotations),
        Status = ToWire(record.Status),
        DesiredState = (TaskState)record.DesiredState,
        Networks = { CommonWire.ToWire(record.Networks, NetworkWire.ToWire) },
        Endpoint = EndpointWire.ToWire(record.Endpoint),
        LogDriver = CommonWire.ToWire(record.LogDriver),
        SpecVersion = CommonWire.ToWire(record.SpecVersion),
        AssignedGenericResources = { CommonWire.ToWire(record.AssignedGenericResources, ResourcesWire.ToWire) },
        JobIteration = CommonWire.ToWire(record.JobIteration),
        Volumes = { CommonWire.ToWire(record.Volumes, VolumeWire.ToWire) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.SwarmTask? ToRecord(SwarmTask? wire) => wire is null ? null : new()
    {
        Id = new(wire.Id),
        Meta = CommonWire.ToRecord(wire.Meta),
        Spec = TaskSpecWire.ToRecord(wire.Spec) ?? Objects.TaskSpec.Empty,
        ServiceId = new(wire.ServiceId),
        Slot = wire.Slot,
        NodeId = new(wire.NodeId),
        Annotations = CommonWire.ToRecord(wire.Annotations) ?? Objects.Annotations.Empty,
        ServiceAnnotations = CommonWire.ToRecord(wire.ServiceAnnotations) ?? Objects.Annotations.Empty,
        Status = ToRecord(wire.Status) ?? Objects.SwarmTaskStatus.Empty,
        DesiredState = (Objects.TaskState)wire.DesiredState,
        Networks = CommonWire.ToRecord(wire.Networks, NetworkWire.ToRecord),
        Endpoint = EndpointWire.ToRecord(wire.Endpoint),
        LogDriver = CommonWire.ToRecord(wire.LogDriver),
        SpecVersion = CommonWire.ToRecord(wire.SpecVersion),
        AssignedGenericResources = CommonWire.ToRecord(wire.AssignedGenericResources, ResourcesWire.ToRecord),
        JobIteration = CommonWire.ToRecord(wire.JobIteration),
        Volumes = CommonWire.ToRecord(wire.Volumes, VolumeWire.ToRecord),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static TaskStatus? ToWire(Objects.SwarmTaskStatus? record) => record is null ? null : new()
    {
        Timestamp = CommonWire.ToWire(record.Timestamp),
        State = (TaskState)record.State,
        Message = record.Message,
        Err = record.Err,
        Container = ToWire(record.Container),
        PortStatus = ToWire(record.PortStatus),
        AppliedBy = record.AppliedBy.Value,
        AppliedAt = CommonWire.ToWire(record.AppliedAt),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.SwarmTaskStatus? ToRecord(TaskStatus? wire) => wire is null ? null : new()
    {
        Timestamp = CommonWire.ToRecord(wire.Timestamp),
        State = (Objects.TaskState)wire.State,
        Message = wire.Message,
        Err = wire.Err,
        Container = ToRecord(wire.Container),
        PortStatus = ToRecord(wire.PortStatus),
        AppliedBy = new(wire.AppliedBy),
        AppliedAt = CommonWire.ToRecord(wire.AppliedAt),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static ContainerStatus? ToWire(Objects.ContainerStatus? record) => record is null ? null : new()
    {
        ContainerId = record.ContainerId,
        Pid = record.Pid,
        ExitCode = record.ExitCode,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.ContainerStatus? ToRecord(ContainerStatus? wire) => wire is null ? null : new()
    {
        ContainerId = wire.ContainerId,
        Pid = wire.Pid,
        ExitCode = wire.ExitCode,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static PortStatus? ToWire(Objects.PortStatus? record) => record is null ? null : new()
    {
        Ports = { CommonWire.ToWire(record.Ports, EndpointWire.ToWire) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.PortStatus? ToRecord(PortStatus? wire) => wire is null ? null : new()
    {
        Ports = CommonWire.ToRecord(wire.Ports, EndpointWire.ToRecord),
    };
}
