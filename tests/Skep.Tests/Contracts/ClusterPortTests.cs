using System.Reflection;
using Google.Protobuf;
using Skep.Tests.Rpc;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;

namespace Skep.Tests.Contracts;

public class ClusterPortTests
{
    private const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Static;

    private static readonly IReadOnlyList<(string Path, object Method)> all =
    [
        .. typeof(SwarmKitMethods).GetNestedTypes().SelectMany(service => service.GetFields())
            .Select(field => field.GetValue(null)!)
            .Select(method => ((string)method.GetType().GetProperty("Path")!.GetValue(method)!, method)),
    ];

    [Fact]
    public async Task Every_method_of_SwarmKit_refuses_every_role_that_it_does_not_name()
    {
        var routes = new RpcRoutes();
        foreach (var (_, method) in all)
        {
            Invoke(nameof(Stub), method, routes);
        }
        await using TestServer server = await TestServer.StartAsync(routes);
        (RpcAccess Role, RpcChannel Channel)[] callers =
        [
            (RpcAccess.Worker, server.AsWorker()),
            (RpcAccess.Manager, server.AsManager()),
            (RpcAccess.Anyone & ~RpcAccess.Node, server.AsNobody()),
        ];
        int refusedCount = 0;
        foreach (var (path, method) in all)
        {
            foreach (var (role, channel) in callers)
            {
                var refused = await (Task<RpcException>)Invoke(nameof(CallAsync), method, channel)!;
                bool isAllowed = SwarmKitAccess.Of(path).HasFlag(role);
                Assert.Equal(
                    (path, role, isAllowed ? RpcStatus.Aborted : RpcStatus.PermissionDenied),
                    (path, role, refused.Status));
                refusedCount += isAllowed ? 0 : 1;
            }
        }
        // Three methods are anyone's, ten every node's; the other fifty-two refuse workers and strangers.
        Assert.Equal((65, 10 + (2 * 52)), (all.Count, refusedCount));
    }

    private static object? Invoke(string helper, object method, object argument) =>
        typeof(ClusterPortTests).GetMethod(helper, Hidden)!
            .MakeGenericMethod(method.GetType().GetGenericArguments()).Invoke(null, [method, argument]);

    private static void Stub<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, RpcRoutes routes)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse> => routes.Unary(
            method, SwarmKitAccess.Of(method.Path), (_, _, _) => throw new RpcException(RpcStatus.Aborted, "reached"));

    private static async Task<RpcException> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, RpcChannel channel)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse> => await Assert.ThrowsAsync<RpcException>(
            () => channel.CallAsync(method, new TRequest(), CancellationToken.None));
}
