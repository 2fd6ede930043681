using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Skep.Linux;
using Skep.Linux.Sockets;

namespace Skep.Tests.Linux.Sockets;

public sealed class ForeignSocketsTests
{
    private const int Bytes = 3_000_000;

    [Fact]
    public void The_buffers_of_udp_sockets_become_larger_and_never_smaller()
    {
        using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int before = tcp.ReceiveBufferSize;
        Assert.True(ForeignSockets.RaiseReceiveBuffers(Environment.ProcessId, Bytes) > 0);
        Assert.Equal(2 * Bytes, udp.ReceiveBufferSize);
        Assert.Equal(before, tcp.ReceiveBufferSize);
        ForeignSockets.RaiseReceiveBuffers(Environment.ProcessId, Bytes / 10);
        Assert.Equal(2 * Bytes, udp.ReceiveBufferSize);

        // The kernel's number alone would be enough for this, but half of it is not there for payload.
        ForeignSockets.RaiseReceiveBuffers(Environment.ProcessId, Bytes / 2 * 3);
        Assert.Equal(3 * Bytes, udp.ReceiveBufferSize);

        // It is still the same socket, and it still works.
        udp.SendTo("x"u8, udp.LocalEndPoint!);
        Assert.Equal(1, udp.Receive(new byte[8]));
    }

    [Fact]
    public void A_process_without_sockets_has_none()
    {
        using Process sleeping = Process.Start("sleep", "60");
        try
        {
            Assert.Equal(0, ForeignSockets.RaiseReceiveBuffers(sleeping.Id, Bytes));
        }
        finally
        {
            sleeping.Kill();
            sleeping.WaitForExit();
        }

        Assert.Throws<ErrnoException>(() => ForeignSockets.RaiseReceiveBuffers(sleeping.Id, Bytes));
    }
}
