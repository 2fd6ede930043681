using Google.Protobuf;
using Skep.Manager.Consensus;
using Skep.Raft;
using Pb = Skep.Transport.Contracts.Raftpb;

namespace Skep.Tests.Consensus;

public class RaftWireTests
{
    [Theory]
    [InlineData(MessageKind.Append)]
    [InlineData(MessageKind.Snapshot)]
    [InlineData(MessageKind.PreVoteResponse)]
    [InlineData(MessageKind.ForgetLeader)]
    public void A_message_comes_back_as_it_was(MessageKind kind)
    {
        var message = new Message
        {
            Kind = kind,
            To = 1,
            From = ulong.MaxValue,
            Term = 3,
            LogTerm = 4,
            Index = 5,
            Entries =
            [
                new(3, 6, EntryKind.Normal, default),
                new(3, 7, EntryKind.ConfChange, new byte[] { 1, 2 }),
                new(3, 8, EntryKind.ConfChangeV2, new byte[] { 3 }),
            ],
            Commit = 6,
            Vote = 7,
            Snapshot = new(new(9, 2, new([1, 2], [3])), new byte[] { 8 }),
            Reject = true,
            RejectHint = 10,
            Context = new byte[] { 11 },
        };
        var arrived = Pb.Message.Parser.ParseFrom(RaftWire.ToWire(message).ToByteArray());
        Assert.Equal(message, RaftWire.ToRecord(arrived));
    }

    [Fact]
    public void A_heartbeat_is_etcds_byte_for_byte()
    {
        // etcd 3.5 and later: every plain field, zero or not, no snapshot and no context.
        var message = new Message { Kind = MessageKind.Heartbeat, To = 2, From = 1, Term = 300, Commit = 7 };
        Assert.Equal(
            "0808" + "1002" + "1801" + "20ac02" + "2800" + "3000" + "4007" + "5000" + "5800" + "6800",
            Convert.ToHexStringLower(RaftWire.ToWire(message).ToByteArray()));
    }

    [Fact]
    public void An_entry_is_etcds_byte_for_byte()
    {
        Assert.Equal("080010031807", Hex(RaftWire.ToWire(new Entry(3, 7, EntryKind.Normal, default))));
        Assert.Equal(
            "0801100318072201ff", Hex(RaftWire.ToWire(new Entry(3, 7, EntryKind.ConfChange, new byte[] { 255 }))));
    }

    [Fact]
    public void The_empty_snapshot_that_older_managers_send_with_everything_is_no_snapshot()
    {
        // field 9, with metadata (field 2) of an empty configuration, index 0, term 0
        var old = Pb.Message.Parser.ParseFrom(
            Convert.FromHexString("0808" + "4a08" + "1206" + "0a00" + "1000" + "1800"));
        Assert.NotNull(old.Snapshot);
        Assert.Null(RaftWire.ToRecord(old).Snapshot);
    }

    [Fact]
    public void A_joint_configuration_is_refused()
    {
        Pb.ConfState[] refused =
        [
            new() { Voters = { 1 }, VotersOutgoing = { 2 } },
            new() { Voters = { 1 }, LearnersNext = { 2 } },
            new() { Voters = { 1 }, AutoLeave = true },
            new() { Voters = { 1 }, Learners = { 1 } },
        ];
        Assert.All(refused, state => Assert.Throws<InvalidDataException>(() => RaftWire.ToRecord(state)));
        Assert.Equal(ConfState.Empty, RaftWire.ToRecord((Pb.ConfState?)null));
    }

    [Fact]
    public void A_change_of_members_is_what_the_generated_message_says()
    {
        var change = new ConfChange(4, ConfChangeKind.AddLearner, 6, new byte[] { 1 });
        var wire = new Pb.ConfChange
        {
            Id = 4,
            Type = Pb.ConfChangeType.AddLearnerNode,
            NodeId = 6,
            Context = ByteString.CopyFrom(1),
        };
        Assert.Equal(wire.ToByteArray(), ConfChangeWire.Write(change).ToArray());
    }

    private static string Hex(IMessage message) => Convert.ToHexStringLower(message.ToByteArray());
}
