using System.Net;
using System.Net.Sockets;

namespace Skep.Agent.Names;

/// <summary>One container's resolver: its two sockets and what they wait for.</summary>
internal sealed class NameListener : IAsyncDisposable
{
    private readonly Socket udp;
    private readonly Socket tcp;
    private readonly Func<NameZone?> zoneOf;
    private readonly Upstreams upstreams;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim forwards = new(DnsLimits.ForwardsPerContainer);
    private readonly SemaphoreSlim connections = new(DnsLimits.ConnectionsPerContainer);
    private readonly Task running;

    public NameListener(Socket udp, Socket tcp, Func<NameZone?> zoneOf, Upstreams upstreams, TimeProvider time)
    {
        this.udp = udp;
        this.tcp = tcp;
        this.zoneOf = zoneOf;
        this.upstreams = upstreams;
        this.time = time;
        running = Task.WhenAll(AnswerDatagramsAsync(stopping.Token), AcceptAsync(stopping.Token));
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        udp.Dispose();
        tcp.Dispose();
        await running;
        stopping.Dispose();
    }

    private async Task AnswerDatagramsAsync(CancellationToken stop)
    {
        var waiting = new HashSet<Task>();
        var buffer = new byte[DnsLimits.QueryBytes];
        var from = new IPEndPoint(IPAddress.Any, 0);
        try
        {
            while (true)
            {
                SocketReceiveFromResult got = await udp.ReceiveFromAsync(buffer, SocketFlags.None, from, stop);
                ReadOnlyMemory<byte> message = buffer.AsMemory(0, got.ReceivedBytes);
                if (zoneOf() is not { } zone)
                {
                    continue;
                }

                (byte[]? reply, DnsQuery? forward) = NameDecision.Decide(message.Span, zone, isTcp: false);
                if (reply is not null)
                {
                    await SendAsync(reply, got.RemoteEndPoint, stop);
                }
                else if (forward is not null && forwards.Wait(0, CancellationToken.None))
                {
                    waiting.RemoveWhere(t => t.IsCompleted);
                    waiting.Add(ForwardAsync(message.ToArray(), forward, zone, got.RemoteEndPoint, stop));
                }
                else if (forward is not null)
                {
                    await SendAsync(
                        DnsReply.Error(forward, message.Span, DnsCode.ServerFailure), got.RemoteEndPoint, stop);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The container is gone, or the daemon ends.
        }

        await Task.WhenAll(waiting);
    }

    private async Task ForwardAsync(
        byte[] message, DnsQuery query, NameZone zone, EndPoint caller, CancellationToken stop)
    {
        try
        {
            byte[]? answer = await upstreams.AskAsync(message, query, zone.Upstreams, isTcp: false, stop);
            await SendAsync(answer ?? DnsReply.Error(query, message, DnsCode.ServerFailure), caller, stop);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The container is gone, or the daemon ends.
        }
        finally
        {
            forwards.Release();
        }
    }

    /// <summary>A caller who is gone already is no reason to end the loop.</summary>
    private async ValueTask SendAsync(byte[] reply, EndPoint caller, CancellationToken stop)
    {
        try
        {
            await udp.SendToAsync(reply, SocketFlags.None, caller, stop);
        }
        catch (SocketException)
        {
            // He asks again if he wants to know.
        }
    }

    private async Task AcceptAsync(CancellationToken stop)
    {
        var open = new HashSet<Task>();
        try
        {
            while (true)
            {
                await connections.WaitAsync(stop);
                Socket caller = await tcp.AcceptAsync(stop);
                open.RemoveWhere(t => t.IsCompleted);
                open.Add(AnswerConnectionAsync(caller, stop));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The container is gone, or the daemon ends.
        }

        await Task.WhenAll(open);
    }

    private async Task AnswerConnectionAsync(Socket caller, CancellationToken stop)
    {
        try
        {
            await using var stream = new NetworkStream(caller, ownsSocket: true);
            while (true)
            {
                using var silence = new CancellationTokenSource(DnsLimits.ConnectionSilence, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, silence.Token);
                if (await DnsStream.ReadAsync(stream, DnsLimits.QueryBytes, either.Token) is not { } message
                    || zoneOf() is not { } zone)
                {
                    return;
                }

                (byte[]? reply, DnsQuery? forward) = NameDecision.Decide(message, zone, isTcp: true);
                if (forward is not null)
                {
                    reply = await upstreams.AskAsync(message, forward, zone.Upstreams, isTcp: true, stop)
                        ?? DnsReply.Error(forward, message, DnsCode.ServerFailure);
                }

                if (reply is null)
                {
                    return;
                }

                await DnsStream.WriteAsync(stream, reply, either.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // Silent for too long, closed in the middle, or the daemon ends.
        }
        finally
        {
            connections.Release();
        }
    }
}
