using System.Net;
using System.Net.Sockets;
using Skep.Linux.Sockets;

namespace Skep.Engine.Connections;

/// <summary>Makes the sockets that the engine listens on, bound and not yet listening.</summary>
internal static class ListenSocket
{
    private const UnixFileMode OwnerAndGroup =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <exception cref="SocketException">The address is taken, or not ours to take.</exception>
    public static Socket Bind(EngineAddress address)
    {
        if (address.EndPoint is not UnixDomainSocketEndPoint endPoint)
        {
            var tcp = new Socket(address.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.EndPoint is IPEndPoint { Address: var ip } && ip.Equals(IPAddress.IPv6Any))
            {
                tcp.DualMode = true;
            }

            tcp.Bind(address.EndPoint);
            return tcp;
        }

        string path = endPoint.ToString()!;
        RemoveStale(path, endPoint);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(endPoint);

        // Nobody can connect before we listen, so there is no moment with the wrong mode.
        File.SetUnixFileMode(path, OwnerAndGroup);
        if (address.Group is { } group && GroupFile.Find(group) is { } id)
        {
            SocketOwner.SetGroup(path, id);
        }

        return socket;
    }

    private static void RemoveStale(string path, UnixDomainSocketEndPoint endPoint)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path); // Left by a process that is no more.
            return;
        }

        throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }
}
