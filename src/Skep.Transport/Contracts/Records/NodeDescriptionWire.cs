using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>What a node says of itself, between record and wire.</summary>
public static class NodeDescriptionWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static NodeDescription? ToWire(Objects.NodeDescription? record) => record is null ? null : new()
    {
        Hostname = record.Hostname,
        Platform = PlainWire.ToWire(record.Platform),
        Resources = ResourcesWire.ToWire(record.Resources),
        Engine = ToWire(record.Engine),
        TlsInfo = ToWire(record.TlsInfo),
        Fips = record.Fips,
        CsiInfo = { PlainWire.ToWire(record.CsiInfo, ToWire) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.NodeDescription? ToRecord(NodeDescription? wire) => wire is null ? null : new()
    {
        Hostname = wire.Hostname,
        Platform = PlainWire.ToRecord(wire.Platform),
        Resources = ResourcesWire.ToRecord(wire.Resources),
        Engine = ToRecord(wire.Engine),
        TlsInfo = ToRecord(wire.TlsInfo),
        Fips = wire.Fips,
        CsiInfo = PlainWire.ToRecord(wire.CsiInfo, ToRecord),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static EngineDescription? ToWire(Objects.EngineDescription? record) => record is null ? null : new()
    {
        EngineVersion = record.EngineVersion,
        Labels = { PlainWire.ToWire(record.Labels) },
        Plugins = { PlainWire.ToWire(record.Plugins, ToWire) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.EngineDescription? ToRecord(EngineDescription? wire) => wire is null ? null : new()
    {
        EngineVersion = wire.EngineVersion,
        Labels = PlainWire.ToRecord(wire.Labels),
        Plugins = PlainWire.ToRecord(wire.Plugins, ToRecord),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static PluginDescription? ToWire(Objects.PluginDescription? record) => record is null ? null : new()
    {
        Type = record.Type,
        Name = record.Name,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.PluginDescription? ToRecord(PluginDescription? wire) => wire is null ? null : new()
    {
        Type = wire.Type,
        Name = wire.Name,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static NodeTLSInfo? ToWire(Objects.NodeTlsInfo? record) => record is null ? null : new()
    {
        TrustRoot = PlainWire.ToWire(record.TrustRoot),
        CertIssuerSubject = PlainWire.ToWire(record.CertIssuerSubject),
        CertIssuerPublicKey = PlainWire.ToWire(record.CertIssuerPublicKey),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.NodeTlsInfo? ToRecord(NodeTLSInfo? wire) => wire is null ? null : new()
    {
        TrustRoot = PlainWire.ToRecord(wire.TrustRoot),
        CertIssuerSubject = PlainWire.ToRecord(wire.CertIssuerSubject),
        CertIssuerPublicKey = PlainWire.ToRecord(wire.CertIssuerPublicKey),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static NodeCSIInfo? ToWire(Objects.NodeCsiInfo? record) => record is null ? null : new()
    {
        PluginName = record.PluginName,
        NodeId = record.NodeId,
        MaxVolumesPerNode = record.MaxVolumesPerNode,
        AccessibleTopology = VolumeAccessWire.ToWire(record.AccessibleTopology),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.NodeCsiInfo? ToRecord(NodeCSIInfo? wire) => wire is null ? null : new()
    {
        PluginName = wire.PluginName,
        NodeId = wire.NodeId,
        MaxVolumesPerNode = wire.MaxVolumesPerNode,
        AccessibleTopology = VolumeAccessWire.ToRecord(wire.AccessibleTopology),
    };
}
