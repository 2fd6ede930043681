using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Skep.Linux.Netlink;

/// <summary>Walks the attributes of a netlink message: { length u16, type u16, value padded to 4 }.</summary>
/// <remarks>A length that leaves the buffer ends the walk; the kernel does not send one.</remarks>
public ref struct AttributeReader(ReadOnlySpan<byte> attributes)
{
    private const ushort TypeMask = 0x3fff;

    private ReadOnlySpan<byte> rest = attributes;

    public ushort Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public readonly uint U32 => BinaryPrimitives.ReadUInt32LittleEndian(Value);

    public readonly ushort BeU16 => BinaryPrimitives.ReadUInt16BigEndian(Value);

    public readonly string Text => Encoding.UTF8.GetString(Value.TrimEnd((byte)0));

    public readonly IPAddress Address => new(Value);

    public bool Next()
    {
        if (rest.Length < 4)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
        if (length < 4 || length > rest.Length)
        {
            return false;
        }

        Type = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) & TypeMask);
        Value = rest[4..length];
        rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        return true;
    }
}
