using System.Collections.Immutable;
using Google.Protobuf;
using Skep.Swarm.Objects;
using Skep.Transport.Contracts;
using Objects = Skep.Swarm.Objects;
using Records = Skep.Swarm.Store;
using Wire = Skep.Transport.Contracts;

namespace Skep.Tests.Contracts;

public class StoreWireTests
{
    private static readonly Type[] kinds =
    [
        typeof(Objects.Node), typeof(Objects.Service), typeof(SwarmNetwork), typeof(Objects.SwarmTask),
        typeof(Objects.Cluster), typeof(Objects.Secret), typeof(Objects.Resource), typeof(Objects.Extension),
        typeof(Objects.Config), typeof(Objects.Volume),
    ];

    [Fact]
    public void A_transaction_comes_back_from_the_log_as_it_was()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new RandomRecords(seed);
            var actions = kinds
                .Select((kind, index) => new Records.StoreAction(
                    index % 2 == 0 ? Records.StoreActionKind.Create : Records.StoreActionKind.Update,
                    (StoreObject)random.Make(kind)!))
                .ToImmutableArray();
            var data = StoreWire.WriteActions(0x1234567890abcdef, actions);
            Assert.Equal(actions.AsEnumerable(), StoreWire.ReadActions(data));
            Assert.Equal(0x1234567890abcdefUL, StoreWire.ReadId(data));
        }
    }

    [Fact]
    public void A_removal_says_kind_and_id_and_nothing_else()
    {
        foreach (var kind in kinds)
        {
            var item = (StoreObject)new RandomRecords(5).Make(kind)!;
            var data = StoreWire.WriteActions(1, [new(Records.StoreActionKind.Remove, item)]);
            Assert.InRange(data.Length, 1, 24);
            var read = Assert.Single(StoreWire.ReadActions(data));
            Assert.Equal(
                (Records.StoreActionKind.Remove, item.Kind, item.RawId),
                (read.Kind, read.Object.Kind, read.Object.RawId));
        }
    }

    [Fact]
    public void A_change_of_an_unknown_kind_is_refused_and_not_left_out()
    {
        var noTarget = new InternalRaftRequest
        {
            Action = { new StoreAction { Action = Wire.StoreActionKind.Create } },
        };
        Assert.Throws<InvalidDataException>(() => StoreWire.ReadActions(noTarget.ToByteArray()));
        var noKind = new InternalRaftRequest { Action = { new StoreAction { Node = new() { Id = "n" } } } };
        Assert.Throws<InvalidDataException>(() => StoreWire.ReadActions(noKind.ToByteArray()));
        Assert.Throws<InvalidDataException>(() => StoreWire.ReadActions(new byte[] { 0xff, 0xff }));
    }

    [Fact]
    public void A_snapshot_comes_back_as_it_was()
    {
        var random = new RandomRecords(7);
        var objects = Enumerable.Range(0, 300)
            .Select(index => (StoreObject)random.Make(kinds[index * kinds.Length / 300])!).ToList();
        var members = new[] { new RaftMember { RaftId = 5, NodeId = "n", Addr = "1.2.3.4:2377", Status = new() } };
        var data = SnapshotWire.Write(objects, members, [7, ulong.MaxValue]);
        var read = SnapshotWire.Read(data);
        Assert.Equal(objects, read.Objects);
        Assert.Equal(members, read.Members);
        Assert.Equal([7, ulong.MaxValue], read.Removed);
    }

    [Fact]
    public void A_snapshot_is_what_the_whole_message_would_be_byte_for_byte()
    {
        var random = new RandomRecords(11);
        var whole = new Snapshot { Membership = new(), Store = new() };
        var objects = kinds.Select(kind => (StoreObject)random.Make(kind)!).ToList();
        whole.Membership.Members.Add(new RaftMember { RaftId = 1, NodeId = "n", Addr = "a", Status = new() });
        whole.Membership.Removed.Add(9);
        whole.Store.Nodes.Add((Wire.Node)ObjectWire.ToMessage(objects[0]));
        whole.Store.Services.Add((Wire.Service)ObjectWire.ToMessage(objects[1]));
        whole.Store.Networks.Add((Wire.Network)ObjectWire.ToMessage(objects[2]));
        whole.Store.Tasks.Add((Wire.SwarmTask)ObjectWire.ToMessage(objects[3]));
        whole.Store.Clusters.Add((Wire.Cluster)ObjectWire.ToMessage(objects[4]));
        whole.Store.Secrets.Add((Wire.Secret)ObjectWire.ToMessage(objects[5]));
        whole.Store.Resources.Add((Wire.Resource)ObjectWire.ToMessage(objects[6]));
        whole.Store.Extensions.Add((Wire.Extension)ObjectWire.ToMessage(objects[7]));
        whole.Store.Configs.Add((Wire.Config)ObjectWire.ToMessage(objects[8]));
        whole.Store.Volumes.Add((Wire.Volume)ObjectWire.ToMessage(objects[9]));
        var data = SnapshotWire.Write(objects, whole.Membership.Members, whole.Membership.Removed);
        Assert.Equal(whole.ToByteArray(), data.ToArray());
    }

    [Fact]
    public void A_snapshot_cut_short_anywhere_is_refused_or_has_fewer_objects()
    {
        var random = new RandomRecords(3);
        var objects = kinds.Select(kind => (StoreObject)random.Make(kind)!).ToList();
        var data = SnapshotWire.Write(objects, [], []);
        for (int length = 0; length < data.Length; length++)
        {
            try
            {
                Assert.True(SnapshotWire.Read(data[..length]).Objects.Count < objects.Count);
            }
            catch (InvalidDataException refused)
            {
                Assert.NotEmpty(refused.Message);
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { 8, 1 }, "version")]
    [InlineData(new byte[] { 0x1a, 3, 0x62, 1, 0 }, "unknown kind 12")]
    [InlineData(new byte[] { 0x1b }, "wire type")]
    [InlineData(new byte[] { 0x1a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1 }, "ten bytes")]
    [InlineData(new byte[] { 0x1a, 2, 0x0a, 5 }, "middle")]
    public void A_snapshot_that_cannot_be_ours_is_refused(byte[] data, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => SnapshotWire.Read(data)).Message);
}
