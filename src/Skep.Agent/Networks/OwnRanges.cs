using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Skep.Agent.Network;
using Skep.Swarm.Objects;

namespace Skep.Agent.Networks;

/// <summary>Which networks this machine reaches by itself: no network of the swarm may lie over one of them.</summary>
/// <remarks>
/// Read from the kernel's tables in /proc, which have IPv4 addresses as words in the machine's order and IPv6 ones as
/// 32 digits. Links of our own are left out, but for the bridges of local networks: what leads to networks of the swarm
/// is no hindrance to them.
/// </remarks>
public static class OwnRanges
{
    private const string OwnLinks = "sk";
    private const string LocalBridges = "skb";

    public static ValueList<string> Read(string resolvConfPath) => Of(
        ReadLines("/proc/self/net/route"),
        ReadLines("/proc/self/net/ipv6_route"),
        new HostResolver(resolvConfPath).Read().Servers);

    internal static ValueList<string> Of(
        IEnumerable<string> ipv4, IEnumerable<string> ipv6, IEnumerable<IPAddress> nameServers)
    {
        IEnumerable<string> servers = nameServers.Where(static one => !IPAddress.IsLoopback(one))
            .Select(static one => $"{one}/{one.GetAddressBytes().Length * 8}");
        return ValueList.From(
            Some(ipv4).Select(IPv4Of).Concat(Some(ipv6).Select(IPv6Of)).OfType<string>().Concat(servers)
                .Distinct().Order(StringComparer.Ordinal).Take(NetworkSessionLimits.Ranges));
    }

    // Iface Destination Gateway Flags RefCnt Use Metric Mask …
    private static string? IPv4Of(string line)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 8 || IsOwn(words[0])
            || !uint.TryParse(words[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint to)
            || !uint.TryParse(words[7], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint mask)
            || mask == 0)
        {
            return null;
        }

        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, to);
        return $"{new IPAddress(bytes)}/{uint.PopCount(mask)}";
    }

    // destination length source length gateway metric refcnt use flags device
    private static string? IPv6Of(string line)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 10 || words[0].Length != 32 || IsOwn(words[9]) || words[9] == "lo"
            || !int.TryParse(words[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int length)
            || length == 0)
        {
            return null;
        }

        var address = new IPAddress(Convert.FromHexString(words[0]));
        return address.IsIPv6LinkLocal || address.IsIPv6Multicast ? null : $"{address}/{length}";
    }

    // The kernel makes the lines as they are read: a router's whole table would cost seconds, every time.
    private static IEnumerable<string> Some(IEnumerable<string> lines) => lines.Take(NetworkSessionLimits.RouteLines);

    private static bool IsOwn(string link) => link.StartsWith(OwnLinks, StringComparison.Ordinal)
        && !link.StartsWith(LocalBridges, StringComparison.Ordinal);

    private static IEnumerable<string> ReadLines(string path) => File.Exists(path) ? File.ReadLines(path) : [];
}
