using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>Services, between record and wire.</summary>
public static class ServiceWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static Service? ToWire(Objects.Service? record) => record is null ? null : new()
    {
        Id = record.Id.Value,
        Meta = PlainWire.ToWire(record.Meta),
        Spec = ToWire(record.Spec),
        Endpoint = EndpointWire.ToWire(record.Endpoint),
        UpdateStatus = UpdateWire.ToWire(record.UpdateStatus),
        PreviousSpec = ToWire(record.PreviousSpec),
        PendingDelete = record.PendingDelete,
        SpecVersion = PlainWire.ToWire(record.SpecVersion),
        PreviousSpecVersion = PlainWire.ToWire(record.PreviousSpecVersion),
        JobStatus = ToWire(record.JobStatus),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Service? ToRecord(Service? wire) => wire is null ? null : new()
    {
        Id = new(wire.Id),
        Meta = PlainWire.ToRecord(wire.Meta),
        Spec = ToRecord(wire.Spec) ?? Objects.ServiceSpec.Empty,
        Endpoint = EndpointWire.ToRecord(wire.Endpoint),
        UpdateStatus = UpdateWire.ToRecord(wire.UpdateStatus),
        PreviousSpec = ToRecord(wire.PreviousSpec),
        PendingDelete = wire.PendingDelete,
        SpecVersion = PlainWire.ToRecord(wire.SpecVersion),
        PreviousSpecVersion = PlainWire.ToRecord(wire.PreviousSpecVersion),
        JobStatus = ToRecord(wire.JobStatus),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static ServiceSpec? ToWire(Objects.ServiceSpec? record)
    {
        if (record is null)
        {
            return null;
        }
        var wire = new ServiceSpec
        {
            Annotations = PlainWire.ToWire(record.Annotations),
            Task = TaskSpecWire.ToWire(record.Task),
            Update = UpdateWire.ToWire(record.Update),
            Networks = { PlainWire.ToWire(record.Networks, NetworkWire.ToWire) },
            Endpoint = EndpointWire.ToWire(record.Endpoint),
            Rollback = UpdateWire.ToWire(record.Rollback),
        };
        SetMode(wire, record.Mode);
        return wire;
    }

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.ServiceSpec? ToRecord(ServiceSpec? wire) => wire is null ? null : new()
    {
        Annotations = PlainWire.ToRecord(wire.Annotations) ?? Objects.Annotations.Empty,
        Task = TaskSpecWire.ToRecord(wire.Task) ?? Objects.TaskSpec.Empty,
        Update = UpdateWire.ToRecord(wire.Update),
        Networks = PlainWire.ToRecord(wire.Networks, NetworkWire.ToRecord),
        Endpoint = EndpointWire.ToRecord(wire.Endpoint),
        Rollback = UpdateWire.ToRecord(wire.Rollback),
        Mode = ModeOf(wire),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static JobStatus? ToWire(Objects.JobStatus? record) => record is null ? null : new()
    {
        JobIteration = PlainWire.ToWire(record.JobIteration),
        LastExecution = PlainWire.ToWire(record.LastExecution),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.JobStatus? ToRecord(JobStatus? wire) => wire is null ? null : new()
    {
        JobIteration = PlainWire.ToRecord(wire.JobIteration) ?? default,
        LastExecution = PlainWire.ToRecord(wire.LastExecution),
    };


    private static void SetMode(ServiceSpec wire, Objects.ServiceMode? mode)
    {
        switch (mode)
        {
            case Objects.ReplicatedService replicated:
                wire.Replicated = new() { Replicas = replicated.Replicas };
                break;
            case Objects.GlobalService:
                wire.Global = new();
                break;
            case Objects.ReplicatedJob job:
                wire.ReplicatedJob = new()
                {
                    MaxConcurrent = job.MaxConcurrent,
                    TotalCompletions = job.TotalCompletions,
                };
                break;
            case Objects.GlobalJob:
                wire.GlobalJob = new();
                break;
        }
    }

    private static Objects.ServiceMode? ModeOf(ServiceSpec wire) => wire.ModeCase switch
    {
        ServiceSpec.ModeOneofCase.Replicated =>
            new Objects.ReplicatedService { Replicas = wire.Replicated.Replicas },
        ServiceSpec.ModeOneofCase.Global => new Objects.GlobalService(),
        ServiceSpec.ModeOneofCase.ReplicatedJob => new Objects.ReplicatedJob
        {
            MaxConcurrent = wire.ReplicatedJob.MaxConcurrent,
            TotalCompletions = wire.ReplicatedJob.TotalCompletions,
        },
        ServiceSpec.ModeOneofCase.GlobalJob => new Objects.GlobalJob(),
        _ => null,
    };
}
