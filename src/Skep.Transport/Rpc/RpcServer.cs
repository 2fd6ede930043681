using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Skep.Transport.Rpc;

/// <summary>A gRPC server over HTTP/2 and mutual TLS.</summary>
/// <remarks>
/// Kestrel alone, without a host: no configuration, no file watching, no services, and TLS of our own above its
/// sockets,
/// so that certificates can change while it runs (docs/internals/rpc.md).
/// </remarks>
public sealed class RpcServer : IAsyncDisposable
{
    private readonly TaskCompletionSource failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource ending = new();
    private readonly RpcPeerTable peers = new();
    private readonly List<ListenOptions> listeners = [];
    private readonly RpcServerOptions options;
    private readonly KestrelServerOptions http;
    private readonly KestrelServer kestrel;
    private readonly RpcConnections connections;
    private readonly RpcGuard guard;
    private int isDisposed;

    private RpcServer(RpcServerOptions options)
    {
        this.options = options;
        guard = new RpcGuard(options);
        http = new KestrelServerOptions();
        connections = new RpcConnections(options, peers, () => SetKeepAlive(http.Limits));
        Configure(http);
        kestrel = new KestrelServer(Options.Create(http), NewSockets(), NullLoggerFactory.Instance);
    }

    /// <summary>Fails when a call met an error after which the process must not go on. Never ends otherwise.</summary>
    public Task Failure => failure.Task;

    /// <summary>Where it listens; ports that were given as 0 have their number here.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; private set; } = [];

    /// <summary>Open connections, also those whose handshake is not over.</summary>
    public int ConnectionCount => connections.Count;

    /// <exception cref="IOException">An address cannot be listened on.</exception>
    public static async Task<RpcServer> StartAsync(
        RpcServerOptions options, RpcRoutes routes, CancellationToken stop)
    {
        var server = new RpcServer(options);
        try
        {
            // A process that was killed leaves its socket, and nobody else of this node would make one there.
            if (options.LocalSocket is { } socket)
            {
                File.Delete(socket);
            }

            var state = new RpcServerState(options, server.peers, server.ending.Token);
            await server.kestrel.StartAsync(
                new RpcApplication(state, routes, error => server.failure.TrySetException(error)), stop);
            server.EndPoints = [.. server.listeners.Select(static listener => listener.IPEndPoint!)];
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Looks again at everyone who is connected, and cuts those who lost their place. To be called when a node was
    /// removed and when the trusted roots changed; calls that come later are looked at in any case.
    /// </summary>
    public void Recheck()
    {
        foreach (RpcPeer peer in peers.Peers)
        {
            if (!guard.IsStillMember(peer, out string refusal))
            {
                peer.Abort(refusal);
            }
        }

        foreach (RpcStream stream in peers.Streams)
        {
            if (!stream.Caller.IsAnonymous && options.IsRemoved(stream.Caller.Node))
            {
                stream.Cut();
            }
        }
    }

    private void Configure(KestrelServerOptions settings)
    {
        settings.AddServerHeader = false;
        settings.AllowAlternateSchemes = true; // Over our own TLS, clients say https or http.
        KestrelServerLimits limits = settings.Limits;
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null; // Streams are silent for hours; each read has its own bound.
        limits.RequestHeadersTimeout = RpcLimits.Headers;
        limits.KeepAliveTimeout = RpcLimits.Idle;
        limits.Http2.MaxStreamsPerConnection = RpcLimits.CallsPerConnectionMax;
        limits.Http2.InitialStreamWindowSize = RpcLimits.ServerStreamWindowBytes;
        limits.Http2.InitialConnectionWindowSize = RpcLimits.ServerConnectionWindowBytes;
        SetKeepAlive(limits);
        foreach (IPEndPoint endPoint in options.EndPoints)
        {
            settings.Listen(OfBothFamilies(endPoint), listener =>
            {
                listeners.Add(listener);
                listener.Protocols = HttpProtocols.Http2;
                listener.Use(next => connection => connections.ServeAsync(connection, next));
            });
        }

        if (options.LocalSocket is { } path)
        {
            settings.ListenUnixSocket(path, static listener => listener.Protocols = HttpProtocols.Http2);
        }
    }

    /// <summary>
    /// All addresses of a machine are those of both families, as Docker's nodes take 0.0.0.0: the one that is told to
    /// others may be IPv6.
    /// </summary>
    private static IPEndPoint OfBothFamilies(IPEndPoint wanted) =>
        wanted.Address.Equals(IPAddress.Any) && Socket.OSSupportsIPv6
            ? new IPEndPoint(IPAddress.IPv6Any, wanted.Port)
            : wanted;

    // Kestrel reads these for every new connection; it takes no less than a second.
    private void SetKeepAlive(KestrelServerLimits limits)
    {
        TimeSpan silence = options.KeepAlive();
        silence = silence < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : silence;
        limits.Http2.KeepAlivePingDelay = silence;
        limits.Http2.KeepAlivePingTimeout = silence * 2; // A busy machine must not look like a dead one.
    }

    private static SocketTransportFactory NewSockets() => new(
        Options.Create(new SocketTransportOptions { NoDelay = true, CreateBoundListenSocket = Bind }),
        NullLoggerFactory.Instance);

    // Whoever can open the local socket is this node, so it is root's before it is listened on.
    private static Socket Bind(EndPoint endPoint)
    {
        if (endPoint is not UnixDomainSocketEndPoint)
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        }

        string path = endPoint.ToString()!;
        File.Delete(path); // A process that was killed leaves it.
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Stops listening, ends long calls, and gives the others a moment to end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0)
        {
            return;
        }

        await ending.CancelAsync();
        using var late = new CancellationTokenSource(RpcLimits.Stop, options.Time);
        await kestrel.StopAsync(late.Token);
        kestrel.Dispose();
        ending.Dispose();
    }
}
