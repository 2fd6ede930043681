using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>Endpoints and published ports, between record and wire.</summary>
public static class EndpointWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static Endpoint? ToWire(Objects.Endpoint? record) => record is null ? null : new()
    {
        Spec = ToWire(record.Spec),
        Ports = { PlainWire.ToWire(record.Ports, ToWire) },
        VirtualIps = { PlainWire.ToWire(record.VirtualIPs, ToWire) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Endpoint? ToRecord(Endpoint? wire) => wire is null ? null : new()
    {
        Spec = ToRecord(wire.Spec),
        Ports = PlainWire.ToRecord(wire.Ports, ToRecord),
        VirtualIPs = PlainWire.ToRecord(wire.VirtualIps, ToRecord),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static EndpointSpec? ToWire(Objects.EndpointSpec? record) => record is null ? null : new()
    {
        Mode = (EndpointSpec.Types.ResolutionMode)record.Mode,
        Ports = { PlainWire.ToWire(record.Ports, ToWire) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.EndpointSpec? ToRecord(EndpointSpec? wire) => wire is null ? null : new()
    {
        Mode = (Objects.ResolutionMode)wire.Mode,
        Ports = PlainWire.ToRecord(wire.Ports, ToRecord),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static PortConfig? ToWire(Objects.PortConfig? record) => record is null ? null : new()
    {
        Name = record.Name,
        Protocol = (PortConfig.Types.Protocol)record.Protocol,
        TargetPort = record.TargetPort,
        PublishedPort = record.PublishedPort,
        PublishMode = (PortConfig.Types.PublishMode)record.PublishMode,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.PortConfig? ToRecord(PortConfig? wire) => wire is null ? null : new()
    {
        Name = wire.Name,
        Protocol = (Objects.PortProtocol)wire.Protocol,
        TargetPort = wire.TargetPort,
        PublishedPort = wire.PublishedPort,
        PublishMode = (Objects.PublishMode)wire.PublishMode,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Endpoint.Types.VirtualIP? ToWire(Objects.VirtualIP? record) => record is null ? null : new()
    {
        NetworkId = record.NetworkId.Value,
        Addr = record.Addr,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.VirtualIP? ToRecord(Endpoint.Types.VirtualIP? wire) => wire is null ? null : new()
    {
        NetworkId = new(wire.NetworkId),
        Addr = wire.Addr,
    };
}
