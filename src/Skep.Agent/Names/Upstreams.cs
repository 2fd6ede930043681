using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Skep.Agent.Names;

/// <summary>Asks the outside, from the namespace in which the daemon runs.</summary>
/// <remarks>Thread-safe. Every question has a socket and so a source port of its own, which makes forgery
/// hard.</remarks>
internal sealed class Upstreams(TimeProvider time, int port = Upstreams.DefaultPort)
{
    public const int DefaultPort = 53;

    private readonly SemaphoreSlim places = new(DnsLimits.Forwards);

    /// <summary>Asks one server after the other, by UDP if the caller came so, else by TCP.</summary>
    /// <returns>The first good answer, else the first bad one; null: nobody answered, or too many are asking.</returns>
    public async Task<byte[]?> AskAsync(
        byte[] message, DnsQuery query, IReadOnlyList<IPAddress> servers, bool isTcp, CancellationToken stop)
    {
        if (!places.Wait(0, CancellationToken.None))
        {
            return null;
        }

        try
        {
            byte[]? bad = null;
            foreach (IPAddress server in servers.Take(DnsLimits.UpstreamAttempts))
            {
                byte[]? answer = await AskOneAsync(message, query, new IPEndPoint(server, port), isTcp, stop);
                if (answer is not null && (answer[3] & 15) is not (2 or 5)) // SERVFAIL, REFUSED: another may know.
                {
                    return answer;
                }

                bad ??= answer;
            }

            return bad;
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<byte[]?> AskOneAsync(
        byte[] message, DnsQuery query, IPEndPoint server, bool isTcp, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(DnsLimits.UpstreamTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            return isTcp
                ? await AskTcpAsync(message, query, server, either.Token)
                : await AskUdpAsync(message, query, server, either.Token);
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException
            || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return null; // It does not answer, or not in time: the next one may.
        }
    }

    private static async Task<byte[]?> AskUdpAsync(
        byte[] message, DnsQuery query, IPEndPoint server, CancellationToken stop)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, stop);
        await socket.SendAsync(message, stop);
        var buffer = new byte[Math.Max(query.UdpBytes, DnsLimits.QueryBytes)];
        while (true)
        {
            int count = await socket.ReceiveAsync(buffer, stop);
            if (IsAnswerTo(message, query, buffer.AsSpan(0, count)))
            {
                return buffer[..count];
            }
        }
    }

    private static async Task<byte[]?> AskTcpAsync(
        byte[] message, DnsQuery query, IPEndPoint server, CancellationToken stop)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, stop);
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        await DnsStream.WriteAsync(stream, message, stop);
        byte[]? answer = await DnsStream.ReadAsync(stream, DnsLimits.MessageBytes, stop);
        return answer is not null && IsAnswerTo(message, query, answer) ? answer : null;
    }

    /// <summary>Same id, marked as an answer, and to the same question.</summary>
    private static bool IsAnswerTo(ReadOnlySpan<byte> message, DnsQuery query, ReadOnlySpan<byte> answer)
    {
        if (answer.Length < DnsQuery.HeaderBytes
            || BinaryPrimitives.ReadUInt16BigEndian(answer) != query.Id
            || (answer[2] & 0x80) == 0)
        {
            return false;
        }

        // A server that refuses may leave the question out; then the id and the source port must do.
        return BinaryPrimitives.ReadUInt16BigEndian(answer[4..]) == 0
            || (answer.Length >= query.QuestionEnd
                && EqualsIgnoringCase(
                    message[DnsQuery.HeaderBytes..query.QuestionEnd], answer[DnsQuery.HeaderBytes..query.QuestionEnd]));
    }

    private static bool EqualsIgnoringCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        System.Text.Ascii.EqualsIgnoreCase(left, right) || left.SequenceEqual(right);
}

/// <summary>DNS over TCP: { length u16 big-endian, message } again and again (RFC 1035 section 4.2.2).</summary>
internal static class DnsStream
{
    /// <returns>Null: the other side has closed, or sends what is too long.</returns>
    public static async Task<byte[]?> ReadAsync(Stream stream, int bytesMax, CancellationToken stop)
    {
        var prefix = new byte[2];
        if (await stream.ReadAtLeastAsync(prefix, 2, throwOnEndOfStream: false, stop) < 2)
        {
            return null;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(prefix);
        if (length > bytesMax)
        {
            return null;
        }

        var message = new byte[length];
        await stream.ReadExactlyAsync(message, stop);
        return message;
    }

    public static async Task WriteAsync(Stream stream, byte[] message, CancellationToken stop)
    {
        var framed = new byte[message.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, 2);
        await stream.WriteAsync(framed, stop);
    }
}
