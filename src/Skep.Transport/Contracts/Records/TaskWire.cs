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
        Meta = PlainWire.ToWire(record.Meta),
        Spec = TaskSpecWire.ToWire(record.Spec),
        ServiceId = record.ServiceId.Value,
        Slot = record.Slot,
        NodeId = record.NodeId.Value,
        Annotations = PlainWire.ToWire(record.Annotations),
        ServiceAnnotations = PlainWire.ToWire(record.ServiceAnnotations),
        Status = ToWire(record.Status),
        DesiredState = (TaskState)record.DesiredState,
        Networks = { PlainWire.ToWire(record.Networks, NetworkWire.ToWire) },
        Endpoint = EndpointWire.ToWire(record.Endpoint),
        LogDriver = PlainWire.ToWire(record.LogDriver),
        SpecVersion = PlainWire.ToWire(record.SpecVersion),
        AssignedGenericResources = { PlainWire.ToWire(record.AssignedGenericResources, ResourcesWire.ToWire) },
        JobIteration = PlainWire.ToWire(record.JobIteration),
        Volumes = { PlainWire.ToWire(record.Volumes, VolumeWire.ToWire) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.SwarmTask? ToRecord(SwarmTask? wire) => wire is null ? null : new()
    {
        Id = new(wire.Id),
        Meta = PlainWire.ToRecord(wire.Meta),
        Spec = TaskSpecWire.ToRecord(wire.Spec) ?? Objects.TaskSpec.Empty,
        ServiceId = new(wire.ServiceId),
        Slot = wire.Slot,
        NodeId = new(wire.NodeId),
        Annotations = PlainWire.ToRecord(wire.Annotations) ?? Objects.Annotations.Empty,
        ServiceAnnotations = PlainWire.ToRecord(wire.ServiceAnnotations) ?? Objects.Annotations.Empty,
        Status = ToRecord(wire.Status) ?? Objects.SwarmTaskStatus.Empty,
        DesiredState = (Objects.TaskState)wire.DesiredState,
        Networks = PlainWire.ToRecord(wire.Networks, NetworkWire.ToRecord),
        Endpoint = EndpointWire.ToRecord(wire.Endpoint),
        LogDriver = PlainWire.ToRecord(wire.LogDriver),
        SpecVersion = PlainWire.ToRecord(wire.SpecVersion),
        AssignedGenericResources = PlainWire.ToRecord(wire.AssignedGenericResources, ResourcesWire.ToRecord),
        JobIteration = PlainWire.ToRecord(wire.JobIteration),
        Volumes = PlainWire.ToRecord(wire.Volumes, VolumeWire.ToRecord),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static TaskStatus? ToWire(Objects.SwarmTaskStatus? record) => record is null ? null : new()
    {
        Timestamp = PlainWire.ToWire(record.Timestamp),
        State = (TaskState)record.State,
        Message = record.Message,
        Err = record.Err,
        Container = ToWire(record.Container),
        PortStatus = ToWire(record.PortStatus),
        AppliedBy = record.AppliedBy.Value,
        AppliedAt = PlainWire.ToWire(record.AppliedAt),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.SwarmTaskStatus? ToRecord(TaskStatus? wire) => wire is null ? null : new()
    {
        Timestamp = PlainWire.ToRecord(wire.Timestamp),
        State = (Objects.TaskState)wire.State,
        Message = wire.Message,
        Err = wire.Err,
        Container = ToRecord(wire.Container),
        PortStatus = ToRecord(wire.PortStatus),
        AppliedBy = new(wire.AppliedBy),
        AppliedAt = PlainWire.ToRecord(wire.AppliedAt),
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
        Ports = { PlainWire.ToWire(record.Ports, EndpointWire.ToWire) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.PortStatus? ToRecord(PortStatus? wire) => wire is null ? null : new()
    {
        Ports = PlainWire.ToRecord(wire.Ports, EndpointWire.ToRecord),
    };
}
