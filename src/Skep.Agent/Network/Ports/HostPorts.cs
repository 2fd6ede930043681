using System.Net;
using System.Net.Sockets;
using Skep.Swarm;

namespace Skep.Agent.Network.Ports;

/// <summary>Where published ports lead, and which host addresses they get if they name none.</summary>
/// <param name="Owner">"name (endpoint id)", for errors.</param>
/// <param name="DefaultAddress">For wishes without an address; 0.0.0.0 also means ::.</param>
/// <param name="RelaysIPv6">Serve the host's IPv6 addresses for a container that has none.</param>
internal sealed record PublishTarget(
    string Owner, IPAddress? IPv4, IPAddress? IPv6, IPAddress DefaultAddress, bool RelaysIPv6);

/// <summary>Gives host ports to containers and holds a socket on each, so that no other program takes it.</summary>
/// <remarks>
/// Packets to IPv4 addresses never reach these sockets: nftables translates them before. Those on IPv6 addresses relay
/// what nftables cannot translate: ::1, and IPv6 callers of a container that has only IPv4. Callers come one at a time.
/// </remarks>
internal sealed class HostPorts(PortTable table, TimeProvider time) : IAsyncDisposable
{
    private readonly Dictionary<PublishedPort, HeldPort> held = [];
    private readonly bool hostHasIPv6 = Socket.OSSupportsIPv6 && File.Exists("/proc/net/if_inet6");

    /// <exception cref="RefusedException">A port is taken, by us or by another program; then none was
    /// given.</exception>
    public IReadOnlyList<PublishedPort> Publish(IReadOnlyList<PortRequest> requests, PublishTarget target)
    {
        var given = new List<PublishedPort>();
        try
        {
            foreach (PortRequest request in requests)
            {
                given.AddRange(PublishOne(request, target));
            }

            return given;
        }
        catch (RefusedException e)
        {
            Release(given);
            throw new RefusedException(
                e.Kind,
                $"driver failed programming external connectivity on endpoint {target.Owner}: {e.Message}",
                e);
        }
    }

    /// <summary>
    /// Takes ports again that an earlier daemon gave. A socket that another program got in between is not held.
    /// </summary>
    public void Adopt(IReadOnlyList<PublishedPort> ports, PublishTarget target)
    {
        foreach (PublishedPort port in ports)
        {
            table.Take(port);
            try
            {
                held.Add(port, HeldPort.Open(port, target, time));
            }
            catch (SocketException)
            {
                // The translation in nftables works without it; the port just is not defended.
            }
        }
    }

    public void Release(IEnumerable<PublishedPort> ports)
    {
        foreach (PublishedPort port in ports)
        {
            table.Release(port);
            if (held.Remove(port, out HeldPort? socket))
            {
                socket.Dispose();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        HeldPort[] all = [.. held.Values];
        Release([.. held.Keys]);
        foreach (HeldPort port in all)
        {
            await port.Ended;
        }
    }

    private List<PublishedPort> PublishOne(PortRequest request, PublishTarget target)
    {
        IReadOnlyList<IPAddress> addresses = AddressesOf(request, target);
        int attempts = 0;
        foreach (int candidate in table.Candidates(request))
        {
            if (table.FindTaken(request.Protocol, addresses, candidate) is { } taken)
            {
                if (request.IsFixed)
                {
                    throw new RefusedException(
                        ErrorKind.Failed,
                        $"Bind for {new IPEndPoint(taken, candidate)} failed: port is already allocated");
                }

                continue;
            }

            try
            {
                return Hold(request, addresses, candidate, target);
            }
            catch (SocketException e)
            {
                if (request.IsFixed || ++attempts == NetworkLimits.PortAttempts)
                {
                    throw Refusal(request, addresses[0], candidate, e);
                }
            }
        }

        throw new RefusedException(ErrorKind.Failed, "all ports are allocated");
    }

    private List<PublishedPort> Hold(
        PortRequest request, IReadOnlyList<IPAddress> addresses, int hostPort, PublishTarget target)
    {
        var got = new List<PublishedPort>();
        try
        {
            foreach (IPAddress address in addresses)
            {
                var port = new PublishedPort(request.Protocol, address, hostPort, request.ContainerPort);
                held.Add(port, HeldPort.Open(port, target, time));
                table.Take(port);
                got.Add(port);
            }
        }
        catch (SocketException)
        {
            Release(got);
            throw;
        }

        if (request.First == 0)
        {
            table.NoteEphemeral(request.Protocol, hostPort);
        }

        return got;
    }

    private List<IPAddress> AddressesOf(PortRequest request, PublishTarget target)
    {
        IPAddress address = request.HostAddress ?? target.DefaultAddress;
        bool servesIPv6 = hostHasIPv6 && (target.IPv6 is not null || target.RelaysIPv6);
        if (request.HostAddress is null && address.Equals(IPAddress.Any) && servesIPv6)
        {
            return [IPAddress.Any, IPAddress.IPv6Any];
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !servesIPv6)
        {
            throw new RefusedException(
                ErrorKind.Failed, $"cannot publish on {address}: neither the container nor the host has IPv6");
        }

        return [address];
    }

    private static RefusedException Refusal(
        PortRequest request, IPAddress address, int port, SocketException failure)
    {
        string reason = failure.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "address already in use",
            SocketError.AddressNotAvailable => "cannot assign requested address",
            SocketError.AccessDenied => "permission denied",
            _ => failure.Message,
        };
        string family = address.AddressFamily == AddressFamily.InterNetwork ? "4" : "6";
        var shown = new PublishedPort(request.Protocol, address, port, request.ContainerPort);
        return new RefusedException(
            ErrorKind.Failed,
            $"Error starting userland proxy: listen {shown.ProtocolName}{family} {shown.HostText}: bind: {reason}",
            failure);
    }
}
