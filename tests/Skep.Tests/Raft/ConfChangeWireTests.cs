using Skep.Raft;

namespace Skep.Tests.Raft;

public sealed class ConfChangeWireTests
{
    [Fact]
    public void A_change_is_written_as_etcd_writes_it()
    {
        var change = new ConfChange(5, ConfChangeKind.AddLearner, 300, new byte[] { 1, 2 });
        Assert.Equal("0805" + "1003" + "18AC02" + "22020102", Convert.ToHexString(ConfChangeWire.Write(change).Span));
    }

    [Fact]
    public void Every_change_reads_back()
    {
        var random = new Random(3);
        for (int round = 0; round < 200; round++)
        {
            byte[] context = new byte[random.Next(40)];
            random.NextBytes(context);
            var change = new ConfChange(
                (ulong)random.NextInt64(), (ConfChangeKind)random.Next(4), (ulong)random.NextInt64() << 1, context);
            Assert.Equal(change, ConfChangeWire.Read(Entry(EntryKind.ConfChange, ConfChangeWire.Write(change))));
        }
    }

    [Fact]
    public void An_empty_change_and_unknown_fields_are_read_as_protobuf_has_it()
    {
        Assert.Equal(
            new ConfChange(0, ConfChangeKind.AddNode, 0, default),
            ConfChangeWire.Read(Entry(EntryKind.ConfChange, default)));
        Assert.Equal(
            new ConfChange(0, ConfChangeKind.AddNode, 7, default),
            ConfChangeWire.Read(Entry(EntryKind.ConfChange, new byte[] { 0x7A, 1, 9, 0x18, 7, 0x7D, 1, 2, 3, 4 })));
    }

    [Fact]
    public void A_single_change_of_the_second_form_is_read_and_a_joint_one_refused()
    {
        byte[] single = [0x12, 4, 0x08, 1, 0x10, 7];
        Assert.Equal(
            new ConfChange(0, ConfChangeKind.RemoveNode, 7, default),
            ConfChangeWire.Read(Entry(EntryKind.ConfChangeV2, single)));
        Assert.Throws<UnreadableConfChangeException>(
            () => ConfChangeWire.Read(Entry(EntryKind.ConfChangeV2, new byte[] { 0x08, 2, 0x12, 2, 0x10, 7 })));
        Assert.Throws<UnreadableConfChangeException>(
            () => ConfChangeWire.Read(Entry(EntryKind.ConfChangeV2, (byte[])[.. single, .. single])));
        Assert.Throws<UnreadableConfChangeException>(() => ConfChangeWire.Read(Entry(EntryKind.ConfChangeV2, default)));
    }

    [Fact]
    public void Damaged_bytes_are_refused_and_never_anything_else()
    {
        var random = new Random(4);
        byte[] whole = ConfChangeWire.Write(new ConfChange(9, ConfChangeKind.AddNode, 77, new byte[20])).ToArray();
        for (int round = 0; round < 5_000; round++)
        {
            byte[] damaged = whole[..random.Next(whole.Length + 1)];
            if (damaged.Length > 0)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            EntryKind kind = random.Next(2) == 0 ? EntryKind.ConfChange : EntryKind.ConfChangeV2;
            Exception? error = Record.Exception(() => ConfChangeWire.Read(Entry(kind, damaged)));
            Assert.True(error is null or UnreadableConfChangeException, error?.ToString());
        }
    }

    private static Entry Entry(EntryKind kind, ReadOnlyMemory<byte> data) => new(1, 1, kind, data);
}
