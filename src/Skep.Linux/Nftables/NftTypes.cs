using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Text;

namespace Skep.Linux.Nftables;

/// <summary>Which packets a table sees.</summary>
public enum NftFamily : byte
{
    /// <summary>IPv4 and IPv6 together.</summary>
    Inet = 1,
    IPv4 = 2,
    IPv6 = 10,
}

/// <summary>Where in a packet's way a chain is called (linux/netfilter.h).</summary>
public enum NftHookPoint
{
    Prerouting = 0,
    Input = 1,
    Forward = 2,
    Output = 3,
    Postrouting = 4,
}

public enum NftChainKind
{
    Filter,
    Nat,

    /// <summary>In the output hook: a packet that was changed is routed again.</summary>
    Route,
}

/// <param name="Priority">Lower is earlier: raw -300, destination NAT -100, filter 0, source NAT 100.</param>
public readonly record struct NftHook(NftChainKind Kind, NftHookPoint Point, int Priority)
{
    public const int Raw = -300;
    public const int Mangle = -150;
    public const int DestinationNat = -100;
    public const int Filter = 0;
    public const int SourceNat = 100;
}

/// <summary>What a set's key or a map's value is; the numbers are those by which nft prints it.</summary>
public readonly record struct NftType(uint Number, int Bytes)
{
    private const int BitsPerType = 6;

    public static readonly NftType Verdict = new(0xffffff00, 16);
    public static readonly NftType IPv4 = new(7, 4);
    public static readonly NftType IPv6 = new(8, 16);
    public static readonly NftType Mac = new(9, 6);
    public static readonly NftType Protocol = new(12, 1);
    public static readonly NftType Port = new(13, 2);

    /// <summary>A mark of a packet or connection; also any other number of the host's byte order.</summary>
    public static readonly NftType Mark = new(19, 4);

    public static readonly NftType LinkName = new(41, 16);

    /// <summary>A concatenation: every part begins at a multiple of four bytes.</summary>
    public static NftType operator +(NftType left, NftType right) => new(
        (left.Number << BitsPerType) | right.Number, Padded(left.Bytes) + Padded(right.Bytes));

    internal static int Padded(int bytes) => (bytes + 3) & ~3;
}

/// <summary>A key or value, part by part, each padded to four bytes as the kernel's registers are.</summary>
public sealed class NftValue
{
    private readonly List<byte> bytes = [];

    public NftValue Address(IPAddress address) => Add(address.GetAddressBytes());

    /// <param name="protocol">6 TCP, 17 UDP, 132 SCTP.</param>
    public NftValue Protocol(byte protocol) => Add([protocol]);

    public NftValue Port(int port)
    {
        Span<byte> value = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(value, checked((ushort)port));
        return Add(value);
    }

    public NftValue Mac(PhysicalAddress mac) => Add(mac.GetAddressBytes());

    public NftValue Mark(uint mark)
    {
        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(value, mark);
        return Add(value);
    }

    public NftValue LinkName(string name)
    {
        Span<byte> value = stackalloc byte[16];
        value.Clear();
        Encoding.ASCII.GetBytes(name, value);
        return Add(value);
    }

    /// <summary>The bytes, cut to what the type says: the last part of a single-part key is not padded.</summary>
    internal byte[] ToBytes(int length) => bytes.GetRange(0, length).ToArray();

    private NftValue Add(ReadOnlySpan<byte> part)
    {
        bytes.AddRange(part);
        while (bytes.Count % 4 != 0)
        {
            bytes.Add(0);
        }

        return this;
    }
}

/// <summary>A member of a set, or a pair of a map.</summary>
/// <param name="Value">Null in a set.</param>
/// <param name="IsIntervalEnd">The key is the first one that no longer belongs to the interval before it.</param>
/// <param name="GoesTo">In a map of verdicts: the chain that decides about what has this key.</param>
public sealed record NftElement(
    NftValue Key, NftValue? Value = null, bool IsIntervalEnd = false, string? GoesTo = null);

/// <summary>A set, or with a value type a map.</summary>
public sealed record NftSet(string Name, NftType Key, NftType? Value = null, bool HasIntervals = false);

[Flags]
public enum NftConnectionState : uint
{
    Established = 2,
    Related = 4,
    New = 8,
}
