using System.Diagnostics;
using Google.Protobuf;
using Skep.Swarm.Objects;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>Objects of any kind, between record and wire.</summary>
public static class ObjectWire
{
    public static IMessage ToMessage(StoreObject record) => record switch
    {
        Objects.Node node => NodeWire.ToWire(node),
        Objects.Service service => ServiceWire.ToWire(service),
        Objects.SwarmTask task => TaskWire.ToWire(task),
        SwarmNetwork network => NetworkWire.ToWire(network),
        Objects.Cluster cluster => ClusterWire.ToWire(cluster),
        Objects.Secret secret => SecretWire.ToWire(secret),
        Objects.Resource resource => ExtensionWire.ToWire(resource),
        Objects.Extension extension => ExtensionWire.ToWire(extension),
        Objects.Config config => SecretWire.ToWire(config),
        Objects.Volume volume => VolumeWire.ToWire(volume),
        _ => throw new UnreachableException(),
    };

    public static WatchedObject ToWatched(StoreObject record)
    {
        var wire = new WatchedObject();
        switch (ToMessage(record))
        {
            case Node node: wire.Node = node; break;
            case Service service: wire.Service = service; break;
            case SwarmTask task: wire.Task = task; break;
            case Network network: wire.Network = network; break;
            case Cluster cluster: wire.Cluster = cluster; break;
            case Secret secret: wire.Secret = secret; break;
            case Resource resource: wire.Resource = resource; break;
            case Extension extension: wire.Extension = extension; break;
            case Config config: wire.Config = config; break;
            case Volume volume: wire.Volume = volume; break;
        }
        return wire;
    }

    /// <summary>Null: the peer set none of the kinds we know.</summary>
    public static StoreObject? ToRecord(WatchedObject wire) => wire.KindCase switch
    {
        WatchedObject.KindOneofCase.Node => NodeWire.ToRecord(wire.Node),
        WatchedObject.KindOneofCase.Service => ServiceWire.ToRecord(wire.Service),
        WatchedObject.KindOneofCase.Task => TaskWire.ToRecord(wire.Task),
        WatchedObject.KindOneofCase.Network => NetworkWire.ToRecord(wire.Network),
        WatchedObject.KindOneofCase.Cluster => ClusterWire.ToRecord(wire.Cluster),
        WatchedObject.KindOneofCase.Secret => SecretWire.ToRecord(wire.Secret),
        WatchedObject.KindOneofCase.Resource => ExtensionWire.ToRecord(wire.Resource),
        WatchedObject.KindOneofCase.Extension => ExtensionWire.ToRecord(wire.Extension),
        WatchedObject.KindOneofCase.Config => SecretWire.ToRecord(wire.Config),
        WatchedObject.KindOneofCase.Volume => VolumeWire.ToRecord(wire.Volume),
        _ => null,
    };
}
