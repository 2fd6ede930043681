using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>Secrets and configs, between record and wire.</summary>
public static class SecretWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static Secret? ToWire(Objects.Secret? record) => record is null ? null : new()
    {
        Id = record.Id.Value,
        Meta = PlainWire.ToWire(record.Meta),
        Spec = ToWire(record.Spec),
        Internal = record.Internal,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Secret? ToRecord(Secret? wire) => wire is null ? null : new()
    {
        Id = new(wire.Id),
        Meta = PlainWire.ToRecord(wire.Meta),
        Spec = ToRecord(wire.Spec) ?? Objects.SecretSpec.Empty,
        Internal = wire.Internal,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static SecretSpec? ToWire(Objects.SecretSpec? record) => record is null ? null : new()
    {
        Annotations = PlainWire.ToWire(record.Annotations),
        Data = PlainWire.ToWire(record.Data),
        Templating = PlainWire.ToWire(record.Templating),
        Driver = PlainWire.ToWire(record.Driver),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.SecretSpec? ToRecord(SecretSpec? wire) => wire is null ? null : new()
    {
        Annotations = PlainWire.ToRecord(wire.Annotations) ?? Objects.Annotations.Empty,
        Data = PlainWire.ToRecord(wire.Data),
        Templating = PlainWire.ToRecord(wire.Templating),
        Driver = PlainWire.ToRecord(wire.Driver),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Config? ToWire(Objects.Config? record) => record is null ? null : new()
    {
        Id = record.Id.Value,
        Meta = PlainWire.ToWire(record.Meta),
        Spec = ToWire(record.Spec),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Config? ToRecord(Config? wire) => wire is null ? null : new()
    {
        Id = new(wire.Id),
        Meta = PlainWire.ToRecord(wire.Meta),
        Spec = ToRecord(wire.Spec) ?? Objects.ConfigSpec.Empty,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static ConfigSpec? ToWire(Objects.ConfigSpec? record) => record is null ? null : new()
    {
        Annotations = PlainWire.ToWire(record.Annotations),
        Data = PlainWire.ToWire(record.Data),
        Templating = PlainWire.ToWire(record.Templating),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.ConfigSpec? ToRecord(ConfigSpec? wire) => wire is null ? null : new()
    {
        Annotations = PlainWire.ToRecord(wire.Annotations) ?? Objects.Annotations.Empty,
        Data = PlainWire.ToRecord(wire.Data),
        Templating = PlainWire.ToRecord(wire.Templating),
    };
}
