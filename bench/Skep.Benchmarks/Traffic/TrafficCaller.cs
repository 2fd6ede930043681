using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Skep.Linux.Namespaces;

namespace Skep.Benchmarks.Traffic;

/// <summary>What one way to a server can do.</summary>
/// <param name="Requests">Per second, on connections that stay open.</param>
/// <param name="Connections">Per second, each with one request.</param>
/// <param name="P50">Of one request alone, in milliseconds.</param>
/// <param name="Throughput">In MB per second, towards the caller.</param>
internal sealed record TrafficFigures(double Requests, double Connections, double P50, double P99, double Throughput)
{
    /// <summary>The median of each number.</summary>
    public static TrafficFigures MedianOf(IReadOnlyList<TrafficFigures> all) => new(
        Middle(all, t => t.Requests), Middle(all, t => t.Connections), Middle(all, t => t.P50),
        Middle(all, t => t.P99), Middle(all, t => t.Throughput));

    private static double Middle(IReadOnlyList<TrafficFigures> all, Func<TrafficFigures, double> part) =>
        all.Select(part).Order().ElementAt(all.Count / 2);
}

/// <summary>Calls a <see cref="TrafficServer"/> from a namespace.</summary>
/// <param name="space">Path of the namespace.</param>
internal sealed class TrafficCaller(string space, TimeSpan length)
{
    private const int RequestBytes = 64, Callers = 8;

    public TrafficFigures Measure(IPEndPoint server)
    {
        List<double> alone = [];
        CallFor(server, alone);
        alone.Sort();
        long[] requests = new long[Callers], connections = new long[Callers];
        double requesting = InParallel(caller => requests[caller] = CallFor(server, null));
        double connecting = InParallel(caller => connections[caller] = ConnectFor(server));
        return new TrafficFigures(
            requests.Sum() / requesting,
            connections.Sum() / connecting,
            alone[alone.Count / 2],
            alone[alone.Count * 99 / 100],
            Receive(server));
    }

    /// <returns>How many requests were answered.</returns>
    private long CallFor(IPEndPoint server, List<double>? milliseconds)
    {
        using Socket socket = Open(server, TrafficServer.Echo);
        var buffer = new byte[RequestBytes];
        var watch = Stopwatch.StartNew();
        long count = 0;
        for (TimeSpan begun = TimeSpan.Zero; begun < length; begun = watch.Elapsed)
        {
            Ask(socket, buffer);
            milliseconds?.Add((watch.Elapsed - begun).TotalMilliseconds);
            count++;
        }

        return count;
    }

    private long ConnectFor(IPEndPoint server)
    {
        var buffer = new byte[RequestBytes];
        var watch = Stopwatch.StartNew();
        long count = 0;
        while (watch.Elapsed < length)
        {
            using Socket socket = Open(server, TrafficServer.Echo);
            Ask(socket, buffer);

            // Reset at the end: ports of connections that end in order are not free for a minute.
            socket.LingerState = new LingerOption(true, 0);
            count++;
        }

        return count;
    }

    private double Receive(IPEndPoint server)
    {
        using Socket socket = Open(server, TrafficServer.Source);
        var buffer = new byte[256 * 1024];
        var watch = Stopwatch.StartNew();
        long bytes = 0;
        while (watch.Elapsed < length)
        {
            bytes += socket.Receive(buffer);
        }

        return bytes / watch.Elapsed.TotalSeconds / 1e6;
    }

    private static void Ask(Socket socket, byte[] buffer)
    {
        socket.Send(buffer);
        for (int got = 0; got < buffer.Length;)
        {
            int count = socket.Receive(buffer, got, buffer.Length - got, SocketFlags.None);
            got += count > 0 ? count : throw new IOException("the server closed a connection");
        }
    }

    private Socket Open(IPEndPoint server, byte kind)
    {
        Socket socket = NetworkNamespace.Enter(
            space, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.NoDelay = true;
        socket.ReceiveTimeout = 10_000;
        socket.Connect(server);
        socket.Send([kind]);
        return socket;
    }

    /// <returns>Seconds until the last one was ready.</returns>
    private static double InParallel(Action<int> work)
    {
        var watch = Stopwatch.StartNew();
        Thread[] threads =
        [
            .. Enumerable.Range(0, Callers).Select(caller => new Thread(() => work(caller)) { IsBackground = true }),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return watch.Elapsed.TotalSeconds;
    }
}
