using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Skep.Agent.Network.Addresses;

/// <summary>Hardware addresses as Docker makes and prints them.</summary>
public static class MacAddresses
{
    /// <summary>02:42 and the IPv4 address: who gets an address again has the same neighbours' entries.</summary>
    public static PhysicalAddress Of(IPAddress ipv4)
    {
        byte[] bytes = ipv4.GetAddressBytes();
        return new PhysicalAddress([0x02, 0x42, bytes[0], bytes[1], bytes[2], bytes[3]]);
    }

    /// <summary>Of an endpoint; without an IPv4 address the end of the other one takes its place.</summary>
    public static PhysicalAddress OfEndpoint(IReadOnlyCollection<IPAddress> addresses) =>
        addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) is { } ipv4
            ? Of(ipv4)
            : Of(new IPAddress(addresses.First().GetAddressBytes().AsSpan(12)));

    public static string Text(PhysicalAddress mac) =>
        string.Join(':', mac.GetAddressBytes().Select(b => b.ToString("x2", null)));

    public static bool TryParse(string text, out PhysicalAddress mac)
    {
        mac = PhysicalAddress.None;
        string[] parts = text.Split(':', '-');
        var bytes = new byte[6];
        if (parts.Length != bytes.Length)
        {
            return false;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            if (parts[i].Length != 2
                || !byte.TryParse(parts[i], System.Globalization.NumberStyles.AllowHexSpecifier, null, out bytes[i]))
            {
                return false;
            }
        }

        mac = new PhysicalAddress(bytes);
        return true;
    }
}
