using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using Skep.Agent.Session;
using Skep.Manager.Dispatch;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;
using Skep.Tests.Dispatch;
using Skep.Tests.Rpc;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;

namespace Skep.Tests.Session;

/// <summary>A leader, its store and its dispatcher on a port of this machine, and agents that come to it.</summary>
internal sealed class SwarmScene : IAsyncDisposable
{
    private readonly CancellationTokenSource end = new();
    private readonly List<Task> running = [];
    private readonly TestSwarm swarm = new("swarm-1");
    private readonly IdSource ids = new(RandomNumberGenerator.Fill);
    private CancellationTokenSource leading = new();

    public TestStore Store { get; } = new();

    public RpcServer Server { get; private set; } = null!;

    public Dispatcher Dispatcher { get; private set; } = null!;

    public ConcurrentDictionary<string, byte> Removed { get; } = new();

    public ImmutableArray<Peer> Managers { get; set; } = [];

    public Peer Manager => new() { NodeId = new("manager-1"), Addr = Server.EndPoints[0].ToString() };

    public NodeState StateOf(string node) => Store.Committed.Nodes.Get(new(node))!.Status.State;

    public static async Task<SwarmScene> StartAsync(DispatchTimings timings)
    {
        var scene = new SwarmScene();
        scene.Store.Update(write =>
        {
            write.Create(new Cluster
            {
                Id = new("swarm-1"),
                Spec = ClusterSpec.Empty with { Annotations = Annotations.Empty with { Name = "default" } },
                RootCA = RootCA.Empty with { CACert = Bytes.CopyOf("root-1"u8) },
            });
            foreach (string node in (string[])["worker-1", "worker-2"])
            {
                write.Create(new Node { Id = new(node) });
            }
        });
        scene.Dispatcher = new Dispatcher(new DispatcherParts
        {
            Store = scene.Store.Access,
            Managers = () => scene.Managers,
            Self = new("manager-1"),
            Timings = timings,
            Ids = scene.ids,
            Time = TimeProvider.System,
            Log = Log.None,
        });
        scene.Store.Dispatcher = scene.Dispatcher;
        var routes = new RpcRoutes();
        scene.Dispatcher.AddTo(routes.AtLeader(static _ => ValueTask.FromResult<RpcChannel?>(null)));
        scene.Server = await RpcServer.StartAsync(
            new RpcServerOptions
            {
                EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
                Credentials = scene.swarm.Manager("manager-1"),
                IsRemoved = id => scene.Removed.ContainsKey(id.Value),
                KeepAlive = () => TimeSpan.FromSeconds(30),
                Time = TimeProvider.System,
                Log = Log.None,
            },
            routes,
            default);
        scene.Managers = [scene.Manager];
        scene.Lead();
        return scene;
    }

    public void Lead()
    {
        leading = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
        running.Add(Dispatcher.LeadAsync(leading.Token));
    }

    public Task LoseLeadershipAsync() => leading.CancelAsync();

    public TestAgent StartAgent(string node) => StartAgent(node, static () => "host-1");

    public TestAgent StartAgent(string node, Func<string> hostname)
    {
        var agent = new TestAgent(swarm.Worker(node), ids, Manager, hostname);
        running.Add(agent.RunAsync(end.Token));
        return agent;
    }

    public RpcChannel ChannelOf(string node)
    {
        NodeCredentials credentials = swarm.Worker(node);
        return RpcChannel.ToNode(
            Manager.Addr,
            new RpcChannelOptions { Tls = () => credentials.ClientOptions(NodeIdentity.ManagerName) });
    }

    public static async Task UntilAsync(Func<bool> isSo)
    {
        for (int i = 0; i < 3000 && !isSo(); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        Assert.True(isSo());
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        foreach (Task task in running)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        }

        await Server.DisposeAsync();
    }
}

/// <summary>A node that writes down what it is told.</summary>
internal sealed class TestAgent
{
    private readonly CancellationTokenSource end = new();
    private readonly AgentSession session;

    public TestAgent(NodeCredentials credentials, IdSource ids, Peer manager, Func<string> hostname)
    {
        Managers = new ManagerList(ids);
        Managers.Observe(manager, ManagerList.GoodWeight);
        Credentials = credentials;
        session = new AgentSession(new SessionParts
        {
            Credentials = credentials,
            Managers = Managers,
            Local = static () => null,
            Describe = () => new NodeDescription { Hostname = hostname() },
            OnNews = (news, _) =>
            {
                News.Enqueue(news);
                return Task.CompletedTask;
            },
            OnAssignments = (news, _) =>
            {
                Assignments.Enqueue(news);
                return Task.CompletedTask;
            },
            ReadLogs = static (_, _, _) => NoLines(),
            FollowNetworks = static (_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop),
            OnState = States.Enqueue,
            Ids = ids,
            Time = TimeProvider.System,
            Log = Log.None,
        });
    }

    public NodeCredentials Credentials { get; }

    public AgentSession Session => session;

    private static async IAsyncEnumerable<SwarmLogLine> NoLines()
    {
        await Task.CompletedTask;
        yield break;
    }

    public ManagerList Managers { get; }

    public ConcurrentQueue<SessionNews> News { get; } = new();

    public ConcurrentQueue<AssignmentNews> Assignments { get; } = new();

    public ConcurrentQueue<SessionState> States { get; } = new();

    public async Task RunAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, end.Token);
        await session.RunAsync(either.Token);
    }

    public Task StopAsync() => end.CancelAsync();
}
