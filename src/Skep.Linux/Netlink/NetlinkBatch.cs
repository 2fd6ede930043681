using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Skep.Linux.Netlink;

/// <summary>Netlink messages on their way to the kernel, one behind the other in one buffer.</summary>
/// <remarks>
/// Layout (linux/netlink.h): header { length u32, type u16, flags u16, sequence u32, port u32 }, the family's own
/// header,
/// attributes { length u16, type u16, value padded to 4 }. Host byte order unless a method says Be. Not thread-safe.
/// </remarks>
public sealed class NetlinkBatch
{
    /// <summary>Bytes of the netlink header.</summary>
    public const int HeaderBytes = 16;

    private const ushort Nested = 0x8000;

    private readonly List<(int Start, string Operation)> messages = [];
    private readonly Stack<int> nests = new();
    private byte[] buffer = new byte[1024];
    private int length;

    public int MessageCount => messages.Count;

    /// <summary>
    /// A single get answers with one message, or, when it asks for it, with one message and an acknowledgement.
    /// </summary>
    internal bool AsksForAck => (buffer[messages[0].Start + 6] & (byte)NetlinkFlags.Ack) != 0;

    /// <summary>Starts a message.</summary>
    /// <param name="operation">What this message does, in words for an error.</param>
    public NetlinkBatch Message(ushort type, NetlinkFlags flags, string operation)
    {
        Close();
        messages.Add((length, operation));
        U32(0).U16(type).U16((ushort)flags);
        return U32(0).U32(0);
    }

    public NetlinkBatch U8(byte value)
    {
        Reserve(1)[0] = value;
        return this;
    }

    public NetlinkBatch U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Reserve(2), value);
        return this;
    }

    public NetlinkBatch U32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);
        return this;
    }

    public NetlinkBatch Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        int padded = (value.Length + 3) & ~3;
        Span<byte> space = Reserve(4 + padded);
        BinaryPrimitives.WriteUInt16LittleEndian(space, checked((ushort)(4 + value.Length)));
        BinaryPrimitives.WriteUInt16LittleEndian(space[2..], type);
        value.CopyTo(space[4..]);
        return this;
    }

    public NetlinkBatch Flag(ushort type) => Attribute(type, []);

    public NetlinkBatch U8(ushort type, byte value) => Attribute(type, [value]);

    public NetlinkBatch U32(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Attribute(type, bytes);
    }

    public NetlinkBatch Be32(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Attribute(type, bytes);
    }

    public NetlinkBatch Text(ushort type, string value) => Attribute(type, Encoding.UTF8.GetBytes(value + "\0"));

    public NetlinkBatch Address(ushort type, IPAddress value) => Attribute(type, value.GetAddressBytes());

    /// <summary>Opens an attribute that holds attributes, without the mark that newer families want.</summary>
    public NetlinkBatch Nest(ushort type)
    {
        nests.Push(length);
        return U16(0).U16(type);
    }

    /// <summary>Opens an attribute that holds attributes, marked as such (nf_tables insists on it).</summary>
    public NetlinkBatch NestMarked(ushort type) => Nest((ushort)(type | Nested));

    public NetlinkBatch EndNest()
    {
        int start = nests.Pop();
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(start), checked((ushort)(length - start)));
        return this;
    }

    /// <summary>Bytes written since the message started: some families bound the size of one message.</summary>
    public int MessageBytes => messages.Count == 0 ? 0 : length - messages[^1].Start;

    /// <summary>Adds a flag to the last message.</summary>
    public void FlagLast(NetlinkFlags flag)
    {
        Span<byte> flags = buffer.AsSpan(messages[^1].Start + 6);
        BinaryPrimitives.WriteUInt16LittleEndian(
            flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | (ushort)flag));
    }

    /// <summary>Numbers the messages from a sequence on and gives them all.</summary>
    internal ReadOnlySpan<byte> Finish(uint firstSequence)
    {
        Close();
        foreach ((int start, _) in messages)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(start + 8), firstSequence++);
        }

        return buffer.AsSpan(0, length);
    }

    internal string OperationOf(long index) =>
        index >= 0 && index < messages.Count ? messages[(int)index].Operation : "netlink";

    private void Close()
    {
        Invariant.Holds(nests.Count == 0);
        if (messages.Count > 0)
        {
            int start = messages[^1].Start;
            BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(start), (uint)(length - start));
            Reserve(-length & 3);
        }
    }

    private Span<byte> Reserve(int bytes)
    {
        if (length + bytes > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + bytes));
        }

        Span<byte> space = buffer.AsSpan(length, bytes);
        length += bytes;
        return space;
    }
}

/// <summary>Flags of the netlink header (linux/netlink.h).</summary>
[Flags]
public enum NetlinkFlags : ushort
{
    None = 0,
    Request = 1,
    Ack = 4,
    Replace = 0x100,
    Exclusive = 0x200,
    Create = 0x400,
    Append = 0x800,
    Dump = 0x300,
}
