using Google.Protobuf;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;
using Skep.Linux.Files;
using Skep.Swarm;

namespace Skep.Transport.Rpc;

/// <summary>Every call's way: route, caller, rights, deadline, method, and what becomes of an error.</summary>
/// <param name="fatal">Told of errors after which the process must end.</param>
internal sealed class RpcApplication(RpcServerState server, RpcRoutes routes, Action<Exception> fatal)
    : IHttpApplication<RpcCall>
{
    private readonly RpcGuard guard = new(server.Options);

    public RpcCall CreateContext(IFeatureCollection contextFeatures)
    {
        var host = contextFeatures as IHostContextContainer<RpcCall>;
        RpcCall call = host?.HostContext ?? new RpcCall(contextFeatures, server);
        if (host is not null)
        {
            host.HostContext = call;
        }

        call.Begin();
        return call;
    }

    public void DisposeContext(RpcCall context, Exception? exception)
    {
        // Everything of the call has ended with it; the object serves the next one.
    }

    public async Task ProcessRequestAsync(RpcCall call)
    {
        bool hasEntered = false;
        try
        {
            RpcRoute route = Route(call);
            guard.Admit(call, route);
            hasEntered = true;
            RpcChannel? leader = route.FindLeader is null ? null : await route.FindLeader(call.Stop);
            await (leader is null ? route.Serve(call) : RpcRelay.ToLeaderAsync(call, leader));
            await call.FinishAsync(RpcStatus.Ok, "", null);
        }
        catch (RpcException error)
        {
            await FinishAsync(call, error.Status, error.Detail, error.RefusalKind);
        }
        catch (RefusedException error)
        {
            var (status, detail, kind) = RpcErrors.ToWire(error);
            await FinishAsync(call, status, detail, kind);
        }
        catch (InvalidProtocolBufferException)
        {
            await FinishAsync(call, RpcStatus.Internal, "grpc: the request cannot be decoded", null);
        }
        catch (Exception error) when (error is OperationCanceledException || (error is IOException && !IsFatal(error)))
        {
            await EndEarlyAsync(call);
        }
        catch (Exception error) // This is the supervisor of every call.
        {
            if (IsFatal(error))
            {
                fatal(error);
            }

            server.Options.Log.Error("call failed", ("method", call.Request.Path), ("error", error.ToString()));
            await FinishAsync(call, RpcStatus.Internal, "the manager failed to answer: its log says why", null);
        }
        finally
        {
            if (hasEntered)
            {
                guard.Leave(call);
            }

            await call.EndAsync();
        }
    }

    /// <remarks>Each assembly has its own type for a broken invariant; their name is the same.</remarks>
    private static bool IsFatal(Exception error) =>
        error is SyncFailedException or OutOfMemoryException
        || error.GetType().Name == nameof(BrokenInvariantException);

    private RpcRoute Route(RpcCall call)
    {
        string path = call.Request.Path;
        if (routes.Find(path) is { } route)
        {
            return route;
        }

        int slash = path.LastIndexOf('/');
        string service = slash > 0 ? path[1..slash] : "";
        throw new RpcException(
            RpcStatus.Unimplemented,
            routes.HasService(path)
                ? $"unknown method {path[(slash + 1)..]} for service {service}"
                : $"unknown service {service}");
    }

    private static Task EndEarlyAsync(RpcCall call) => call switch
    {
        { IsClientGone: true } => Reset(call),
        { IsLate: true } => FinishAsync(call, RpcStatus.DeadlineExceeded, "context deadline exceeded", null),
        { IsCut: true } => FinishAsync(
            call, RpcStatus.PermissionDenied, "Permission denied: the node lost its place in the swarm", null),
        { Stop.IsCancellationRequested: true } => FinishAsync(
            call, RpcStatus.Unavailable, "transport is closing: the manager stops", null),
        _ => FinishAsync(call, RpcStatus.Unavailable, "the call was ended on the way", null),
    };

    private static Task Reset(RpcCall call)
    {
        call.Reset();
        return Task.CompletedTask;
    }

    private static async Task FinishAsync(RpcCall call, RpcStatus status, string detail, ErrorKind? kind)
    {
        try
        {
            await call.FinishAsync(status, detail, kind);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            call.Reset(); // It went before it could be told.
        }
    }
}
