using System.Net;
using Skep.Swarm;
using Skep.Transport.Contracts;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;

namespace Skep.Tests.Rpc;

/// <summary>A server on a free port of this machine, with channels to it that end with it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public static readonly RpcMethod<HealthCheckRequest, HealthCheckResponse> Unary = Method("Unary");
    public static readonly RpcMethod<HealthCheckRequest, HealthCheckResponse> Server = Method("ServerStream");
    public static readonly RpcMethod<HealthCheckRequest, HealthCheckResponse> Client = Method("ClientStream");
    public static readonly RpcMethod<HealthCheckRequest, HealthCheckResponse> Both = Method("Duplex");

    private readonly List<RpcChannel> channels = [];

    private TestServer(TestSwarm swarm, RpcServer server)
    {
        Swarm = swarm;
        Rpc = server;
    }

    public TestSwarm Swarm { get; }

    public RpcServer Rpc { get; }

    public IPEndPoint EndPoint => Rpc.EndPoints[0];

    public string Address => EndPoint.ToString();

    public HashSet<string> Removed { get; } = [];

    public NodeCredentials Credentials { get; private init; } = null!;

    public static Task<TestServer> StartAsync(RpcRoutes routes) => StartAsync(routes, TimeProvider.System);

    public static Task<TestServer> StartAsync(RpcRoutes routes, TimeProvider time) =>
        StartAsync(routes, new TestSwarm("swarm-1"), "manager-1", time, IPAddress.Loopback);

    public static Task<TestServer> StartAsync(RpcRoutes routes, TestSwarm swarm, string node) =>
        StartAsync(routes, swarm, node, TimeProvider.System, IPAddress.Loopback);

    /// <summary>At all addresses of this machine.</summary>
    public static Task<TestServer> StartEverywhereAsync(RpcRoutes routes) =>
        StartAsync(routes, new TestSwarm("swarm-1"), "manager-1", TimeProvider.System, IPAddress.Any);

    private static async Task<TestServer> StartAsync(
        RpcRoutes routes, TestSwarm swarm, string node, TimeProvider time, IPAddress address)
    {
        TestServer? self = null;
        NodeCredentials credentials = swarm.Manager(node);
        var options = new RpcServerOptions
        {
            EndPoints = [new IPEndPoint(address, 0)],
            Credentials = credentials,
            IsRemoved = id => self?.Removed.Contains(id.Value) ?? false,
            KeepAlive = () => TimeSpan.FromSeconds(30),
            Time = time,
            Log = Log.None,
        };
        self = new TestServer(swarm, await RpcServer.StartAsync(options, routes, default)) 
        {
            Credentials = credentials,
        };
        return self;
    }

    public static RpcMethod<HealthCheckRequest, HealthCheckResponse> Method(string name) =>
        new("/test.Echo/" + name, HealthCheckResponse.Parser);

    public RpcChannel AsManager() => With(Swarm.Manager("manager-2"));

    public RpcChannel AsWorker() => With(Swarm.Worker("worker-1"));

    public RpcChannel AsNobody() => With(null);

    /// <summary>By one of this machine's addresses.</summary>
    public RpcChannel AsWorkerAt(string host) => With(Swarm.Worker("worker-1"), $"{host}:{EndPoint.Port}");

    public RpcChannel With(NodeCredentials? node) => With(node, Address);

    private RpcChannel With(NodeCredentials? node, string address)
    {
        var channel = RpcChannel.ToNode(address, new RpcChannelOptions { Tls = () => Swarm.Client(node) });
        channels.Add(channel);
        return channel;
    }

    public async ValueTask DisposeAsync()
    {
        channels.ForEach(static channel => channel.Dispose());
        await Rpc.DisposeAsync();
    }
}
