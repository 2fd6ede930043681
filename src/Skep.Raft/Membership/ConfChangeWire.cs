using System.Buffers;

namespace Skep.Raft;

/// <summary>A configuration change as the bytes of its entry: etcd's <c>raftpb.ConfChange</c>.</summary>
/// <remarks>
/// <code>
/// ConfChange        1 id varint, 2 type varint, 3 node_id varint, 4 context bytes
/// ConfChangeV2      1 transition varint, 2 changes (repeated), 3 context bytes
/// ConfChangeSingle  1 type varint, 2 node_id varint
/// </code>
/// We write the first form, as SwarmKit does. The second is read when it makes one change without a joint phase.
/// Fields we do not know are skipped, as protobuf has it.
/// </remarks>
public static class ConfChangeWire
{
    private const uint AsVarint = 0;
    private const uint AsFixed64 = 1;
    private const uint AsBytes = 2;
    private const uint AsFixed32 = 5;

    public static ReadOnlyMemory<byte> Write(ConfChange change)
    {
        var bytes = new ArrayBufferWriter<byte>(32 + change.Context.Length);
        WriteVarint(bytes, (1 << 3) | AsVarint, change.Id);
        WriteVarint(bytes, (2 << 3) | AsVarint, (ulong)change.Kind);
        WriteVarint(bytes, (3 << 3) | AsVarint, change.Member);
        if (!change.Context.IsEmpty)
        {
            WriteVarint(bytes, (4 << 3) | AsBytes, (ulong)change.Context.Length);
            bytes.Write(change.Context.Span);
        }

        return bytes.WrittenMemory;
    }

    /// <exception cref="UnreadableConfChangeException">It is joint or damaged.</exception>
    public static ConfChange Read(Entry entry)
    {
        Invariant.Holds(entry.Kind is EntryKind.ConfChange or EntryKind.ConfChangeV2);
        return entry.Kind == EntryKind.ConfChange ? ReadFirstForm(entry.Data) : ReadSecondForm(entry.Data);
    }

    private static ConfChange ReadFirstForm(ReadOnlyMemory<byte> data)
    {
        var change = new ConfChange(0, ConfChangeKind.AddNode, 0, default);
        while (!data.IsEmpty)
        {
            (uint field, ulong value, ReadOnlyMemory<byte> content) = ReadField(ref data);
            change = field switch
            {
                1 => change with { Id = value },
                2 => change with { Kind = Kind(value) },
                3 => change with { Member = value },
                4 => change with { Context = content },
                _ => change,
            };
        }

        return change;
    }

    private static ConfChange ReadSecondForm(ReadOnlyMemory<byte> data)
    {
        var change = new ConfChange(0, ConfChangeKind.AddNode, 0, default);
        int changes = 0;
        while (!data.IsEmpty)
        {
            (uint field, ulong value, ReadOnlyMemory<byte> content) = ReadField(ref data);
            if (field == 1 && value != 0)
            {
                throw new UnreadableConfChangeException("joint configuration changes are not supported");
            }

            if (field == 2)
            {
                changes++;
                change = ReadSingle(content) with { Context = change.Context };
            }
            else if (field == 3)
            {
                change = change with { Context = content };
            }
        }

        return changes == 1
            ? change
            : throw new UnreadableConfChangeException("joint configuration changes are not supported");
    }

    private static ConfChange ReadSingle(ReadOnlyMemory<byte> data)
    {
        var change = new ConfChange(0, ConfChangeKind.AddNode, 0, default);
        while (!data.IsEmpty)
        {
            (uint field, ulong value, _) = ReadField(ref data);
            change = field switch
            {
                1 => change with { Kind = Kind(value) },
                2 => change with { Member = value },
                _ => change,
            };
        }

        return change;
    }

    private static ConfChangeKind Kind(ulong value) =>
        value <= (ulong)ConfChangeKind.AddLearner ? (ConfChangeKind)value : throw Damaged();

    private static (uint Field, ulong Value, ReadOnlyMemory<byte> Content) ReadField(ref ReadOnlyMemory<byte> data)
    {
        ulong key = ReadVarint(ref data);
        if (key >> 3 is 0 or > uint.MaxValue)
        {
            throw Damaged();
        }

        uint field = (uint)(key >> 3);
        return (uint)(key & 7) switch
        {
            AsVarint => (field, ReadVarint(ref data), default),
            AsBytes => (field, 0, Take(ref data, ReadVarint(ref data))),
            AsFixed32 => (field, 0, Take(ref data, 4)),
            AsFixed64 => (field, 0, Take(ref data, 8)),
            _ => throw Damaged(),
        };
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> data, ulong bytes)
    {
        if (bytes > (ulong)data.Length)
        {
            throw Damaged();
        }

        ReadOnlyMemory<byte> taken = data[..(int)bytes];
        data = data[(int)bytes..];
        return taken;
    }

    private static ulong ReadVarint(ref ReadOnlyMemory<byte> data)
    {
        ulong value = 0;
        for (int index = 0; index < Math.Min(data.Length, 10); index++)
        {
            byte part = data.Span[index];
            value |= (ulong)(part & 0x7f) << (7 * index);
            if (part < 0x80)
            {
                data = data[(index + 1)..];
                return value;
            }
        }

        throw Damaged();
    }

    private static void WriteVarint(ArrayBufferWriter<byte> bytes, uint key, ulong value)
    {
        Span<byte> room = bytes.GetSpan(11);
        room[0] = (byte)key;
        int length = 1;
        for (; value >= 0x80; value >>= 7)
        {
            room[length++] = (byte)(value | 0x80);
        }

        room[length++] = (byte)value;
        bytes.Advance(length);
    }

    private static UnreadableConfChangeException Damaged() => new("the configuration change is damaged");
}
