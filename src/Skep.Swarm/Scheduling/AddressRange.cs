using System.Globalization;
using System.Net;

namespace Skep.Swarm.Scheduling;

/// <summary>One address, or all addresses of a subnet, as <c>node.ip</c> takes them.</summary>
internal readonly record struct AddressRange
{
    private readonly UInt128 prefix;
    private readonly UInt128 mask;

    private AddressRange(UInt128 address, int hostBits)
    {
        mask = hostBits == 128 ? UInt128.Zero : UInt128.MaxValue << hostBits;
        prefix = address & mask;
    }

    /// <returns>Null for what is neither.</returns>
    public static AddressRange? Parse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return NumberOf(text) is { } single ? new(single, 0) : null;
        }
        string before = text[..slash];
        int bits = IsDotted(before) ? 32 : 128;
        return NumberOf(before) is { } first
            && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            && length <= bits
            ? new(first, bits - length)
            : null;
    }

    /// <summary>False for what is no address.</summary>
    public bool Contains(string address) => NumberOf(address) is { } number && (number & mask) == prefix;

    /// <summary>Both families in one space: version 4 where version 6 has its place for it.</summary>
    private static UInt128? NumberOf(string text)
    {
        // .NET also takes numbers, octal parts, brackets and zones as addresses; SwarmKit takes none of them.
        bool isPlain = IsDotted(text) || (text.Contains(':', StringComparison.Ordinal)
            && text.All(letter => char.IsAsciiHexDigit(letter) || letter is ':' or '.'));
        if (!isPlain || !IPAddress.TryParse(text, out IPAddress? address))
        {
            return null;
        }
        Span<byte> bytes = stackalloc byte[16];
        return address.MapToIPv6().TryWriteBytes(bytes, out _)
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : null;
    }

    private static bool IsDotted(string text)
    {
        string[] parts = text.Split('.');
        return parts.Length == 4 && parts.All(part =>
            part.Length is > 0 and <= 3 && part.All(char.IsAsciiDigit) && (part.Length == 1 || part[0] != '0'));
    }
}
