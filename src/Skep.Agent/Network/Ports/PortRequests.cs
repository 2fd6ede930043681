using System.Net;
using Skep.Agent.Network.Addresses;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Agent.Network.Ports;

/// <summary>One wish for a host port.</summary>
/// <param name="HostAddress">Null: the default of the network or the daemon, and IPv6 beside it.</param>
/// <param name="First">0: any port of the ephemeral range.</param>
/// <param name="Last">Equal to the first, or the end of a range of which one port is wanted.</param>
public sealed record PortRequest(PortProtocol Protocol, int ContainerPort, IPAddress? HostAddress, int First, int Last)
{
    public bool IsFixed => First > 0 && First == Last;
}

/// <summary>Reads what a container wants published.</summary>
public static class PortRequests
{
    /// <summary>Fixed ports come first, so that none of them is given away to a range or to chance.</summary>
    /// <exception cref="RefusedException">A port or address that is none.</exception>
    public static IReadOnlyList<PortRequest> Read(
        IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> bindings,
        IReadOnlyCollection<string> exposed,
        bool publishesAll)
    {
        var requests = new List<PortRequest>();
        foreach ((string key, IReadOnlyList<PortBinding>? wanted) in bindings)
        {
            (PortProtocol protocol, int port) = ReadKey(key);
            foreach (PortBinding binding in wanted ?? [])
            {
                (int first, int last) = ReadRange(binding.HostPort);
                requests.Add(new PortRequest(protocol, port, ReadAddress(binding.HostIp), first, last));
            }
        }

        if (publishesAll)
        {
            foreach (string key in exposed)
            {
                (PortProtocol protocol, int port) = ReadKey(key);
                if (!requests.Exists(r => r.Protocol == protocol && r.ContainerPort == port))
                {
                    requests.Add(new PortRequest(protocol, port, null, 0, 0));
                }
            }
        }

        return requests
            .OrderBy(r => r.IsFixed ? 0 : r.First > 0 ? 1 : 2)
            .ThenBy(r => r.ContainerPort)
            .ThenBy(r => r.Protocol)
            .ToList();
    }

    /// <summary>"80/tcp" or "80".</summary>
    public static (PortProtocol Protocol, int Port) ReadKey(string key)
    {
        int slash = key.IndexOf('/');
        string number = slash < 0 ? key : key[..slash];
        PortProtocol? protocol = slash < 0 ? PortProtocol.Tcp : key[(slash + 1)..].ToLowerInvariant() switch
        {
            "tcp" or "" => PortProtocol.Tcp,
            "udp" => PortProtocol.Udp,
            "sctp" => PortProtocol.Sctp,
            _ => null,
        };
        if (protocol is null)
        {
            throw new RefusedException(ErrorKind.Invalid, $"invalid protocol: {key[(slash + 1)..]}");
        }

        return (protocol.Value, ReadPort(number));
    }

    private static (int First, int Last) ReadRange(string text)
    {
        if (text is "" or "0")
        {
            return (0, 0);
        }

        int dash = text.IndexOf('-');
        int first = ReadPort(dash < 0 ? text : text[..dash]);
        int last = dash < 0 ? first : ReadPort(text[(dash + 1)..]);
        return first <= last
            ? (first, last)
            : throw new RefusedException(ErrorKind.Invalid, $"Invalid range specified for the Port: {text}");
    }

    private static int ReadPort(string text) =>
        ushort.TryParse(text, System.Globalization.NumberStyles.None, null, out ushort port)
            ? port
            : throw new RefusedException(ErrorKind.Invalid, $"invalid port specification: \"{text}\"");

    private static IPAddress? ReadAddress(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        string bare = text is ['[', .., ']'] ? text[1..^1] : text;
        return Subnet.TryParseAddress(bare, out IPAddress? address)
            ? address
            : throw new RefusedException(ErrorKind.Invalid, $"invalid IP address: {text}");
    }
}
