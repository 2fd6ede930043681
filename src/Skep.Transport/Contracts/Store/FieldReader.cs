namespace Skep.Transport.Contracts;

/// <summary>Walks over the fields of one protobuf message without reading what is in them.</summary>
/// <remarks>
/// A field is a varint of number and wire type (the low three bits), then: 0 a varint, 1 eight bytes, 2 a varint
/// length and so many bytes, 5 four bytes. The groups 3 and 4 are refused; SwarmKit has none.
/// </remarks>
internal ref struct FieldReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> rest = message;

    /// <summary>False: the message ends here, with nothing left over.</summary>
    /// <param name="number">The field's number.</param>
    /// <param name="bytes">What a field of wire type 2 holds.</param>
    /// <param name="value">The value of a field of wire type 0.</param>
    public bool Next(out int number, out ReadOnlySpan<byte> bytes, out ulong value)
    {
        number = 0;
        bytes = default;
        value = 0;
        if (rest.IsEmpty)
        {
            return false;
        }
        ulong tag = ReadVarint();
        number = (int)Math.Min(tag >> 3, int.MaxValue);
        switch (tag & 7)
        {
            case 0:
                value = ReadVarint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                bytes = Take(ReadVarint());
                break;
            case 5:
                Take(4);
                break;
            default:
                throw new InvalidDataException("a message has a field of an unknown wire type");
        }
        return true;
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)rest.Length)
        {
            throw new InvalidDataException("a message ends in the middle of a field");
        }
        var taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Take(1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
        throw new InvalidDataException("a message has a number of more than ten bytes");
    }
}
