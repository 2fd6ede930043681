using Skep.Swarm.Networking;
using Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>What a node is told of networks, between record and wire.</summary>
public static class NetworkNewsWire
{
    public static NetworkNews ToWire(NetworkDelta delta) => new()
    {
        Revision = delta.Revision,
        Complete = delta.IsComplete,
        DataPathPort = delta.DataPathPort,
        Networks = { delta.Networks.Select(ToWire) },
        GoneNetworks = { delta.GoneNetworks.Select(static id => id.Value) },
        Endpoints = { delta.Endpoints.Select(ToWire) },
        GoneEndpoints =
        {
            delta.GoneEndpoints.Select(
                static key => new PlaceKey { Network = key.Network.Value, Id = key.Task.Value }),
        },
        Services = { delta.Services.Select(ToWire) },
        GoneServices =
        {
            delta.GoneServices.Select(
                static key => new PlaceKey { Network = key.Network.Value, Id = key.Service.Value }),
        },
        Ports = { delta.Ports.Select(ToWire) },
        GonePorts =
        {
            delta.GonePorts.Select(static key => new PortKey { Protocol = (uint)key.Protocol, Published = key.Port }),
        },
        Peers = { delta.Peers.Select(ToWire) },
        GonePeers = { delta.GonePeers.Select(static id => id.Value) },
    };

    public static NetworkDelta ToRecord(NetworkNews wire) => new()
    {
        Revision = wire.Revision,
        IsComplete = wire.Complete,
        DataPathPort = wire.DataPathPort,
        Networks = [.. wire.Networks.Select(ToRecord)],
        GoneNetworks = [.. wire.GoneNetworks.Select(static id => new Swarm.NetworkId(id))],
        Endpoints = [.. wire.Endpoints.Select(ToRecord)],
        GoneEndpoints =
        [
            .. wire.GoneEndpoints.Select(
                static key => (new Swarm.NetworkId(key.Network), new Swarm.TaskId(key.Id))),
        ],
        Services = [.. wire.Services.Select(ToRecord)],
        GoneServices =
        [
            .. wire.GoneServices.Select(
                static key => (new Swarm.NetworkId(key.Network), new Swarm.ServiceId(key.Id))),
        ],
        Ports = [.. wire.Ports.Select(ToRecord)],
        GonePorts = [.. wire.GonePorts.Select(static key => ((PortProtocol)key.Protocol, key.Published))],
        Peers = [.. wire.Peers.Select(ToRecord)],
        GonePeers = [.. wire.GonePeers.Select(static id => new Swarm.NodeId(id))],
    };

    private static NetworkItem ToWire(NetworkFacts record) => new()
    {
        Id = record.Id.Value,
        Name = record.Name,
        Vni = record.Vni,
        Ingress = record.IsIngress,
        Internal = record.IsInternal,
        Attachable = record.IsAttachable,
        Encrypted = record.IsEncrypted,
        Mtu = record.Mtu,
        Subnets =
        {
            record.Subnets.Select(static one => new SubnetItem { Range = one.Range, Gateway = one.Gateway }),
        },
    };

    private static NetworkFacts ToRecord(NetworkItem wire) => new()
    {
        Id = new(wire.Id),
        Name = wire.Name,
        Vni = wire.Vni,
        IsIngress = wire.Ingress,
        IsInternal = wire.Internal,
        IsAttachable = wire.Attachable,
        IsEncrypted = wire.Encrypted,
        Mtu = wire.Mtu,
        Subnets = ValueList.From(wire.Subnets.Select(static one => new SubnetFacts(one.Range, one.Gateway))),
    };

    private static EndpointItem ToWire(EndpointFacts record)
    {
        EndpointItem wire = WithoutWeight(record);
        if (record.Weight != TaskWeight.Full)
        {
            wire.Weight = (uint)record.Weight;
        }

        return wire;
    }

    private static EndpointItem WithoutWeight(EndpointFacts record) => new()
    {
        Task = record.Task.Value,
        Network = record.Network.Value,
        Node = record.Node.Value,
        Service = record.Service.Value,
        Name = record.Name,
        Addresses = { record.Addresses },
        Aliases = { record.Aliases },
        Serving = record.IsServing,
    };

    private static EndpointFacts ToRecord(EndpointItem wire) => new()
    {
        Task = new(wire.Task),
        Network = new(wire.Network),
        Node = new(wire.Node),
        Service = new(wire.Service),
        Name = wire.Name,
        Addresses = ValueList.From(wire.Addresses),
        Aliases = ValueList.From(wire.Aliases),
        IsServing = wire.Serving,
        Weight = wire.HasWeight ? (int)Math.Min(wire.Weight, TaskWeight.Full) : TaskWeight.Full,
    };

    private static ServiceItem ToWire(ServiceFacts record) => new()
    {
        Id = record.Id.Value,
        Network = record.Network.Value,
        Name = record.Name,
        VirtualAddresses = { record.VirtualAddresses },
        Aliases = { record.Aliases },
    };

    private static ServiceFacts ToRecord(ServiceItem wire) => new()
    {
        Id = new(wire.Id),
        Network = new(wire.Network),
        Name = wire.Name,
        VirtualAddresses = ValueList.From(wire.VirtualAddresses),
        Aliases = ValueList.From(wire.Aliases),
    };

    private static PortItem ToWire(PublishedPortFacts record) => new()
    {
        Service = record.Service.Value,
        Protocol = (uint)record.Protocol,
        Published = record.PublishedPort,
        Target = record.TargetPort,
        HidesCallers = record.HidesCallers,
        PrefersLocal = record.PrefersLocal,
    };

    private static PublishedPortFacts ToRecord(PortItem wire) => new()
    {
        Service = new(wire.Service),
        Protocol = (PortProtocol)wire.Protocol,
        PublishedPort = wire.Published,
        TargetPort = wire.Target,
        HidesCallers = wire.HidesCallers,
        PrefersLocal = wire.PrefersLocal,
    };

    private static PeerItem ToWire(PeerFacts record) => new()
    {
        Node = record.Node.Value,
        Index = record.Index,
        DataPathAddress = record.DataPathAddress,
        WireguardKey = record.WireGuardKey,
    };

    private static PeerFacts ToRecord(PeerItem wire) => new()
    {
        Node = new(wire.Node),
        Index = wire.Index,
        DataPathAddress = wire.DataPathAddress,
        WireGuardKey = wire.WireguardKey,
    };
}
