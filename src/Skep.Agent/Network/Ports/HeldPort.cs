using System.Net;
using System.Net.Sockets;

namespace Skep.Agent.Network.Ports;

/// <summary>The socket that keeps a published port for us, and on IPv6 addresses relays it.</summary>
internal sealed class HeldPort : IDisposable
{
    private readonly Socket? socket;
    private readonly CancellationTokenSource stopping = new();

    private HeldPort(Socket? socket) => this.socket = socket;

    /// <summary>Completes when nothing of this port runs any more.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <exception cref="SocketException">Another program has the port.</exception>
    public static HeldPort Open(PublishedPort port, PublishTarget target, TimeProvider time)
    {
        if (port.Protocol == PortProtocol.Sctp)
        {
            return new HeldPort(null); // Many kernels have no SCTP sockets; nftables translates it all the same.
        }

        bool isTcp = port.Protocol == PortProtocol.Tcp;
        var socket = new Socket(
            port.HostAddress.AddressFamily,
            isTcp ? SocketType.Stream : SocketType.Dgram,
            isTcp ? ProtocolType.Tcp : ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(port.HostAddress, port.HostPort));
            if (isTcp)
            {
                socket.Listen(PortLimits.Backlog);
            }
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var holder = new HeldPort(socket);
        if (!port.IsIPv4 && (target.IPv6 ?? target.IPv4) is { } container)
        {
            var goal = new IPEndPoint(container, port.ContainerPort);
            holder.Ended = isTcp
                ? new TcpRelay(socket, goal).RunAsync(holder.stopping.Token)
                : new UdpRelay(socket, goal, time).RunAsync(holder.stopping.Token);
        }

        return holder;
    }

    public void Dispose()
    {
        stopping.Cancel();
        socket?.Dispose();
        stopping.Dispose();
    }
}

internal static class PortLimits
{
    /// <summary>Connections that wait for the relay to take them.</summary>
    public const int Backlog = 128;

    /// <summary>Connections that one relayed port carries at a time; more wait in the backlog.</summary>
    public const int RelayedConnections = 1024;

    /// <summary>Callers of one relayed UDP port that are remembered at a time.</summary>
    public const int RelayedCallers = 1024;

    /// <summary>Bytes that a relay holds for each direction of a connection.</summary>
    public const int RelayBytes = 32 * 1024;

    /// <summary>The largest UDP datagram.</summary>
    public const int DatagramBytes = 65535;

    /// <summary>A UDP caller who is silent this long is forgotten; docker-proxy's number.</summary>
    public static readonly TimeSpan CallerSilence = TimeSpan.FromSeconds(90);

    /// <summary>How long a relay tries to reach its container.</summary>
    public static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(10);
}
