using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Skep.Raft;

namespace Skep.Manager.Storage;

/// <summary>Reads the records of a decrypted frame; <see cref="FrameBuffer"/> writes them.</summary>
/// <remarks>
/// Each record is its kind (1 byte) and its fields, little-endian. Kind 0 is the end: zeros fill the frame's last
/// sector. Entries' data are slices of the given memory, not copies.
/// <code>
/// 1 head     clusterBytes u16, cluster, nodeBytes u16, node, raft id u64,
///            previous number u64, previous bytes u64, previous tag 16, last index u64
/// 2 entry    kind u8, term u64, index u64, dataBytes u32, data
/// 3 state    term u64, vote u64, commit u64
/// 4 mark     installed u8, index u64, term u64, voterCount u32, voters u64…, learnerCount u32, learners u64…
/// </code>
/// </remarks>
internal ref struct LogRecordReader(ReadOnlyMemory<byte> frame)
{
    public const byte HeadKind = 1, EntryKindByte = 2, StateKind = 3, MarkKind = 4;

    private ReadOnlyMemory<byte> rest = frame;

    /// <returns>Null at the end.</returns>
    /// <exception cref="FormatException">These are no records: a bug of the writer, as the tag was right.</exception>
    public LogRecord? Next()
    {
        if (rest.IsEmpty)
        {
            return null;
        }

        byte kind = Byte();
        switch (kind)
        {
            case 0:
                return rest.Span.ContainsAnyExcept((byte)0) ? throw new FormatException("bytes after the end") : null;
            case HeadKind:
                var identity = new StorageIdentity(Text(), Text(), Number());
                return new LogRecord.Head(
                    identity, Number(), (long)Number(), Tag(), Number());
            case EntryKindByte:
                var entryKind = (EntryKind)Byte();
                return new LogRecord.Appended(new Entry(Number(), Number(), entryKind, Take(Count(Limits.FrameBytes))));
            case StateKind:
                return new LogRecord.State(new HardState(Number(), Number(), Number()));
            case MarkKind:
                bool isInstalled = Byte() == 1;
                return new LogRecord.Mark(Meta(), isInstalled);
            default:
                throw new FormatException($"record of kind {kind}");
        }
    }

    /// <summary>A snapshot's place and members; also at the front of a snapshot.</summary>
    public SnapshotMeta Meta()
    {
        ulong index = Number(), term = Number();
        return new SnapshotMeta(index, term, new ConfState(Members(), Members()));
    }

    public StorageIdentity Identity() => new(Text(), Text(), Number());

    private ImmutableArray<ulong> Members()
    {
        int count = Count(Limits.Members);
        var members = ImmutableArray.CreateBuilder<ulong>(count);
        for (int index = 0; index < count; index++)
        {
            members.Add(Number());
        }

        return members.MoveToImmutable();
    }

    private byte Byte() => Take(1).Span[0];

    private ulong Number() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)).Span);

    private UInt128 Tag() => BinaryPrimitives.ReadUInt128LittleEndian(Take(FrameHeader.TagBytes).Span);

    private string Text() => Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadUInt16LittleEndian(Take(2).Span)).Span);

    private int Count(int max)
    {
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)).Span);
        return count <= max ? (int)count : throw new FormatException($"count {count}");
    }

    private ReadOnlyMemory<byte> Take(int bytes)
    {
        if (bytes > rest.Length)
        {
            throw new FormatException("record longer than its frame");
        }

        ReadOnlyMemory<byte> taken = rest[..bytes];
        rest = rest[bytes..];
        return taken;
    }
}
