using System.Globalization;
using Skep.Swarm.Allocation;

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
            return IpNumber.Parse(text) is { } single ? new(single, 0) : null;
        }
        string before = text[..slash];
        int bits = IpNumber.IsDotted(before) ? 32 : 128;
        return IpNumber.Parse(before) is { } first
            && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            && length <= bits
            ? new(first, bits - length)
            : null;
    }

    /// <summary>False for what is no address.</summary>
    public bool Contains(string address) => IpNumber.Parse(address) is { } number && (number & mask) == prefix;
}
