using System.Net;
using System.Security.Cryptography.X509Certificates;
using Skep.Swarm;
using Skep.Transport.Contracts;
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

    public RpcIdentity Identity { get; set; } = null!;

    public static Task<TestServer> StartAsync(RpcRoutes routes) => StartAsync(routes, new TestSwarm("swarm-1"), "manager-1");

    public static async Task<TestServer> StartAsync(RpcRoutes routes, TestSwarm swarm, string node)
    {
        TestServer? self = null;
        RpcIdentity identity = swarm.Identity(swarm.Manager(node));
        var options = new RpcServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            Identity = () => self?.Identity ?? identity,
            IsRemoved = id => self?.Removed.Contains(id.Value) ?? false,
            KeepAlive = () => TimeSpan.FromSeconds(30),
            Time = TimeProvider.System,
            Log = Log.None,
        };
        self = new TestServer(swarm, await RpcServer.StartAsync(options, routes, default)) { Identity = identity };
        return self;
    }

    public static RpcMethod<HealthCheckRequest, HealthCheckResponse> Method(string name) =>
        new("/test.Echo/" + name, HealthCheckResponse.Parser);

    public RpcChannel AsManager() => With(Swarm.Manager("manager-2"));

    public RpcChannel AsWorker() => With(Swarm.Worker("worker-1"));

    public RpcChannel AsNobody() => With(null);

    public RpcChannel With(X509Certificate2? certificate)
    {
        var channel = RpcChannel.ToNode(Address, new RpcChannelOptions { Tls = () => Swarm.Client(certificate) });
        channels.Add(channel);
        return channel;
    }

    public async ValueTask DisposeAsync()
    {
        channels.ForEach(static channel => channel.Dispose());
        await Rpc.DisposeAsync();
    }
}
