using System.Globalization;

namespace Skep.Swarm.Allocation;

/// <summary>All addresses with the same beginning, of one family.</summary>
public readonly record struct Subnet
{
    private Subnet(UInt128 first, int hostBits, bool isIpv4)
    {
        First = first;
        HostBits = hostBits;
        IsIpv4 = isIpv4;
    }

    public UInt128 First { get; }

    public UInt128 Last => First + Size - 1;

    /// <summary>Of the part that is not the same; below 128, for nobody has all addresses.</summary>
    public int HostBits { get; }

    public bool IsIpv4 { get; }

    public int PrefixLength => (IsIpv4 ? 32 : 128) - HostBits;

    public UInt128 Size => UInt128.One << HostBits;

    /// <param name="text">Such as 10.0.1.0/24; bits behind the prefix are dropped.</param>
    /// <returns>Null for what is none.</returns>
    public static Subnet? Parse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0
            || IpNumber.Parse(text[..slash]) is not { } address
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length))
        {
            return null;
        }
        bool isIpv4 = IpNumber.IsDotted(text[..slash]);
        int bits = isIpv4 ? 32 : 128;
        return length > bits || bits - length >= 128 ? null : Around(address, bits - length, isIpv4);
    }

    /// <summary>The one of that size which holds the address.</summary>
    public static Subnet Around(UInt128 address, int hostBits, bool isIpv4) =>
        new(address & (UInt128.MaxValue << hostBits), hostBits, isIpv4);

    public bool Contains(UInt128 address) => address >= First && address <= Last;

    public bool Contains(Subnet other) => other.First >= First && other.Last <= Last;

    public bool Overlaps(Subnet other) => First <= other.Last && other.First <= Last;

    /// <summary>With the prefix length behind it, as SwarmKit keeps addresses.</summary>
    public string WithLength(UInt128 address) => string.Create(
        CultureInfo.InvariantCulture, $"{IpNumber.Text(address)}/{PrefixLength}");

    public override string ToString() => WithLength(First);
}
