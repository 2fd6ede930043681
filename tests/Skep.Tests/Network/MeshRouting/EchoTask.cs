using System.Net;
using System.Net.Sockets;
using System.Text;
using Skep.Linux.Namespaces;
using Skep.Tests.Linux.Namespaces;

namespace Skep.Tests.Network.MeshRouting;

/// <summary>A namespace in which servers answer every call with their name and with who they think it is.</summary>
public sealed class EchoTask : IDisposable
{
    private readonly List<Socket> sockets = [];
    private readonly List<Task> running = [];
    private readonly string name;

    public EchoTask(string name)
    {
        this.name = name;
        Space.Run("ip", "link", "set", "lo", "up");
    }

    public TestNamespace Space { get; } = new();

    /// <summary>Datagrams that came, by the port they were sent to.</summary>
    public int Datagrams { get; private set; }

    public EchoTask ServeTcp(int port)
    {
        BoundDescriptor bound = Space.Enter(() => InsideNamespace.OpenTcpListener(IPAddress.Any, port, 64));
        var listener = new Socket(new SafeSocketHandle(bound.Descriptor, ownsHandle: true));
        sockets.Add(listener);
        running.Add(AcceptAsync(listener));
        return this;
    }

    /// <summary>The socket is bound to no address, as those of most servers are.</summary>
    public EchoTask ServeUdp(int port)
    {
        BoundDescriptor bound = Space.Enter(() => InsideNamespace.OpenUdp(IPAddress.Any, port));
        var socket = new Socket(new SafeSocketHandle(bound.Descriptor, ownsHandle: true));
        sockets.Add(socket);
        running.Add(AnswerAsync(socket));
        return this;
    }

    public void Dispose()
    {
        foreach (Socket socket in sockets)
        {
            socket.Dispose();
        }

        Task.WaitAll([.. running]);
        Space.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        var open = new List<Socket>();
        try
        {
            while (true)
            {
                Socket caller = await listener.AcceptAsync();
                string from = ((IPEndPoint)caller.RemoteEndPoint!).Address.ToString();
                await caller.SendAsync(Encoding.ASCII.GetBytes($"{name} {from}\n"));
                caller.Shutdown(SocketShutdown.Send);
                open.Add(caller);
            }
        }
        catch (SocketException)
        {
            open.ForEach(socket => socket.Dispose());
        }
        catch (ObjectDisposedException)
        {
            open.ForEach(socket => socket.Dispose());
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        var buffer = new byte[100];
        try
        {
            while (true)
            {
                SocketReceiveFromResult got = await socket.ReceiveFromAsync(
                    buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
                Datagrams++;
                string from = ((IPEndPoint)got.RemoteEndPoint).Address.ToString();
                await socket.SendToAsync(
                    Encoding.ASCII.GetBytes($"{name} {from}"), SocketFlags.None, got.RemoteEndPoint);
            }
        }
        catch (SocketException)
        {
            // The end of the test.
        }
        catch (ObjectDisposedException)
        {
            // The end of the test.
        }
    }
}
