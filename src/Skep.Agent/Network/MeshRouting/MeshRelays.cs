using System.Net;
using System.Net.Sockets;
using Skep.Agent.Network.Balancing;
using Skep.Agent.Network.Kernel;
using Skep.Agent.Network.Ports;

namespace Skep.Agent.Network.MeshRouting;

/// <summary>Sockets on this host's IPv6 addresses for ports that the packet filter cannot lead on there.</summary>
/// <remarks>
/// They relay to 127.0.0.1, which the packet filter balances; tasks see the node as the caller. A port that another
/// program has on IPv6 stays with it. Not thread-safe.
/// </remarks>
internal sealed class MeshRelays(TimeProvider time) : IAsyncDisposable
{
    private readonly Dictionary<(byte Protocol, int Port), HeldPort> held = [];

    // Relayed connections may take a while to end; whoever closes waits for them.
    private readonly HashSet<Task> ending = [];

    /// <summary>Holds the ports of these keys, and no others.</summary>
    public void Hold(IEnumerable<BalanceKey> keys)
    {
        if (HostSysctl.Read("net/ipv6/conf/all/disable_ipv6") != "0")
        {
            return;
        }

        HashSet<(byte Protocol, int Port)> wanted =
        [
            .. keys.Where(key => key.Family == AddressFamily.InterNetwork && key.Protocol != MeshPorts.Sctp)
                .Select(key => (key.Protocol, key.Port)),
        ];
        foreach ((byte Protocol, int Port) gone in held.Keys.Where(port => !wanted.Contains(port)).ToArray())
        {
            Close(gone);
        }

        foreach ((byte protocol, int port) in wanted.Where(port => !held.ContainsKey(port)))
        {
            try
            {
                held.Add((protocol, port), HeldPort.Open(
                    new PublishedPort((PortProtocol)protocol, IPAddress.IPv6Any, port, port),
                    new PublishTarget("routing mesh", IPAddress.Loopback, null, IPAddress.IPv6Any, RelaysIPv6: true),
                    time));
            }
            catch (SocketException)
            {
                // Another program has it. The next repair tries again.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((byte Protocol, int Port) port in held.Keys.ToArray())
        {
            Close(port);
        }

        await Task.WhenAll(ending);
    }

    private void Close((byte Protocol, int Port) port)
    {
        HeldPort socket = held[port];
        held.Remove(port);
        ending.RemoveWhere(task => task.IsCompleted);
        ending.Add(socket.Ended);
        socket.Dispose();
    }
}
