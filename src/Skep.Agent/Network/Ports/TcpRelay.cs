using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Skep.Agent.Network.Ports;

/// <summary>Takes connections on one address and carries their bytes to another, each direction for itself.</summary>
internal sealed class TcpRelay(Socket listener, IPEndPoint goal)
{
    private readonly SemaphoreSlim places = new(PortLimits.RelayedConnections);

    /// <summary>Ends when the listener is closed or the caller says so, with all its connections.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var carried = new HashSet<Task>();
        try
        {
            while (true)
            {
                await places.WaitAsync(stop);
                Socket caller = await listener.AcceptAsync(stop);
                carried.RemoveWhere(t => t.IsCompleted);
                carried.Add(CarryAsync(caller, stop));
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The port was given back.
        }

        await Task.WhenAll(carried);
    }

    private async Task CarryAsync(Socket caller, CancellationToken stop)
    {
        using (caller)
        using (var container = new Socket(goal.AddressFamily, SocketType.Stream, ProtocolType.Tcp))
        {
            try
            {
                using var connecting = CancellationTokenSource.CreateLinkedTokenSource(stop);
                connecting.CancelAfter(PortLimits.ConnectTime);
                await container.ConnectAsync(goal, connecting.Token);
                await Task.WhenAll(PumpAsync(caller, container, stop), PumpAsync(container, caller, stop));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One of the two has gone; the other one learns it from the closed connection.
            }
            finally
            {
                places.Release();
            }
        }
    }

    private static async Task PumpAsync(Socket from, Socket to, CancellationToken stop)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PortLimits.RelayBytes);
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer, stop)) > 0)
            {
                for (int sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), stop);
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Wakes the other direction, which would wait for ever for a side that is gone.
            from.Close();
            to.Close();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
