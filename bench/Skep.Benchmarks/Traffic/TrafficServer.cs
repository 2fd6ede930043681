using System.Net;
using System.Net.Sockets;
using Skep.Linux.Namespaces;

namespace Skep.Benchmarks.Traffic;

/// <summary>Answers in a task's namespace: what is sent comes back, or bytes without end.</summary>
/// <remarks>It runs in this process, so that any image will do; its sockets alone are in the namespace.</remarks>
internal sealed class TrafficServer : IDisposable
{
    public const int Port = 9000;

    /// <summary>The first byte of a connection.</summary>
    public const byte Echo = (byte)'e', Source = (byte)'s';

    private const int Backlog = 512;
    private readonly Socket listener;

    /// <param name="space">Path of the namespace.</param>
    public TrafficServer(string space)
    {
        BoundDescriptor bound = NetworkNamespace.Enter(
            space, () => InsideNamespace.OpenTcpListener(IPAddress.Any, Port, Backlog));
        listener = new Socket(new SafeSocketHandle(bound.Descriptor, ownsHandle: true)) { Blocking = true };
        Start(Accept);
    }

    public void Dispose() => listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket caller = listener.Accept();
                Start(() => Serve(caller));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The measurement is over.
        }
    }

    private static void Serve(Socket caller)
    {
        using (caller)
        {
            caller.NoDelay = true;
            var buffer = new byte[256 * 1024];
            try
            {
                int count = caller.Receive(buffer, 1, SocketFlags.None);
                bool isSource = count == 1 && buffer[0] == Source;
                while (count > 0)
                {
                    count = isSource ? buffer.Length : caller.Receive(buffer);
                    caller.Send(buffer, count, SocketFlags.None);
                }
            }
            catch (SocketException)
            {
                // The caller has what he wanted.
            }
        }
    }

    private static void Start(Action work) => new Thread(() => work(), 128 * 1024) { IsBackground = true }.Start();
}
