using System.Net;
using System.Net.Sockets;
using Skep.Agent.Names;
using Skep.Agent.Network;
using Skep.Linux.Namespaces;

namespace Skep.Tests.Network;

/// <summary>Questions to 127.0.0.11:53 from inside a namespace.</summary>
internal static class Asking
{
    private static readonly IPEndPoint Resolver = new(IPAddress.Parse("127.0.0.11"), 53);

    public static async Task<byte[]> OverUdpAsync(string path, byte[] query)
    {
        BoundDescriptor bound = NetworkNamespace.Enter(path, () => InsideNamespace.OpenUdp(IPAddress.Loopback, 0));
        using var socket = new Socket(new SafeSocketHandle(bound.Descriptor, ownsHandle: true));
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await socket.SendToAsync(query, SocketFlags.None, Resolver, late.Token);
        var buffer = new byte[4096];
        SocketReceiveFromResult got = await socket.ReceiveFromAsync(
            buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), late.Token);
        Xunit.Assert.Equal(Resolver, got.RemoteEndPoint);
        return buffer[..got.ReceivedBytes];
    }

    /// <summary>
    /// Asks again and again without waiting, and counts the refusals that came before an upstream could be given up,
    /// until there are enough.
    /// </summary>
    public static async Task<int> FloodAsync(string path, byte[] query, int count, int enough)
    {
        BoundDescriptor bound = NetworkNamespace.Enter(path, () => InsideNamespace.OpenUdp(IPAddress.Loopback, 0));
        using var socket = new Socket(new SafeSocketHandle(bound.Descriptor, ownsHandle: true));
        using var late = new CancellationTokenSource(DnsLimits.UpstreamTime - TimeSpan.FromMilliseconds(500));
        for (int i = 0; i < count; i++)
        {
            await socket.SendToAsync(query, SocketFlags.None, Resolver);
        }

        var buffer = new byte[4096];
        int refused = 0;
        try
        {
            while (refused < enough)
            {
                await socket.ReceiveFromAsync(
                    buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), late.Token);
                refused += (buffer[3] & 15) == 2 ? 1 : 0;
            }
        }
        catch (OperationCanceledException)
        {
            // The others wait for the silent upstream.
        }

        return refused;
    }

    public static async Task<byte[]> OverTcpAsync(string path, byte[] query)
    {
        // busybox relays the bytes: it is inside, and its pipes are here.
        var start = new System.Diagnostics.ProcessStartInfo("nsenter")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (string argument in (string[])["--net=" + path, "busybox", "nc", "127.0.0.11", "53"])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = System.Diagnostics.Process.Start(start)!;
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Stream input = process.StandardInput.BaseStream;
        await DnsStream.WriteAsync(input, query, late.Token);
        await input.FlushAsync(late.Token);
        byte[]? reply = await DnsStream.ReadAsync(process.StandardOutput.BaseStream, 4096, late.Token);
        process.Kill();
        return reply ?? throw new InvalidOperationException("the resolver closed the connection");
    }
}

/// <summary>A name server on the host that answers everything with one address, by UDP and TCP.</summary>
internal sealed class FakeUpstream : IAsyncDisposable
{
    private static readonly IPEndPoint Address = new(IPAddress.Parse("127.0.0.77"), 53);

    private readonly UdpClient udp = new(Address);
    private readonly TcpListener tcp = new(Address);
    private readonly string resolvConf = Path.GetTempFileName();
    private readonly CancellationTokenSource stopping = new();
    private readonly Task running;

    public FakeUpstream()
    {
        File.WriteAllText(resolvConf, "nameserver 127.0.0.77\n");
        tcp.Start();
        running = Task.WhenAll(AnswerUdpAsync(), AnswerTcpAsync());
    }

    public NetworkOptions Options => new()
    {
        AddressPools = [new AddressPoolOption("10.211.0.0/16", 24)],
        ResolvConfPath = resolvConf,
    };

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        udp.Dispose();
        tcp.Stop();
        await running;
        File.Delete(resolvConf);
    }

    private static byte[] Answer(byte[] query)
    {
        DnsQuery.Read(query, out DnsQuery? question);
        return DnsReply.Addresses(question!, query, [IPAddress.Parse("192.0.2.99")], 512);
    }

    private async Task AnswerUdpAsync()
    {
        try
        {
            while (true)
            {
                UdpReceiveResult got = await udp.ReceiveAsync(stopping.Token);
                await udp.SendAsync(Answer(got.Buffer), got.RemoteEndPoint, stopping.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerTcpAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient caller = await tcp.AcceptTcpClientAsync(stopping.Token);
                byte[]? query = await DnsStream.ReadAsync(caller.GetStream(), 512, stopping.Token);
                await DnsStream.WriteAsync(caller.GetStream(), Answer(query!), stopping.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
