using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Skep.Swarm.Objects;
using Records = Skep.Swarm.Store;

namespace Skep.Transport.Contracts;

/// <summary>One transaction as the data of a Raft entry: SwarmKit's <c>InternalRaftRequest</c>.</summary>
public static class StoreWire
{
    /// <param name="id">By which the proposer knows its own entry again; of no meaning to others.</param>
    /// <param name="actions">In the order in which they are to be applied.</param>
    public static byte[] WriteActions(ulong id, ImmutableArray<Records.StoreAction> actions)
    {
        var wire = new InternalRaftRequest { Id = id };
        foreach (var action in actions)
        {
            wire.Action.Add(ToWire(action));
        }
        return wire.ToByteArray();
    }

    /// <exception cref="InvalidDataException">These bytes are no transaction, or one that only a newer program
    /// understands. To go on without it would make this manager's store another one than the others'.</exception>
    public static ImmutableArray<Records.StoreAction> ReadActions(ReadOnlyMemory<byte> data)
    {
        var wire = Parse(data);
        var actions = new Records.StoreAction[wire.Action.Count];
        for (int index = 0; index < actions.Length; index++)
        {
            actions[index] = ToRecord(wire.Action[index]);
        }
        return ImmutableCollectionsMarshal.AsImmutableArray(actions);
    }

    /// <exception cref="InvalidDataException">These bytes are no transaction.</exception>
    public static ulong ReadId(ReadOnlyMemory<byte> data) => Parse(data).Id;

    private static InternalRaftRequest Parse(ReadOnlyMemory<byte> data)
    {
        try
        {
            return InternalRaftRequest.Parser.ParseFrom(data.Span);
        }
        catch (InvalidProtocolBufferException broken)
        {
            throw new InvalidDataException("the log has an entry that is no transaction", broken);
        }
    }

    private static StoreAction ToWire(Records.StoreAction record)
    {
        var wire = new StoreAction { Action = (StoreActionKind)record.Kind };
        var target = record.Kind == Records.StoreActionKind.Remove
            ? Bare(record.Object.Kind, record.Object.RawId)
            : ObjectWire.ToMessage(record.Object);
        switch (target)
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

    /// <summary>
    /// What a removal needs: SwarmKit too removes by id alone. A removed secret's value is not written once more.
    /// </summary>
    private static IMessage Bare(ObjectKind kind, string id) => kind switch
    {
        ObjectKind.Node => new Node { Id = id },
        ObjectKind.Service => new Service { Id = id },
        ObjectKind.Task => new SwarmTask { Id = id },
        ObjectKind.Network => new Network { Id = id },
        ObjectKind.Cluster => new Cluster { Id = id },
        ObjectKind.Secret => new Secret { Id = id },
        ObjectKind.Resource => new Resource { Id = id },
        ObjectKind.Extension => new Extension { Id = id },
        ObjectKind.Config => new Config { Id = id },
        ObjectKind.Volume => new Volume { Id = id },
        _ => throw new UnreachableException(),
    };

    private static Records.StoreAction ToRecord(StoreAction wire)
    {
        StoreObject? target = wire.TargetCase switch
        {
            StoreAction.TargetOneofCase.Node => NodeWire.ToRecord(wire.Node),
            StoreAction.TargetOneofCase.Service => ServiceWire.ToRecord(wire.Service),
            StoreAction.TargetOneofCase.Task => TaskWire.ToRecord(wire.Task),
            StoreAction.TargetOneofCase.Network => NetworkWire.ToRecord(wire.Network),
            StoreAction.TargetOneofCase.Cluster => ClusterWire.ToRecord(wire.Cluster),
            StoreAction.TargetOneofCase.Secret => SecretWire.ToRecord(wire.Secret),
            StoreAction.TargetOneofCase.Resource => ExtensionWire.ToRecord(wire.Resource),
            StoreAction.TargetOneofCase.Extension => ExtensionWire.ToRecord(wire.Extension),
            StoreAction.TargetOneofCase.Config => SecretWire.ToRecord(wire.Config),
            StoreAction.TargetOneofCase.Volume => VolumeWire.ToRecord(wire.Volume),
            _ => null,
        };
        if (target is null || wire.Action is not
            (StoreActionKind.Create or StoreActionKind.Update or StoreActionKind.Remove))
        {
            throw new InvalidDataException(
                "the log has a change of a kind that this program does not know: a newer manager wrote it");
        }
        return new((Records.StoreActionKind)wire.Action, target);
    }
}
