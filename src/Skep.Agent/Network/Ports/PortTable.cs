using System.Net;

namespace Skep.Agent.Network.Ports;

/// <summary>Which host ports this instance has given to which address.</summary>
/// <remarks>Pure bookkeeping, not thread-safe. A port on every address collides with the same port on any
/// one.</remarks>
public sealed class PortTable(int ephemeralFirst, int ephemeralLast)
{
    private readonly Dictionary<(PortProtocol, int), List<IPAddress>> taken = [];
    private readonly Dictionary<PortProtocol, int> lastEphemeral = [];

    public int TakenCount => taken.Sum(t => t.Value.Count);

    /// <summary>The first of the addresses on which the port is taken; null: it is free on all of them.</summary>
    public IPAddress? FindTaken(PortProtocol protocol, IReadOnlyList<IPAddress> addresses, int port)
    {
        if (!taken.TryGetValue((protocol, port), out List<IPAddress>? holders))
        {
            return null;
        }

        return addresses.FirstOrDefault(address => holders.Exists(holder => Collide(holder, address)));
    }

    public void Take(PublishedPort port)
    {
        if (!taken.TryGetValue((port.Protocol, port.HostPort), out List<IPAddress>? holders))
        {
            taken.Add((port.Protocol, port.HostPort), holders = []);
        }

        holders.Add(port.HostAddress);
    }

    public void Release(PublishedPort port)
    {
        if (taken.TryGetValue((port.Protocol, port.HostPort), out List<IPAddress>? holders)
            && holders.Remove(port.HostAddress) && holders.Count == 0)
        {
            taken.Remove((port.Protocol, port.HostPort));
        }
    }

    /// <summary>Ports to try for a wish, in order: of the ephemeral range from behind the last one given.</summary>
    public IEnumerable<int> Candidates(PortRequest request)
    {
        if (request.First > 0)
        {
            return Enumerable.Range(request.First, request.Last - request.First + 1);
        }

        int count = ephemeralLast - ephemeralFirst + 1;
        int start = lastEphemeral.TryGetValue(request.Protocol, out int last) ? last + 1 - ephemeralFirst : 0;
        return Enumerable.Range(0, count).Select(i => ephemeralFirst + (start + i) % count);
    }

    /// <summary>Remembers where the next search in the ephemeral range begins.</summary>
    public void NoteEphemeral(PortProtocol protocol, int port) => lastEphemeral[protocol] = port;

    private static bool Collide(IPAddress left, IPAddress right)
    {
        if (left.AddressFamily != right.AddressFamily)
        {
            return false;
        }

        return left.Equals(right) || IsAny(left) || IsAny(right);
    }

    private static bool IsAny(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
