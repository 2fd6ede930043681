using System.Diagnostics;
using Google.Protobuf;
using Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>The data of a Raft snapshot: SwarmKit's <c>Snapshot</c>.</summary>
/// <remarks>
/// <code>
/// Snapshot        1 version (0, not written)   2 ClusterSnapshot   3 StoreSnapshot
/// ClusterSnapshot 1 members (RaftMember)       2 removed ids, one by one
/// StoreSnapshot   1 nodes  2 services  3 networks  4 tasks  5 clusters  6 secrets  7 resources  8 extensions
///                 9 configs  10 volumes
/// </code>
/// A store may be some 100 MB. So the two outer layers are written and read by hand, object by object: never is there
/// a whole store of generated messages beside the store of records.
/// </remarks>
public static class SnapshotWire
{
    private const int MembershipField = 2;
    private const int StoreField = 3;

    /// <summary>Objects, members and removed ids are written in the order given.</summary>
    public static ReadOnlyMemory<byte> Write(
        IEnumerable<StoreObject> objects, IEnumerable<RaftMember> members, IEnumerable<ulong> removed)
    {
        var store = new ChunkedBytes();
        foreach (StoreObject item in objects)
        {
            var message = ObjectWire.ToMessage(item);
            int bytes = message.CalculateSize();
            store.AppendVarint(Tag(FieldOf(item.Kind)));
            store.AppendVarint((uint)bytes);
            message.WriteTo(store.Take(bytes));
        }

        var membership = new ClusterSnapshot { Members = { members }, Removed = { removed } }.ToByteArray();
        var head = new ChunkedBytes();
        head.AppendVarint(Tag(MembershipField));
        head.AppendVarint((uint)membership.Length);
        membership.CopyTo(head.Take(membership.Length));
        head.AppendVarint(Tag(StoreField));
        head.AppendVarint((uint)store.Length);

        var whole = new byte[checked(head.Length + store.Length)];
        head.CopyTo(whole);
        store.CopyTo(whole.AsSpan((int)head.Length));
        return whole;
    }

    /// <exception cref="InvalidDataException">These bytes are no snapshot, or one of a newer program.</exception>
    public static SnapshotContent Read(ReadOnlyMemory<byte> data)
    {
        var objects = new List<StoreObject>();
        var membership = new ClusterSnapshot();
        try
        {
            var fields = new FieldReader(data.Span);
            while (fields.Next(out int number, out var bytes, out ulong value))
            {
                switch (number)
                {
                    case 1 when value != 0:
                        throw new InvalidDataException($"the snapshot has the unknown version {value}");
                    case MembershipField:
                        membership.MergeFrom(bytes);
                        break;
                    case StoreField:
                        ReadStore(bytes, objects);
                        break;
                }
            }
        }
        catch (InvalidProtocolBufferException broken)
        {
            throw new InvalidDataException("the snapshot has an object that cannot be read", broken);
        }
        return new(objects, membership.Members, membership.Removed);
    }

    private static void ReadStore(ReadOnlySpan<byte> store, List<StoreObject> objects)
    {
        var fields = new FieldReader(store);
        while (fields.Next(out int number, out var bytes, out _))
        {
            objects.Add(ReadObject(number, bytes) ?? throw new InvalidDataException(
                $"the snapshot has objects of the unknown kind {number}: a newer manager wrote it"));
        }
    }

    private static StoreObject? ReadObject(int field, ReadOnlySpan<byte> bytes) => field switch
    {
        1 => NodeWire.ToRecord(Node.Parser.ParseFrom(bytes)),
        2 => ServiceWire.ToRecord(Service.Parser.ParseFrom(bytes)),
        3 => NetworkWire.ToRecord(Network.Parser.ParseFrom(bytes)),
        4 => TaskWire.ToRecord(SwarmTask.Parser.ParseFrom(bytes)),
        5 => ClusterWire.ToRecord(Cluster.Parser.ParseFrom(bytes)),
        6 => SecretWire.ToRecord(Secret.Parser.ParseFrom(bytes)),
        7 => ExtensionWire.ToRecord(Resource.Parser.ParseFrom(bytes)),
        8 => ExtensionWire.ToRecord(Extension.Parser.ParseFrom(bytes)),
        9 => SecretWire.ToRecord(Config.Parser.ParseFrom(bytes)),
        10 => VolumeWire.ToRecord(Volume.Parser.ParseFrom(bytes)),
        _ => null,
    };

    private static int FieldOf(ObjectKind kind) => kind switch
    {
        ObjectKind.Node => 1,
        ObjectKind.Service => 2,
        ObjectKind.Network => 3,
        ObjectKind.Task => 4,
        ObjectKind.Cluster => 5,
        ObjectKind.Secret => 6,
        ObjectKind.Resource => 7,
        ObjectKind.Extension => 8,
        ObjectKind.Config => 9,
        ObjectKind.Volume => 10,
        _ => throw new UnreachableException(),
    };

    private static ulong Tag(int field) => WireFormat.MakeTag(field, WireFormat.WireType.LengthDelimited);
}

/// <summary>What a snapshot holds, in the order in which it was written.</summary>
public sealed record SnapshotContent(
    IReadOnlyList<StoreObject> Objects, IReadOnlyList<RaftMember> Members, IReadOnlyList<ulong> Removed);
