using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Skep.Raft;

namespace Skep.Manager.Storage;

/// <summary>Builds one frame in place: records go behind the header, are encrypted there, and written out.</summary>
/// <remarks>The layout of the records is at <see cref="LogRecordReader"/>, that of the header at its type.</remarks>
internal sealed class FrameBuffer
{
    private const int NonceBytes = 12;

    private byte[] bytes = new byte[64 << 10];
    private int end = FrameHeader.Bytes;

    public bool IsEmpty => end == FrameHeader.Bytes;

    public void Clear()
    {
        if (bytes.Length > Limits.BufferBytesKept)
        {
            bytes = new byte[Limits.BufferBytesKept];
        }

        end = FrameHeader.Bytes;
    }

    public void Add(LogRecord.Head head)
    {
        Byte(LogRecordReader.HeadKind);
        Identity(head.Identity);
        Number(head.PreviousNumber);
        Number((ulong)head.PreviousBytes);
        BinaryPrimitives.WriteUInt128LittleEndian(Room(16), head.PreviousTag);
        Number(head.LastIndex);
    }

    public void Add(Entry entry)
    {
        Byte(LogRecordReader.EntryKindByte);
        Byte((byte)entry.Kind);
        Number(entry.Term);
        Number(entry.Index);
        Count(entry.Data.Length);
        entry.Data.Span.CopyTo(Room(entry.Data.Length));
    }

    public void Add(HardState state)
    {
        Byte(LogRecordReader.StateKind);
        Number(state.Term);
        Number(state.Vote);
        Number(state.Commit);
    }

    public void Add(SnapshotMeta mark, bool isInstalled)
    {
        Byte(LogRecordReader.MarkKind);
        Byte(isInstalled ? (byte)1 : (byte)0);
        Meta(mark);
    }

    public void Meta(SnapshotMeta meta)
    {
        Number(meta.Index);
        Number(meta.Term);
        Members(meta.Members.Voters.AsSpan());
        Members(meta.Members.Learners.AsSpan());
    }

    public void Identity(StorageIdentity identity)
    {
        Text(identity.ClusterId);
        Text(identity.NodeId);
        Number(identity.RaftId);
    }

    /// <summary>The clear bytes so far.</summary>
    public ReadOnlySpan<byte> Content => bytes.AsSpan(FrameHeader.Bytes..end);

    /// <summary>Encrypts in place and gives the frame as it goes to the disk.</summary>
    /// <param name="nonce">Never used before with this cipher, not even by a write that failed.</param>
    /// <param name="previousTag">Of the frame before: it binds each frame to its place in the row.</param>
    public ReadOnlySpan<byte> Seal(AesGcm cipher, ulong nonce, UInt128 previousTag)
    {
        int whole = (end + Limits.SectorBytes - 1) / Limits.SectorBytes * Limits.SectorBytes;
        Room(whole - end).Clear();
        Span<byte> frame = bytes.AsSpan(0, whole);
        FrameHeader.WriteBound(frame, nonce);

        Span<byte> nonceBytes = stackalloc byte[NonceBytes];
        Span<byte> bound = stackalloc byte[FrameHeader.BoundBytes + FrameHeader.TagBytes];
        Bind(frame, nonce, previousTag, nonceBytes, bound);
        Span<byte> body = frame[FrameHeader.Bytes..];
        cipher.Encrypt(nonceBytes, body, body, frame.Slice(FrameHeader.TagOffset, FrameHeader.TagBytes), bound);
        FrameHeader.WriteChecksums(frame);
        return frame;
    }

    /// <summary>Decrypts a frame in place.</summary>
    /// <returns>Whether it is this frame, at this place, under this key.</returns>
    public static bool TryOpen(Span<byte> frame, AesGcm cipher, ulong nonce, UInt128 previousTag)
    {
        Span<byte> nonceBytes = stackalloc byte[NonceBytes];
        Span<byte> bound = stackalloc byte[FrameHeader.BoundBytes + FrameHeader.TagBytes];
        Bind(frame, nonce, previousTag, nonceBytes, bound);
        Span<byte> body = frame[FrameHeader.Bytes..];
        try
        {
            cipher.Decrypt(nonceBytes, body, frame.Slice(FrameHeader.TagOffset, FrameHeader.TagBytes), body, bound);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public static UInt128 Tag(ReadOnlySpan<byte> frame) =>
        BinaryPrimitives.ReadUInt128LittleEndian(frame[FrameHeader.TagOffset..]);

    private static void Bind(
        ReadOnlySpan<byte> frame, ulong nonce, UInt128 previousTag, Span<byte> nonceBytes, Span<byte> bound)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(nonceBytes, nonce);
        nonceBytes[sizeof(ulong)..].Clear();
        frame[..FrameHeader.BoundBytes].CopyTo(bound);
        BinaryPrimitives.WriteUInt128LittleEndian(bound[FrameHeader.BoundBytes..], previousTag);
    }

    private void Members(ReadOnlySpan<ulong> members)
    {
        Invariant.Holds(members.Length <= Limits.Members);
        Count(members.Length);
        foreach (ulong member in members)
        {
            Number(member);
        }
    }

    private void Byte(byte value) => Room(1)[0] = value;

    private void Number(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Room(sizeof(ulong)), value);

    private void Count(int value) => BinaryPrimitives.WriteInt32LittleEndian(Room(sizeof(int)), value);

    private void Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Invariant.Holds(length <= Limits.NameBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(Room(2), (ushort)length);
        Encoding.UTF8.GetBytes(text, Room(length));
    }

    private Span<byte> Room(int count)
    {
        Invariant.Holds(count <= Limits.FrameBytes - end);
        if (end + count > bytes.Length)
        {
            Array.Resize(ref bytes, (int)Math.Min(Math.Max(2L * bytes.Length, (long)end + count), Limits.FrameBytes));
        }

        Span<byte> room = bytes.AsSpan(end, count);
        end += count;
        return room;
    }
}
