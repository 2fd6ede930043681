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

    /// <summary>Answers and closes.</summary>
    public EchoTask ServeTcp(int port) => Listen(port, isLasting: false);

    /// <summary>Answers, and then says again what it hears.</summary>
    public EchoTask ServeBack(int port) => Listen(port, isLasting: true);

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

    private EchoTask Listen(int port, bool isLasting)
    {
        BoundDescriptor bound = Space.Enter(() => InsideNamespace.OpenTcpListener(IPAddress.Any, port, 64));
        var listener = new Socket(new SafeSocketHandle(bound.Descriptor, ownsHandle: true));
        sockets.Add(listener);
        running.Add(AcceptAsync(listener, isLasting));
        return this;
    }

    private async Task AcceptAsync(Socket listener, bool isLasting)
    {
        var talking = new List<Task>();
        try
        {
            while (true)
            {
                talking.Add(TalkAsync(await listener.AcceptAsync(), isLasting));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }

        await Task.WhenAll(talking);
    }

    private async Task TalkAsync(Socket caller, bool isLasting)
    {
        using (caller)
        {
            try
            {
                string from = ((IPEndPoint)caller.RemoteEndPoint!).Address.ToString();
                await caller.SendAsync(Encoding.ASCII.GetBytes($"{name} {from}\n"));
                var buffer = new byte[100];
                int count;
                while (isLasting && (count = await caller.ReceiveAsync(buffer)) > 0)
                {
                    await caller.SendAsync(buffer.AsMemory(0, count));
                }
            }
            catch (SocketException)
            {
                // The caller has gone.
            }
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
                string from = ((IPEndPoint)got.RemoteEndPoint).Address.ToString();
                await socket.SendToAsync(
                    Encoding.ASCII.GetBytes($"{name} {from}"), SocketFlags.None, got.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }
}
