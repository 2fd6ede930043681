using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>Cluster volumes, between record and wire.</summary>
public static class VolumeWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static Volume? ToWire(Objects.Volume? record) => record is null ? null : new()
    {
        Id = record.Id.Value,
        Meta = PlainWire.ToWire(record.Meta),
        Spec = ToWire(record.Spec),
        PublishStatus = { PlainWire.ToWire(record.PublishStatus, ToWire) },
        VolumeInfo = ToWire(record.VolumeInfo),
        PendingDelete = record.PendingDelete,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Volume? ToRecord(Volume? wire) => wire is null ? null : new()
    {
        Id = new(wire.Id),
        Meta = PlainWire.ToRecord(wire.Meta),
        Spec = ToRecord(wire.Spec) ?? Objects.VolumeSpec.Empty,
        PublishStatus = PlainWire.ToRecord(wire.PublishStatus, ToRecord),
        VolumeInfo = ToRecord(wire.VolumeInfo),
        PendingDelete = wire.PendingDelete,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static VolumeSpec? ToWire(Objects.VolumeSpec? record) => record is null ? null : new()
    {
        Annotations = PlainWire.ToWire(record.Annotations),
        Group = record.Group,
        Driver = PlainWire.ToWire(record.Driver),
        AccessMode = VolumeAccessWire.ToWire(record.AccessMode),
        Secrets = { PlainWire.ToWire(record.Secrets, VolumeAccessWire.ToWire) },
        AccessibilityRequirements = VolumeAccessWire.ToWire(record.AccessibilityRequirements),
        CapacityRange = VolumeAccessWire.ToWire(record.CapacityRange),
        Availability = (VolumeSpec.Types.VolumeAvailability)record.Availability,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.VolumeSpec? ToRecord(VolumeSpec? wire) => wire is null ? null : new()
    {
        Annotations = PlainWire.ToRecord(wire.Annotations) ?? Objects.Annotations.Empty,
        Group = wire.Group,
        Driver = PlainWire.ToRecord(wire.Driver),
        AccessMode = VolumeAccessWire.ToRecord(wire.AccessMode),
        Secrets = PlainWire.ToRecord(wire.Secrets, VolumeAccessWire.ToRecord),
        AccessibilityRequirements = VolumeAccessWire.ToRecord(wire.AccessibilityRequirements),
        CapacityRange = VolumeAccessWire.ToRecord(wire.CapacityRange),
        Availability = (Objects.VolumeAvailability)wire.Availability,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static VolumePublishStatus? ToWire(Objects.VolumePublishStatus? record) => record is null ? null : new()
    {
        NodeId = record.NodeId.Value,
        State = (VolumePublishStatus.Types.State)record.State,
        PublishContext = { PlainWire.ToWire(record.PublishContext) },
        Message = record.Message,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.VolumePublishStatus? ToRecord(VolumePublishStatus? wire) => wire is null ? null : new()
    {
        NodeId = new(wire.NodeId),
        State = (Objects.VolumePublishState)wire.State,
        PublishContext = PlainWire.ToRecord(wire.PublishContext),
        Message = wire.Message,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static VolumeInfo? ToWire(Objects.VolumeInfo? record) => record is null ? null : new()
    {
        CapacityBytes = record.CapacityBytes,
        VolumeContext = { PlainWire.ToWire(record.VolumeContext) },
        VolumeId = record.VolumeId,
        AccessibleTopology = { PlainWire.ToWire(record.AccessibleTopology, VolumeAccessWire.ToWire) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.VolumeInfo? ToRecord(VolumeInfo? wire) => wire is null ? null : new()
    {
        CapacityBytes = wire.CapacityBytes,
        VolumeContext = PlainWire.ToRecord(wire.VolumeContext),
        VolumeId = wire.VolumeId,
        AccessibleTopology = PlainWire.ToRecord(wire.AccessibleTopology, VolumeAccessWire.ToRecord),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static VolumeAttachment? ToWire(Objects.VolumeAttachment? record) => record is null ? null : new()
    {
        Id = record.Id.Value,
        Source = record.Source,
        Target = record.Target,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.VolumeAttachment? ToRecord(VolumeAttachment? wire) => wire is null ? null : new()
    {
        Id = new(wire.Id),
        Source = wire.Source,
        Target = wire.Target,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static VolumeAssignment? ToWire(Objects.VolumeAssignment? record) => record is null ? null : new()
    {
        Id = record.Id.Value,
        VolumeId = record.VolumeId,
        Driver = PlainWire.ToWire(record.Driver),
        VolumeContext = { PlainWire.ToWire(record.VolumeContext) },
        PublishContext = { PlainWire.ToWire(record.PublishContext) },
        AccessMode = VolumeAccessWire.ToWire(record.AccessMode),
        Secrets = { PlainWire.ToWire(record.Secrets, VolumeAccessWire.ToWire) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.VolumeAssignment? ToRecord(VolumeAssignment? wire) => wire is null ? null : new()
    {
        Id = new(wire.Id),
        VolumeId = wire.VolumeId,
        Driver = PlainWire.ToRecord(wire.Driver),
        VolumeContext = PlainWire.ToRecord(wire.VolumeContext),
        PublishContext = PlainWire.ToRecord(wire.PublishContext),
        AccessMode = VolumeAccessWire.ToRecord(wire.AccessMode),
        Secrets = PlainWire.ToRecord(wire.Secrets, VolumeAccessWire.ToRecord),
    };
}
