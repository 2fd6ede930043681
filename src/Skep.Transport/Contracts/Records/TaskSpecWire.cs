using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>The spec of a task, between record and wire.</summary>
public static class TaskSpecWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static TaskSpec? ToWire(Objects.TaskSpec? record)
    {
        if (record is null)
        {
            return null;
        }
        var wire = new TaskSpec
        {
            Resources = ResourcesWire.ToWire(record.Resources),
            Restart = ToWire(record.Restart),
            Placement = ToWire(record.Placement),
            LogDriver = PlainWire.ToWire(record.LogDriver),
            Networks = { PlainWire.ToWire(record.Networks, NetworkWire.ToWire) },
            ForceUpdate = record.ForceUpdate,
            ResourceReferences = { PlainWire.ToWire(record.ResourceReferences, ResourcesWire.ToWire) },
        };
        SetRuntime(wire, record.Runtime);
        return wire;
    }

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.TaskSpec? ToRecord(TaskSpec? wire) => wire is null ? null : new()
    {
        Resources = ResourcesWire.ToRecord(wire.Resources),
        Restart = ToRecord(wire.Restart),
        Placement = ToRecord(wire.Placement),
        LogDriver = PlainWire.ToRecord(wire.LogDriver),
        Networks = PlainWire.ToRecord(wire.Networks, NetworkWire.ToRecord),
        ForceUpdate = wire.ForceUpdate,
        ResourceReferences = PlainWire.ToRecord(wire.ResourceReferences, ResourcesWire.ToRecord),
        Runtime = RuntimeOf(wire),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static RestartPolicy? ToWire(Objects.RestartPolicy? record) => record is null ? null : new()
    {
        Condition = (RestartPolicy.Types.RestartCondition)record.Condition,
        Delay = PlainWire.ToWire(record.Delay),
        MaxAttempts = record.MaxAttempts,
        Window = PlainWire.ToWire(record.Window),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.RestartPolicy? ToRecord(RestartPolicy? wire) => wire is null ? null : new()
    {
        Condition = (Objects.RestartCondition)wire.Condition,
        Delay = PlainWire.ToRecord(wire.Delay),
        MaxAttempts = wire.MaxAttempts,
        Window = PlainWire.ToRecord(wire.Window),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Placement? ToWire(Objects.Placement? record) => record is null ? null : new()
    {
        Constraints = { record.Constraints },
        Preferences = { PlainWire.ToWire(record.Preferences, ToWire) },
        Platforms = { PlainWire.ToWire(record.Platforms, PlainWire.ToWire) },
        MaxReplicas = record.MaxReplicas,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Placement? ToRecord(Placement? wire) => wire is null ? null : new()
    {
        Constraints = PlainWire.ToRecord(wire.Constraints),
        Preferences = PlainWire.ToRecord(wire.Preferences, ToRecord),
        Platforms = PlainWire.ToRecord(wire.Platforms, PlainWire.ToRecord),
        MaxReplicas = wire.MaxReplicas,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static PlacementPreference? ToWire(Objects.PlacementPreference? record) => record is null ? null : new()
    {
        Spread = ToWire(record.Spread),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.PlacementPreference? ToRecord(PlacementPreference? wire) => wire is null ? null : new()
    {
        Spread = ToRecord(wire.Spread),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static SpreadOver? ToWire(Objects.SpreadOver? record) => record is null ? null : new()
    {
        SpreadDescriptor = record.SpreadDescriptor,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.SpreadOver? ToRecord(SpreadOver? wire) => wire is null ? null : new()
    {
        SpreadDescriptor = wire.SpreadDescriptor,
    };


    private static void SetRuntime(TaskSpec wire, Objects.TaskRuntime? runtime)
    {
        switch (runtime)
        {
            case Objects.ContainerSpec container:
                wire.Container = ContainerWire.ToWire(container);
                break;
            case Objects.NetworkAttachmentSpec attachment:
                wire.Attachment = new() { ContainerId = attachment.ContainerId };
                break;
            case Objects.GenericRuntimeSpec generic:
                wire.Generic = new() { Kind = generic.Kind, Payload = PlainWire.ToWire(generic.Payload) };
                break;
        }
    }

    private static Objects.TaskRuntime? RuntimeOf(TaskSpec wire) => wire.RuntimeCase switch
    {
        TaskSpec.RuntimeOneofCase.Container => ContainerWire.ToRecord(wire.Container),
        TaskSpec.RuntimeOneofCase.Attachment =>
            new Objects.NetworkAttachmentSpec { ContainerId = wire.Attachment.ContainerId },
        TaskSpec.RuntimeOneofCase.Generic => new Objects.GenericRuntimeSpec
        {
            Kind = wire.Generic.Kind,
            Payload = PlainWire.ToRecord(wire.Generic.Payload),
        },
        _ => null,
    };
}
