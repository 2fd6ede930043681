using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Skep.Docker.Engine;
using Skep.Engine.Connections;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Engine;

/// <summary>Every request's way: headers, route, version, limits, endpoint, and what becomes of an error.</summary>
/// <param name="fatal">Told of errors after which the process must end.</param>
/// <param name="stopping">Ends streams at once when the server stops.</param>
/// <param name="ended">Ends everything else, after its time to finish.</param>
internal sealed class EngineApplication(
    RouteTable routes,
    string serverVersion,
    Log log,
    Action<Exception> fatal,
    CancellationToken stopping,
    CancellationToken ended)
    : IHttpApplication<HttpContext>
{
    private readonly string newest = ApiVersion.Newest.ToString();
    private readonly string server = $"Skep/{serverVersion} (linux)";
    private readonly InFlight reads = new(HttpLimits.Reads);
    private readonly InFlight writes = new(HttpLimits.Writes);
    private readonly InFlight streams = new(HttpLimits.Streams);

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // A context holds nothing of its own.
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var request = new EngineRequest(context, ApiVersion.Newest, "", context.RequestAborted);
        try
        {
            await RouteAsync(context);
        }
        catch (OperationCanceledException)
            when (context.RequestAborted.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            context.Abort(); // Nobody is left to hear an answer, or to give one.
        }
        catch (ClientGoneException)
        {
            context.Abort();
        }
        catch (Exception error) // This is the supervisor of every request.
        {
            if (Refusals.IsFatal(error))
            {
                fatal(error);
            }

            await RefuseAsync(context, request, error);
        }
    }

    private async Task RouteAsync(HttpContext context)
    {
        (string path, string? versionText) = RouteTable.SplitVersion(context.Request.Path.Value ?? "/");
        if (!routes.TryFind(context.Request.Method, path, out Route? route, out string name))
        {
            throw new RefusedException(ErrorKind.NotFound, "page not found");
        }

        IHeaderDictionary headers = context.Response.Headers;
        headers["Api-Version"] = newest;
        headers["Docker-Experimental"] = "false";
        headers["Ostype"] = "linux";
        headers.Server = server;
        ApiVersion version = versionText is null ? ApiVersion.Newest : ApiVersion.Parse(versionText);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, route.Cost == RouteCost.Stream ? stopping : ended);

        // A change that was begun is finished, whether or not the client waits for it, as in Docker.
        var request = new EngineRequest(context, version, name, route.Cost == RouteCost.Write ? ended : over.Token);
        InFlight limit = route.Cost switch
        {
            RouteCost.Read => reads,
            RouteCost.Write => writes,
            _ => streams,
        };
        if (!limit.TryEnter())
        {
            await RefuseLoadAsync(context, request);
            return;
        }

        try
        {
            if (route.Cost == RouteCost.Stream)
            {
                request.LiftLimits();
            }

            await route.Answer(request);
        }
        finally
        {
            limit.Leave();
        }
    }

    private static Task RefuseLoadAsync(HttpContext context, EngineRequest request)
    {
        context.Response.Headers.RetryAfter = $"{HttpLimits.RetryAfterSeconds}";
        return request.AnswerJsonAsync(
            new ErrorResponse { Message = "too many requests at once, try again later" },
            EngineJson.Default.ErrorResponse,
            StatusCodes.Status429TooManyRequests);
    }

    private async Task RefuseAsync(HttpContext context, EngineRequest request, Exception error)
    {
        (int status, string message) = Refusals.Describe(error);
        if (Refusals.IsFault(status, error))
        {
            bool isExpected = error is RefusedException or Transport.Rpc.RpcException or IOException;
            log.Error(
                "request failed",
                ("method", context.Request.Method),
                ("path", context.Request.Path.Value),
                ("error", isExpected ? error.Message : error.ToString()));
        }
        else if (status >= 500)
        {
            log.Debug(
                "request refused",
                ("method", context.Request.Method),
                ("path", context.Request.Path.Value),
                ("error", error.Message));
        }

        if (context.Response.HasStarted || context.Features.Get<ClientConnection>() is { IsTakenOver: true })
        {
            context.Abort(); // The head is out: a cut stream is the only way left to say that it is not whole.
            return;
        }

        if (status == StatusCodes.Status304NotModified)
        {
            await request.AnswerAsync(status);
            return;
        }

        var answer = new ErrorResponse { Message = message };
        try
        {
            await request.AnswerJsonAsync(answer, EngineJson.Default.ErrorResponse, status);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ConnectionAbortedException)
        {
            context.Abort(); // It went before it could be told.
        }
    }
}
