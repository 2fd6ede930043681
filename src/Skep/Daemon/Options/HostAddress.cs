using System.Globalization;
using System.Net;
using Skep.Swarm;

namespace Skep.Daemon.Options;

/// <summary>One place where the API is served: a unix socket, or an address and port.</summary>
/// <param name="UnixPath">The socket's path; null for TCP.</param>
/// <param name="Address">The host's address to listen on; null for a unix socket.</param>
public sealed record HostAddress(string? UnixPath, IPAddress? Address, int Port)
{
    private const int TcpPort = 2375, TlsPort = 2376;

    public bool IsTcp => Address is not null;

    /// <summary>Reads what --host takes. Without a scheme it is TCP, as with dockerd.</summary>
    /// <param name="isTls">Which port is the usual one.</param>
    public static HostAddress Parse(string text, bool isTls)
    {
        string trimmed = text.Trim();
        int scheme = trimmed.IndexOf("://", StringComparison.Ordinal);
        string kind = scheme < 0 ? "tcp" : trimmed[..scheme];
        string rest = scheme < 0 ? trimmed : trimmed[(scheme + 3)..];
        return kind switch
        {
            "unix" when rest.Length == 0 => new HostAddress(BuiltInDefaults.SocketPath, null, 0),
            "unix" => new HostAddress(Path.GetFullPath(rest), null, 0),
            "tcp" => Tcp(text, rest, isTls),
            "fd" => throw Bad(text, "sockets handed over by a service manager are not supported, use unix://"),
            _ => throw Bad(text, "it must begin with unix:// or tcp://"),
        };
    }

    public override string ToString() => UnixPath is null
        ? string.Create(CultureInfo.InvariantCulture, $"tcp://{new IPEndPoint(Address!, Port)}")
        : "unix://" + UnixPath;

    private static HostAddress Tcp(string text, string rest, bool isTls)
    {
        rest = rest.TrimEnd('/');
        string host = rest, port = "";
        int colon = rest.LastIndexOf(':');
        if (colon >= 0 && !rest.EndsWith(']'))
        {
            (host, port) = (rest[..colon], rest[(colon + 1)..]);
        }

        int number = isTls ? TlsPort : TcpPort;
        if (port.Length > 0
            && (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number > 65535))
        {
            throw Bad(text, "the port must be a number up to 65535");
        }

        IPAddress? address = host switch
        {
            "" or "localhost" => IPAddress.Loopback,
            _ when IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? given) => given,
            _ => throw Bad(text, "listening takes an IP address, not a name"),
        };
        return new HostAddress(null, address, number);
    }

    private static RefusedException Bad(string text, string reason) =>
        new(ErrorKind.Invalid, $"invalid bind address ({text}): {reason}");
}
