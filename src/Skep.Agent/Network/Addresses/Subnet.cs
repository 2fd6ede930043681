using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Skep.Agent.Network.Addresses;

/// <summary>A range of addresses with a common prefix, as a number and a count of bits.</summary>
/// <param name="First">The prefix with zeros behind it; an IPv4 address is its 32 bits.</param>
public readonly record struct Subnet(UInt128 First, int PrefixBits, bool IsIPv4) : IComparable<Subnet>
{
    private const int IPv4Bits = 32, IPv6Bits = 128;

    public int AddressBits => IsIPv4 ? IPv4Bits : IPv6Bits;

    public UInt128 Last => First | HostMask(PrefixBits, IsIPv4);

    public IPAddress Network => ToAddress(First, IsIPv4);

    /// <summary>Reads "10.0.0.0/8" or "10.1.2.3/8"; the second form has bits behind the prefix.</summary>
    public static bool TryParse(string text, out Subnet subnet, [NotNullWhen(true)] out IPAddress? address)
    {
        subnet = default;
        address = null;
        int slash = text.IndexOf('/');
        if (slash <= 0
            || !TryParseAddress(text[..slash], out address)
            || !int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out int bits)
            || bits > (address.AddressFamily == AddressFamily.InterNetwork ? IPv4Bits : IPv6Bits))
        {
            return false;
        }

        subnet = Containing(address, bits);
        return true;
    }

    /// <summary>Reads an address in its full form: no "10.1" for 10.0.0.1, no IPv4 in IPv6 clothes.</summary>
    public static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        if (IPAddress.TryParse(text, out address)
            && !address.IsIPv4MappedToIPv6
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(c => c == '.') == 3))
        {
            return true;
        }

        address = null;
        return false;
    }

    public static Subnet Parse(string text) =>
        TryParse(text, out Subnet subnet, out _) ? subnet : throw new FormatException($"not a subnet: {text}");

    public static Subnet Containing(IPAddress address, int prefixBits)
    {
        bool isIPv4 = address.AddressFamily == AddressFamily.InterNetwork;
        return new Subnet(ToNumber(address) & ~HostMask(prefixBits, isIPv4), prefixBits, isIPv4);
    }

    public bool Contains(IPAddress address) =>
        address.AddressFamily == (IsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6)
        && ToNumber(address) is var number && number >= First && number <= Last;

    public bool Contains(Subnet other) =>
        IsIPv4 == other.IsIPv4 && other.PrefixBits >= PrefixBits && other.First >= First && other.Last <= Last;

    public bool Overlaps(Subnet other) => IsIPv4 == other.IsIPv4 && First <= other.Last && other.First <= Last;

    /// <summary>The n-th part when the subnet is cut into parts of a longer prefix.</summary>
    public Subnet Part(int prefixBits, UInt128 index) =>
        new(First + (index << (AddressBits - prefixBits)), prefixBits, IsIPv4);

    public IPAddress AddressAt(UInt128 number) => ToAddress(number, IsIPv4);

    public int CompareTo(Subnet other) =>
        First != other.First ? First.CompareTo(other.First) : PrefixBits.CompareTo(other.PrefixBits);

    public override string ToString() => $"{Network}/{PrefixBits}";

    public static UInt128 ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int count);
        return count == 4
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static IPAddress ToAddress(UInt128 number, bool isIPv4)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(isIPv4 ? bytes[12..] : bytes);
    }

    private static UInt128 HostMask(int prefixBits, bool isIPv4)
    {
        int hostBits = (isIPv4 ? IPv4Bits : IPv6Bits) - prefixBits;
        return hostBits == IPv6Bits ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;
    }
}
