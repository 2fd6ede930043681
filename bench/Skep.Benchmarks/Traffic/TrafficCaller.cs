using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Skep.Linux.Namespaces;

namespace Skep.Benchmarks.Traffic;

/// <summary>Calls a <see cref="TrafficServer"/> from a namespace.</summary>
/// <param name="space">Path of the namespace.</param>
internal sealed class TrafficCaller(string space, TimeSpan length)
{
    private const int RequestBytes = 64, Callers = 8;

    /// <summary>
    /// What is measured, each for the length of time: requests per second on connections that stay open; connections
    /// per second, each with one request; the median and the 99th percentile of one request alone, in ms; MB per
    /// second towards the caller.
    /// </summary>
    public IReadOnlyList<Func<IPEndPoint, double[]>> Measurements =>
    [
        server => [PerSecond(() => CallFor(server, null))],
        server => [PerSecond(() => ConnectFor(server))],
        Alone,
        server => [Receive(server)],
    ];

    private double[] Alone(IPEndPoint server)
    {
        List<double> milliseconds = [];
        CallFor(server, milliseconds);
        milliseconds.Sort();
        return [milliseconds[milliseconds.Count / 2], milliseconds[milliseconds.Count * 99 / 100]];
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

    /// <returns>What all callers did together.</returns>
    private static double PerSecond(Func<long> work)
    {
        var watch = Stopwatch.StartNew();
        long done = 0;
        Thread[] threads =
        [
            .. Enumerable.Range(0, Callers).Select(_ => new Thread(() => Interlocked.Add(ref done, work()))
            {
                IsBackground = true,
            }),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return done / watch.Elapsed.TotalSeconds;
    }
}
