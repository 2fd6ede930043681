using System.Net;
using System.Net.Sockets;
using Skep.Linux.Namespaces;

namespace Skep.SystemTests.Hosts;

/// <summary>
/// A port of this machine that leads to a port in a network namespace, so that a test itself can speak with a host.
/// </summary>
internal sealed class Doorway : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Task serving;

    public Doorway(string networkNamespace, string address, int port)
    {
        var target = new IPEndPoint(IPAddress.Parse(address), port);
        listener.Start();
        serving = ServeAsync(networkNamespace, target);
    }

    /// <summary>Host and port to connect to.</summary>
    public string Address => listener.LocalEndpoint.ToString()!;

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Stop();
        await serving;
        end.Dispose();
    }

    private async Task ServeAsync(string networkNamespace, IPEndPoint target)
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                Socket outer = await listener.AcceptSocketAsync(end.Token);
                Socket inner = NetworkNamespace.Enter(networkNamespace, static () => new Socket(
                    AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                open.Add(PassAsync(outer, inner, target));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task PassAsync(Socket outer, Socket inner, IPEndPoint target)
    {
        try
        {
            using var near = new NetworkStream(outer, ownsSocket: true);
            await inner.ConnectAsync(target, end.Token);
            using var far = new NetworkStream(inner, ownsSocket: true);
            await Task.WhenAny(near.CopyToAsync(far, end.Token), far.CopyToAsync(near, end.Token));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            inner.Dispose(); // The host does not answer, or the test is over: the near side is closed too.
        }
    }
}
