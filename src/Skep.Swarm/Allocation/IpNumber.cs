using System.Buffers.Binary;
using System.Net;

namespace Skep.Swarm.Allocation;

/// <summary>Addresses of both families as numbers: version 4 where version 6 has its place for it.</summary>
public static class IpNumber
{
    /// <summary>Bits in front of a version 4 address.</summary>
    internal const int Ipv4Prefix = 96;

    private static readonly UInt128 Ipv4First = (UInt128)0xFFFF_0000_0000;
    private static readonly UInt128 Ipv4Last = (UInt128)0xFFFF_FFFF_FFFF;

    public static bool IsIpv4(UInt128 number) => number >= Ipv4First && number <= Ipv4Last;

    /// <summary>.NET also takes numbers, octal parts, brackets and zones as addresses; SwarmKit takes none.</summary>
    /// <returns>Null for what is no address.</returns>
    public static UInt128? Parse(string text)
    {
        bool isPlain = IsDotted(text) || (text.Contains(':', StringComparison.Ordinal)
            && text.All(letter => char.IsAsciiHexDigit(letter) || letter is ':' or '.'));
        if (!isPlain || !IPAddress.TryParse(text, out IPAddress? address))
        {
            return null;
        }
        Span<byte> bytes = stackalloc byte[16];
        return address.MapToIPv6().TryWriteBytes(bytes, out _) ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : null;
    }

    public static string Text(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return (IsIpv4(number) ? new IPAddress(bytes[12..]) : new IPAddress(bytes)).ToString();
    }

    internal static bool IsDotted(string text)
    {
        string[] parts = text.Split('.');
        return parts.Length == 4 && parts.All(part =>
            part.Length is > 0 and <= 3 && part.All(char.IsAsciiDigit) && (part.Length == 1 || part[0] != '0'));
    }
}
