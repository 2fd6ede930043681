using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Skep.Agent.Network.Ports;

/// <summary>
/// Carries datagrams to a container and its answers back to whoever called, one socket for each caller.
/// </summary>
internal sealed class UdpRelay(Socket socket, IPEndPoint goal, TimeProvider time)
{
    private readonly Dictionary<EndPoint, Socket> callers = [];
    private readonly HashSet<Task> answering = [];

    /// <summary>Ends when the socket is closed or the caller says so, with all its callers.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PortLimits.DatagramBytes);
        try
        {
            while (true)
            {
                SocketReceiveFromResult got = await socket.ReceiveFromAsync(
                    buffer, SocketFlags.None, new IPEndPoint(IPAddress.IPv6Any, 0), stop);
                if (Find(got.RemoteEndPoint, stop) is { } container)
                {
                    await SendAsync(container, buffer.AsMemory(0, got.ReceivedBytes), stop);
                }
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The port was given back.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Task[] running;
        lock (callers)
        {
            running = [.. answering];
        }

        await Task.WhenAll(running);
    }

    /// <returns>Null: too many callers; the datagram is dropped, as UDP may.</returns>
    private Socket? Find(EndPoint caller, CancellationToken stop)
    {
        lock (callers)
        {
            if (callers.TryGetValue(caller, out Socket? known))
            {
                return known;
            }

            if (callers.Count == PortLimits.RelayedCallers)
            {
                return null;
            }

            var container = new Socket(goal.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            container.Connect(goal);
            callers.Add(caller, container);
            answering.RemoveWhere(t => t.IsCompleted);
            answering.Add(AnswerAsync(caller, container, stop));
            return container;
        }
    }

    private async Task AnswerAsync(EndPoint caller, Socket container, CancellationToken stop)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PortLimits.DatagramBytes);
        try
        {
            while (true)
            {
                using var silence = new CancellationTokenSource(PortLimits.CallerSilence, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, silence.Token);
                int count = await container.ReceiveAsync(buffer, either.Token);
                await socket.SendToAsync(buffer.AsMemory(0, count), SocketFlags.None, caller, stop);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Silent for too long, refused by the container, or the port was given back: forget the caller.
        }
        finally
        {
            lock (callers)
            {
                callers.Remove(caller);
            }

            container.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask SendAsync(Socket container, ReadOnlyMemory<byte> datagram, CancellationToken stop)
    {
        try
        {
            await container.SendAsync(datagram, stop);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // This caller's way to the container ended just now; his next datagram opens a new one.
        }
    }
}
