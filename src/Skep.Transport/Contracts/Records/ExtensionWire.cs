using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>Extensions and their resources, between record and wire.</summary>
public static class ExtensionWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static Extension? ToWire(Objects.Extension? record) => record is null ? null : new()
    {
        Id = record.Id.Value,
        Meta = PlainWire.ToWire(record.Meta),
        Annotations = PlainWire.ToWire(record.Annotations),
        Description = record.Description,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Extension? ToRecord(Extension? wire) => wire is null ? null : new()
    {
        Id = new(wire.Id),
        Meta = PlainWire.ToRecord(wire.Meta),
        Annotations = PlainWire.ToRecord(wire.Annotations) ?? Objects.Annotations.Empty,
        Description = wire.Description,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Resource? ToWire(Objects.Resource? record) => record is null ? null : new()
    {
        Id = record.Id.Value,
        Meta = PlainWire.ToWire(record.Meta),
        Annotations = PlainWire.ToWire(record.Annotations),
        Kind = record.ExtensionName,
        Payload = PlainWire.ToWire(record.Payload),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Resource? ToRecord(Resource? wire) => wire is null ? null : new()
    {
        Id = new(wire.Id),
        Meta = PlainWire.ToRecord(wire.Meta),
        Annotations = PlainWire.ToRecord(wire.Annotations) ?? Objects.Annotations.Empty,
        ExtensionName = wire.Kind,
        Payload = PlainWire.ToRecord(wire.Payload),
    };
}
