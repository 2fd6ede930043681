using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>Networks and attachments, between record and wire.</summary>
public static class NetworkWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static Network? ToWire(Objects.SwarmNetwork? record) => record is null ? null : new()
    {
        Id = record.Id.Value,
        Meta = PlainWire.ToWire(record.Meta),
        Spec = ToWire(record.Spec),
        DriverState = PlainWire.ToWire(record.DriverState),
        Ipam = ToWire(record.Ipam),
        PendingDelete = record.PendingDelete,
        Extra = PlainWire.ToWire(record.Extra),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.SwarmNetwork? ToRecord(Network? wire) => wire is null ? null : new()
    {
        Id = new(wire.Id),
        Meta = PlainWire.ToRecord(wire.Meta),
        Spec = ToRecord(wire.Spec) ?? Objects.NetworkSpec.Empty,
        DriverState = PlainWire.ToRecord(wire.DriverState),
        Ipam = ToRecord(wire.Ipam),
        PendingDelete = wire.PendingDelete,
        Extra = PlainWire.ToRecord(wire.Extra),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static NetworkSpec? ToWire(Objects.NetworkSpec? record)
    {
        if (record is null)
        {
            return null;
        }
        var wire = new NetworkSpec
        {
            Annotations = PlainWire.ToWire(record.Annotations),
            DriverConfig = PlainWire.ToWire(record.DriverConfig),
            Ipv6Enabled = record.Ipv6Enabled,
            Internal = record.Internal,
            Ipam = ToWire(record.Ipam),
            Attachable = record.Attachable,
            Ingress = record.Ingress,
        };
        if (record.ConfigFrom is { } network)
        {
            wire.Network = network;
        }
        return wire;
    }

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.NetworkSpec? ToRecord(NetworkSpec? wire) => wire is null ? null : new()
    {
        Annotations = PlainWire.ToRecord(wire.Annotations) ?? Objects.Annotations.Empty,
        DriverConfig = PlainWire.ToRecord(wire.DriverConfig),
        Ipv6Enabled = wire.Ipv6Enabled,
        Internal = wire.Internal,
        Ipam = ToRecord(wire.Ipam),
        Attachable = wire.Attachable,
        Ingress = wire.Ingress,
        ConfigFrom = wire.ConfigFromCase == NetworkSpec.ConfigFromOneofCase.Network ? wire.Network : null,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static IPAMOptions? ToWire(Objects.IpamOptions? record) => record is null ? null : new()
    {
        Driver = PlainWire.ToWire(record.Driver),
        Configs = { PlainWire.ToWire(record.Configs, ToWire) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.IpamOptions? ToRecord(IPAMOptions? wire) => wire is null ? null : new()
    {
        Driver = PlainWire.ToRecord(wire.Driver),
        Configs = PlainWire.ToRecord(wire.Configs, ToRecord),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static IPAMConfig? ToWire(Objects.IpamConfig? record) => record is null ? null : new()
    {
        Family = (IPAMConfig.Types.AddressFamily)record.Family,
        Subnet = record.Subnet,
        Range = record.Range,
        Gateway = record.Gateway,
        Reserved = { PlainWire.ToWire(record.Reserved) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.IpamConfig? ToRecord(IPAMConfig? wire) => wire is null ? null : new()
    {
        Family = (Objects.IpamFamily)wire.Family,
        Subnet = wire.Subnet,
        Range = wire.Range,
        Gateway = wire.Gateway,
        Reserved = PlainWire.ToRecord(wire.Reserved),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static NetworkAttachmentConfig? ToWire(Objects.NetworkAttachmentConfig? record) =>
        record is null ? null : new()
        {
            Target = record.Target,
            Aliases = { record.Aliases },
            Addresses = { record.Addresses },
            DriverAttachmentOpts = { PlainWire.ToWire(record.DriverAttachmentOpts) },
        };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.NetworkAttachmentConfig? ToRecord(NetworkAttachmentConfig? wire) =>
        wire is null ? null : new()
        {
            Target = wire.Target,
            Aliases = PlainWire.ToRecord(wire.Aliases),
            Addresses = PlainWire.ToRecord(wire.Addresses),
            DriverAttachmentOpts = PlainWire.ToRecord(wire.DriverAttachmentOpts),
        };

    [return: NotNullIfNotNull(nameof(record))]
    public static NetworkAttachment? ToWire(Objects.NetworkAttachment? record) => record is null ? null : new()
    {
        Network = ToWire(record.Network),
        Addresses = { record.Addresses },
        Aliases = { record.Aliases },
        DriverAttachmentOpts = { PlainWire.ToWire(record.DriverAttachmentOpts) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.NetworkAttachment? ToRecord(NetworkAttachment? wire) => wire is null ? null : new()
    {
        Network = ToRecord(wire.Network),
        Addresses = PlainWire.ToRecord(wire.Addresses),
        Aliases = PlainWire.ToRecord(wire.Aliases),
        DriverAttachmentOpts = PlainWire.ToRecord(wire.DriverAttachmentOpts),
    };
}
