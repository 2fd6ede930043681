using System.Collections.Concurrent;
using Google.Protobuf;

namespace Skep.Transport.Rpc;

/// <summary>Finds the leader for a call that only it can answer.</summary>
/// <returns>A channel to it that the callee keeps; null: this node is the leader.</returns>
/// <exception cref="RpcException">There is no leader, or this node does not know it.</exception>
public delegate ValueTask<RpcChannel?> FindLeader(CancellationToken stop);

/// <summary>The methods that a server answers.</summary>
/// <remarks>
/// Methods may be added while a server serves: a manager that joins must answer its health before it can answer
/// anything
/// else. Until it is added a method is unknown.
/// </remarks>
public sealed class RpcRoutes
{
    private readonly ConcurrentDictionary<string, RpcRoute> table;
    private readonly ConcurrentDictionary<string, bool> services;
    private readonly FindLeader? findLeader;

    public RpcRoutes()
    {
        table = new ConcurrentDictionary<string, RpcRoute>(StringComparer.Ordinal);
        services = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
    }

    private RpcRoutes(RpcRoutes all, FindLeader findLeader)
    {
        table = all.table;
        services = all.services;
        this.findLeader = findLeader;
    }

    /// <summary>Every path with the roles that may call it, for tests that try the others.</summary>
    public IEnumerable<(string Path, RpcAccess Access)> All =>
        table.Values.Select(route => (route.Path, route.Access));

    /// <summary>
    /// The same table: methods added through it are answered by the leader. Any other manager sends their calls on,
    /// with what it knows of the caller, as SwarmKit's managers do. The leader checks the roles.
    /// </summary>
    public RpcRoutes AtLeader(FindLeader find) => new(this, find);

    public RpcRoutes Unary<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        RpcAccess access,
        Func<TRequest, RpcCaller, CancellationToken, Task<TResponse>> answer)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>
    {
        var parser = new MessageParser<TRequest>(static () => new TRequest());
        return Add(method.Path, access, async call =>
        {
            TRequest request = await call.ReadOnlyAsync(parser);
            call.Write(await answer(request, call.Caller, call.Stop));
        });
    }

    public RpcRoutes ServerStream<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        RpcAccess access,
        Func<TRequest, RpcWriter<TResponse>, RpcCaller, CancellationToken, Task> answer)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>
    {
        var parser = new MessageParser<TRequest>(static () => new TRequest());
        return Add(method.Path, access, async call =>
        {
            call.BeginStream();
            TRequest request = await call.ReadOnlyAsync(parser);
            await answer(request, new RpcWriter<TResponse>(call), call.Caller, call.Stop);
        });
    }

    public RpcRoutes ClientStream<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        RpcAccess access,
        Func<RpcReader<TRequest>, RpcCaller, CancellationToken, Task<TResponse>> answer)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>
    {
        var parser = new MessageParser<TRequest>(static () => new TRequest());
        return Add(method.Path, access, async call =>
        {
            call.BeginStream();
            call.Write(await answer(new RpcReader<TRequest>(call, parser), call.Caller, call.Stop));
        });
    }

    public RpcRoutes Duplex<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        RpcAccess access,
        Func<RpcReader<TRequest>, RpcWriter<TResponse>, RpcCaller, CancellationToken, Task> answer)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>
    {
        var parser = new MessageParser<TRequest>(static () => new TRequest());
        return Add(method.Path, access, async call =>
        {
            call.BeginStream();
            await answer(
                new RpcReader<TRequest>(call, parser), new RpcWriter<TResponse>(call), call.Caller, call.Stop);
        });
    }

    internal RpcRoute? Find(string path) => table.GetValueOrDefault(path);

    internal bool HasService(string path) => services.ContainsKey(ServiceOf(path));

    private RpcRoutes Add(string path, RpcAccess access, Func<RpcCall, Task> serve)
    {
        Invariant.Holds(table.TryAdd(path, new RpcRoute(path, access, serve, findLeader)));
        services[ServiceOf(path)] = true;
        return this;
    }

    private static string ServiceOf(string path) => path[..(path.LastIndexOf('/') + 1)];
}

/// <summary>How one method is answered.</summary>
internal sealed record RpcRoute(string Path, RpcAccess Access, Func<RpcCall, Task> Serve, FindLeader? FindLeader);
