using System.Globalization;

namespace Skep.Cli.Swarm;

/// <summary>--listen-addr: an address or an interface, with or without a port; the default fills in the rest.</summary>
internal static class NodeAddress
{
    public const string Default = "0.0.0.0:2377";

    private const string DefaultHost = "0.0.0.0";
    private const string DefaultPort = "2377";

    /// <returns>"host:port".</returns>
    /// <exception cref="FormatException">With docker's words.</exception>
    public static string Parse(string text)
    {
        string address = text.StartsWith("tcp://", StringComparison.Ordinal) ? text[6..] : text;
        if (address.Length == 0)
        {
            return Default;
        }

        if (address.Contains("://"))
        {
            throw new FormatException($"invalid proto, expected tcp: {text}");
        }

        (string host, string port) = Split(address);
        if (port.Length > 0 && !port.All(char.IsAsciiDigit))
        {
            throw new FormatException($"parse \"tcp://{address}\": invalid port \":{port}\" after host");
        }

        if (port.Length > 0 && !int.TryParse(port, CultureInfo.InvariantCulture, out _))
        {
            throw new FormatException($"invalid bind address format: {text}");
        }

        host = host.Length == 0 ? DefaultHost : host;
        return $"{(host.Contains(':') ? $"[{host}]" : host)}:{(port.Length == 0 ? DefaultPort : port)}";
    }

    // Only brackets tell the port of an IPv6 address from the address; Go still looks at what stands behind the last
    // colon of any address.
    private static (string Host, string Port) Split(string address)
    {
        if (address[0] == '[' && address.IndexOf(']') is > 0 and var end)
        {
            return (address[1..end], address[(end + 1)..].TrimStart(':'));
        }

        int colon = address.LastIndexOf(':');
        bool isPort = colon >= 0 && !address[(colon + 1)..].All(char.IsAsciiDigit);
        return isPort || (colon >= 0 && address.IndexOf(':') == colon)
            ? (address[..colon], address[(colon + 1)..])
            : (address, "");
    }
}
