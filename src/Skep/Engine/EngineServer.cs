using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Skep.Engine.Connections;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Engine;

/// <summary>Serves the Engine API on its addresses.</summary>
/// <remarks>Kestrel alone, without a host: no configuration, no file watching, no services.</remarks>
internal sealed class EngineServer(
    RouteTable routes, IReadOnlyList<EngineAddress> addresses, string version, TimeProvider time, Log log)
{
    private readonly TaskCompletionSource failure = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Serves until it is told to stop; then requests at work get a moment to end.</summary>
    /// <param name="listening">Called when every address can be connected to.</param>
    /// <exception cref="IOException">An address cannot be listened on.</exception>
    public async Task RunAsync(Action listening, CancellationToken stop)
    {
        using var server = new KestrelServer(Options.Create(HttpOptions()), Sockets(), NullLoggerFactory.Instance);
        using var ended = new CancellationTokenSource();
        var application = new EngineApplication(
            routes, version, log, error => failure.TrySetException(error), stop, ended.Token);
        await server.StartAsync(application, stop);
        try
        {
            listening();
            await failure.Task.WaitAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            log.Debug("no more requests are taken");
        }
        finally
        {
            using var late = new CancellationTokenSource(HttpLimits.Stop, time);
            await server.StopAsync(late.Token);
            await ended.CancelAsync();
        }
    }

    private KestrelServerOptions HttpOptions()
    {
        var options = new KestrelServerOptions { AddServerHeader = false, AllowSynchronousIO = false };
        KestrelServerLimits limits = options.Limits;
        limits.MaxRequestBodySize = HttpLimits.JsonBytes;
        limits.RequestHeadersTimeout = HttpLimits.Headers;
        limits.KeepAliveTimeout = HttpLimits.KeepAlive;

        // A reader of logs may pause for as long as its user looks at a page of them.
        limits.MinResponseDataRate = null;
        foreach (EngineAddress address in addresses)
        {
            if (address.EndPoint is IPEndPoint ip)
            {
                options.Listen(ip, listener => Configure(listener, address));
            }
            else
            {
                options.ListenUnixSocket(address.EndPoint.ToString()!, listener => Configure(listener, address));
            }
        }

        return options;
    }

    private void Configure(ListenOptions listener, EngineAddress address)
    {
        listener.Protocols = HttpProtocols.Http1;
        listener.Use(next => new ClientConnections(address, next, time, log).ServeAsync);
    }

    private SocketTransportFactory Sockets() => new(
        Options.Create(new SocketTransportOptions
        {
            CreateBoundListenSocket = endPoint => ListenSocket.Bind(
                addresses.First(address => address.EndPoint.ToString() == endPoint.ToString())),
        }),
        NullLoggerFactory.Instance);
}
