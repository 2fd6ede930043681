using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Skep.Engine.Metrics;
using KestrelOptions = Microsoft.Extensions.Options.Options;

namespace Skep.Daemon;

/// <summary>Serves what is measured at /metrics, to everybody: the address is the operator's choice.</summary>
internal sealed class MetricsServer(IPEndPoint address, Func<MetricsSample> take)
    : IHttpApplication<HttpContext>
{
    private const int ConnectionsMax = 16;

    public async Task RunAsync(CancellationToken stop)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = 0;
        options.Limits.MaxConcurrentConnections = ConnectionsMax;
        options.Listen(address, listener => listener.Protocols = HttpProtocols.Http1);
        var sockets = new SocketTransportFactory(
            KestrelOptions.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        using var server = new KestrelServer(KestrelOptions.Create(options), sockets, NullLoggerFactory.Instance);
        await server.StartAsync(this, stop);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        }
        finally
        {
            await server.StopAsync(new CancellationToken(canceled: true));
        }
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // A context holds nothing of its own.
    }

    public Task ProcessRequestAsync(HttpContext context)
    {
        if (context.Request.Path != "/metrics")
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        context.Response.ContentType = MetricsText.ContentType;
        return context.Response.WriteAsync(MetricsText.Write(take()), context.RequestAborted);
    }
}
