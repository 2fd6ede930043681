using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Skep.Agent.Network.Encryption;
using Skep.Linux.Netlink;

namespace Skep.SwarmMode;

/// <summary>One interface of this machine and its addresses, in the kernel's order.</summary>
/// <param name="IsHardware">Not made by software: no bridge, veth pair or tunnel; loopback counts as hardware.</param>
internal sealed record SystemInterface(string Name, bool IsHardware, bool IsUp, ImmutableArray<IPAddress> Addresses);

/// <summary>The addresses this machine has, from the kernel, but for those that only nodes of a swarm reach.</summary>
internal static class SystemAddresses
{
    public static ImmutableArray<SystemInterface> List()
    {
        using var socket = new RouteSocket();
        ILookup<int, IPAddress> addresses = socket.ListAddresses().ToLookup(one => one.Link, one => one.Address);
        return
        [
            .. socket.ListLinks()
                .Where(link => !link.Name.StartsWith(EncryptedWay.LinkPrefix, StringComparison.Ordinal))
                .Select(link => new SystemInterface(
                    link.Name, link.Kind.Length == 0, link.IsUp, [.. addresses[link.Index]])),
        ];
    }

    /// <summary>The address this machine speaks from when it speaks to that one. Nothing is sent.</summary>
    /// <returns>Null when there is no route.</returns>
    public static IPAddress? Toward(IPEndPoint remote)
    {
        using var socket = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(remote);
            return ((IPEndPoint?)socket.LocalEndPoint)?.Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
