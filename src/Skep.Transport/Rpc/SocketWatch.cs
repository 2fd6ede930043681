using System.Buffers.Binary;
using System.Net.Sockets;

namespace Skep.Transport.Rpc;

/// <summary>Has the kernel notice a peer that is gone without a word.</summary>
internal static class SocketWatch
{
    private const int TcpLevel = 6;
    private const int TcpUserTimeout = 18; // Linux's TCP_USER_TIMEOUT, in milliseconds.
    private const int ProbeCount = 2;

    /// <summary>Data that is not acknowledged for so long ends the connection.</summary>
    public static void LimitUnacknowledged(Socket socket, TimeSpan limit)
    {
        var milliseconds = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(milliseconds, (int)limit.TotalMilliseconds);
        socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, milliseconds);
    }

    /// <summary>A silent connection is probed, and ends when two probes in a row have no answer.</summary>
    /// <remarks>
    /// The kernel does this to the second and for next to nothing. HTTP/2's pings, which also see a process that hangs,
    /// take Kestrel twice as long: its clock has seconds, and it errs on the late side each time.
    /// </remarks>
    public static void Probe(Socket socket, TimeSpan silence)
    {
        int seconds = Math.Max(1, (int)silence.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, seconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, seconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, ProbeCount);
        LimitUnacknowledged(socket, TimeSpan.FromSeconds(seconds * (ProbeCount + 1)));
    }
}
