using Google.Protobuf;
using Google.Protobuf.Reflection;
using Skep.Swarm.Objects;
using Skep.Transport.Contracts;
using Objects = Skep.Swarm.Objects;
using Wire = Skep.Transport.Contracts;

namespace Skep.Tests.Contracts;

public class RecordWireTests
{
    private const int Rounds = 60;

    private sealed record Mapped(
        MessageDescriptor Message, Func<IMessage, object?> ToRecord, Func<object, IMessage?> ToWire, Type Record);

    /// <summary>Objects, and what else travels as a record of its own; the rest is a part of one of these.</summary>
    private static readonly Mapped[] mapped =
    [
        Map<Wire.Node, Objects.Node>(NodeWire.ToRecord, NodeWire.ToWire),
        Map<Wire.Service, Objects.Service>(ServiceWire.ToRecord, ServiceWire.ToWire),
        Map<Wire.SwarmTask, Objects.SwarmTask>(TaskWire.ToRecord, TaskWire.ToWire),
        Map<Wire.Network, SwarmNetwork>(NetworkWire.ToRecord, NetworkWire.ToWire),
        Map<Wire.Cluster, Objects.Cluster>(ClusterWire.ToRecord, ClusterWire.ToWire),
        Map<Wire.Secret, Objects.Secret>(SecretWire.ToRecord, SecretWire.ToWire),
        Map<Wire.Config, Objects.Config>(SecretWire.ToRecord, SecretWire.ToWire),
        Map<Wire.Extension, Objects.Extension>(ExtensionWire.ToRecord, ExtensionWire.ToWire),
        Map<Wire.Resource, Objects.Resource>(ExtensionWire.ToRecord, ExtensionWire.ToWire),
        Map<Wire.Volume, Objects.Volume>(VolumeWire.ToRecord, VolumeWire.ToWire),
        Map<Wire.VolumeAssignment, Objects.VolumeAssignment>(VolumeWire.ToRecord, VolumeWire.ToWire),
        Map<Wire.WeightedPeer, Objects.WeightedPeer>(PlainWire.ToRecord, PlainWire.ToWire),
    ];

    public static TheoryData<string> Names => [.. mapped.Select(one => one.Message.Name)];

    [Theory, MemberData(nameof(Names))]
    public void No_field_of_a_message_is_lost_in_its_record(string name)
    {
        var (message, toRecord, toWire, _) = mapped.Single(one => one.Message.Name == name);
        for (int seed = 0; seed < Rounds; seed++)
        {
            var sent = new RandomMessages(seed).Make(message);
            Assert.Equal(sent, toWire(toRecord(sent)!));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_record_comes_back_from_the_wire_as_it_was(string name)
    {
        var (message, toRecord, toWire, type) = mapped.Single(one => one.Message.Name == name);
        for (int seed = 0; seed < Rounds; seed++)
        {
            object record = new RandomRecords(seed).Make(type)!;
            var arrived = message.Parser.ParseFrom(toWire(record).ToByteArray());
            Assert.Equal(record, toRecord(arrived));
        }
    }

    [Fact]
    public void Every_message_about_objects_is_reached_from_one_that_is_mapped()
    {
        var reached = new HashSet<MessageDescriptor>();
        foreach (var one in mapped)
        {
            Reach(one.Message, reached);
        }
        // In these files are objects and their parts only; the others are requests, streams and the log.
        string[] files =
        [
            "certificates.proto", "cluster.proto", "common.proto", "container.proto", "extension.proto",
            "network.proto", "node.proto", "resources.proto", "secrets.proto", "service.proto", "task.proto",
            "volume.proto",
        ];
        var all = SwarmKitDescriptors.Messages.Where(message => files.Contains(message.File.Name));
        // A Raft member's status is part of the log's own messages.
        Assert.Equal(["RaftMemberStatus"], all.Except(reached).Select(message => message.Name));
    }

    [Fact]
    public void What_SwarmKit_always_writes_is_written_also_when_it_is_empty()
    {
        var wire = NodeWire.ToWire(new Objects.Node { Id = new("n") });
        Assert.NotNull(wire.Meta.Version);
        Assert.NotNull(wire.Spec.Annotations);
        Assert.NotNull(wire.Status);
        Assert.NotNull(wire.Certificate.Status);
        Assert.Null(wire.Description);
        Assert.Null(wire.ManagerStatus);
    }

    private static void Reach(MessageDescriptor message, HashSet<MessageDescriptor> reached)
    {
        if (!reached.Add(message))
        {
            return;
        }
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            if (field.FieldType == FieldType.Message)
            {
                Reach(field.MessageType, reached);
            }
        }
    }

    private static Mapped Map<TWire, TRecord>(
        Func<TWire?, TRecord?> toRecord, Func<TRecord?, TWire?> toWire)
        where TWire : class, IMessage<TWire>, new()
        where TRecord : class =>
        new(new TWire().Descriptor, wire => toRecord((TWire)wire), record => toWire((TRecord)record), typeof(TRecord));
}
