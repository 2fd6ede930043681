using System.Net;
using System.Net.Sockets;
using System.Text;
using Skep.Linux.Namespaces;
using Skep.Tests.Linux.Namespaces;

namespace Skep.Tests.Network.MeshRouting;

/// <summary>A namespace in which servers answer every call with their name and with who they think it is.</summary>
public sealed class EchoTask : IDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromMilliseconds(100);

    // Threads of their own: those of the pool may all be waiting in tests for just these answers.
    private readonly List<Thread> running = [];
    private readonly string name;
    private volatile bool isStopping;
    private int datagrams;

    public EchoTask(string name)
    {
        this.name = name;
        Space.Run("ip", "link", "set", "lo", "up");
    }

    public TestNamespace Space { get; } = new();

    /// <summary>How many datagrams have come.</summary>
    public int Datagrams => Volatile.Read(ref datagrams);

    /// <summary>Answers and closes.</summary>
    public EchoTask ServeTcp(int port) => Listen(port, isLasting: false);

    /// <summary>Answers, and then says again what it hears.</summary>
    public EchoTask ServeBack(int port) => Listen(port, isLasting: true);

    /// <summary>The socket is bound to no address, as those of most servers are.</summary>
    public EchoTask ServeUdp(int port)
    {
        BoundDescriptor bound = Space.Enter(() => InsideNamespace.OpenUdp(IPAddress.Any, port));
        Run(Wrap(bound), Answer);
        return this;
    }

    public void Dispose()
    {
        isStopping = true;
        Thread[] all;
        lock (running)
        {
            all = [.. running];
        }

        Array.ForEach(all, thread => thread.Join());
        Space.Dispose();
    }

    private static Socket Wrap(BoundDescriptor bound) =>
        new(new SafeSocketHandle(bound.Descriptor, ownsHandle: true)) { Blocking = true };

    private EchoTask Listen(int port, bool isLasting)
    {
        BoundDescriptor bound = Space.Enter(() => InsideNamespace.OpenTcpListener(IPAddress.Any, port, 64));
        Run(Wrap(bound), listener =>
        {
            Socket caller = listener.Accept();
            caller.Send(Encoding.ASCII.GetBytes($"{name} {((IPEndPoint)caller.RemoteEndPoint!).Address}\n"));
            if (isLasting)
            {
                Run(caller, SayAgain);
            }
            else
            {
                caller.Dispose();
            }

            return true;
        });
        return this;
    }

    /// <summary>Does something whenever the socket has something, until it says false.</summary>
    private void Run(Socket socket, Func<Socket, bool> step)
    {
        var thread = new Thread(() =>
        {
            using (socket)
            {
                bool goesOn = true;
                while (goesOn && !isStopping)
                {
                    goesOn = !socket.Poll(patience, SelectMode.SelectRead) || Attempt(socket, step);
                }
            }
        });
        lock (running)
        {
            running.Add(thread);
        }

        thread.Start();
    }

    private static bool Attempt(Socket socket, Func<Socket, bool> step)
    {
        try
        {
            return step(socket);
        }
        catch (SocketException)
        {
            return true; // A caller has gone.
        }
    }

    private static bool SayAgain(Socket caller)
    {
        var buffer = new byte[100];
        int count = caller.Receive(buffer);
        return count > 0 && caller.Send(buffer, count, SocketFlags.None) > 0;
    }

    private bool Answer(Socket socket)
    {
        var buffer = new byte[100];
        EndPoint caller = new IPEndPoint(IPAddress.Any, 0);
        socket.ReceiveFrom(buffer, ref caller);
        Interlocked.Increment(ref datagrams);
        return socket.SendTo(Encoding.ASCII.GetBytes($"{name} {((IPEndPoint)caller).Address}"), caller) > 0;
    }
}
