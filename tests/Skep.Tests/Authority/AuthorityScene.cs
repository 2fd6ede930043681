using System.Net;
using System.Security.Cryptography;
using Skep.Manager.Authority;
using Skep.Manager.Consensus;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Tests.Consensus;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;

namespace Skep.Tests.Authority;

/// <summary>A swarm of one manager with its CA behind a real port, and nodes that ask it for certificates.</summary>
internal sealed class AuthorityScene : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    public static readonly ClusterId SwarmId = new("c1uster000000000000000000");
    public static readonly NodeId ManagerId = new("node1");

    private readonly CancellationTokenSource ending = new(TimeSpan.FromMinutes(2));
    private readonly List<Task> running = [];
    private readonly HashSet<string> removed = [];
    private RpcServer? server;

    private AuthorityScene(TestSwarm swarm, TestManager manager, CertificateAuthority authority, NodeCredentials own)
    {
        Swarm = swarm;
        Manager = manager;
        Authority = authority;
        Own = own;
    }

    public TestSwarm Swarm { get; }

    public TestManager Manager { get; }

    public CertificateAuthority Authority { get; }

    /// <summary>The manager's own.</summary>
    public NodeCredentials Own { get; }

    public AuthorityKeeper Keeper { get; } = new();

    public ReplicatedStore Store => Manager.Store;

    public Cluster Cluster => Store.Committed.Cluster!;

    public CancellationToken Stop => ending.Token;

    public string Address => $"127.0.0.1:{server!.EndPoints[0].Port}";

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public CertificateRequests Requests => new(() => [Address], TimeProvider.System, Log.None);

    /// <summary>Asks over the socket of the manager's own machine.</summary>
    public CertificateRequests OwnRequests(RpcChannel local) =>
        new(static () => [], TimeProvider.System, Log.None) { Local = () => local };

    public string LocalSocket { get; } =
        Path.Combine(Path.GetTempPath(), $"skep-{RandomNumberGenerator.GetHexString(12)}");

    public RootChanges Changes => new(new ExternalSigner(Own, TimeProvider.System), TimeProvider.System, Log.None);

    public static async Task<AuthorityScene> StartAsync(CAConfig? config = null)
    {
        TestSwarm swarm = await TestSwarm.StartAsync(1);
        CertificateAuthority authority = CertificateAuthority.NewRoot(Now.AddDays(-300));
        var own = new NodeCredentials(
            Issue(authority, new NodeIdentity(ManagerId, NodeRole.Manager, SwarmId), Now),
            authority.Trust,
            TimeProvider.System);
        var scene = new AuthorityScene(swarm, swarm.Managers.Values.First(), authority, own);
        await scene.FoundAsync(config ?? CAConfig.Empty);
        await scene.ServeAsync();
        return scene;
    }

    public static NodeCertificate Issue(CertificateAuthority authority, NodeIdentity identity, DateTimeOffset at)
    {
        using NodeKey key = NodeKey.New();
        return NodeCertificate.Load(authority.Issue(key.NewRequest(), identity, TimeSpan.FromDays(90), at), key);
    }

    /// <summary>Changes the cluster object.</summary>
    public Task<Cluster> ChangeAsync(Func<Cluster, Cluster> change) =>
        Store.UpdateAsync(store => store.Update(change(store.Cluster!)), Stop);

    public Task<Node> ChangeAsync(NodeId id, Func<Node, Node> change) =>
        Store.UpdateAsync(store => store.Update(change(store.Nodes.Get(id)!)), Stop);

    /// <summary>What the control API does with settings of the CA.</summary>
    public async Task<Cluster> ChangeRootAsync(CAConfig wanted)
    {
        RootCA root = await Changes.ChangeAsync(Cluster, wanted, Stop);
        return await ChangeAsync(now => now with
        {
            Spec = now.Spec with { CAConfig = wanted },
            RootCA = root with { JoinTokens = now.RootCA.JoinTokens },
        });
    }

    /// <summary>A node that has joined with the token of its role.</summary>
    public async Task<NodeCredentials> JoinAsync(NodeRole role)
    {
        string token = role == NodeRole.Manager ? Cluster.RootCA.JoinTokens.Manager : Cluster.RootCA.JoinTokens.Worker;
        IssuedIdentity issued = await Requests.JoinAsync(JoinToken.Parse(token), NodeAvailability.Active, Stop);
        return new NodeCredentials(issued.Certificate, issued.Trust, TimeProvider.System);
    }

    public void Remove(NodeId node) => removed.Add(node.Value);

    public void Run(Func<CancellationToken, Task> part) => running.Add(part(ending.Token));

    public CertificateSigning Signing => new(
        Store,
        Manager.Driver.Status,
        Keeper,
        new ExternalSigner(Own, TimeProvider.System),
        TimeProvider.System,
        Log.None);

    /// <summary>Waits until the committed store is as wished.</summary>
    public async Task UntilAsync(Func<Skep.Swarm.Store.StoreSnapshot, bool> isWished)
    {
        Skep.Swarm.Store.StoreWatch watch = Store.Feed.Watch();
        Skep.Swarm.Store.StoreSnapshot now = watch.Start;
        while (!isWished(now))
        {
            now = (await watch.NextAsync(Stop).WaitAsync(Patience)).Now;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        foreach (Task part in running)
        {
            try
            {
                await part;
            }
            catch (OperationCanceledException)
            {
                // It was stopped.
            }
        }

        await server!.DisposeAsync();
        File.Delete(LocalSocket);
        await Swarm.DisposeAsync();
        ending.Dispose();
    }

    private Task FoundAsync(CAConfig config) => Store.UpdateAsync(
        store =>
        {
            RootDigest digest = Authority.Trust.Digest;
            store.Create(new Cluster
            {
                Id = SwarmId,
                Spec = new ClusterSpec
                {
                    Annotations = new Annotations { Name = "default" },
                    CAConfig = config,
                },
                RootCA = new RootCA
                {
                    CACert = Bytes.CopyOf(Authority.Trust.Bundle.Span),
                    CAKey = config.ExternalCAs.IsEmpty ? Bytes.Owning(Authority.ExportKey()) : Bytes.Empty,
                    CACertHash = digest.ToString(),
                    JoinTokens = new JoinTokens
                    {
                        Worker = JoinToken.New(digest).Text,
                        Manager = JoinToken.New(digest).Text,
                    },
                },
                VxlanUdpPort = 4789,
            });
            store.Create(new Node
            {
                Id = ManagerId,
                Role = NodeRole.Manager,
                Spec = new NodeSpec { DesiredRole = NodeRole.Manager, Membership = NodeMembership.Accepted },
            });
        },
        Stop);

    private async Task ServeAsync()
    {
        var routes = new RpcRoutes();
        var ids = new IdSource(RandomNumberGenerator.Fill);
        new CertificateServices(Store, Keeper, ids, TimeProvider.System, Log.None)
            .Map(routes, static _ => ValueTask.FromResult<RpcChannel?>(null));
        var options = new RpcServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            LocalSocket = LocalSocket,
            Credentials = Own,
            IsRemoved = node => removed.Contains(node.Value),
            KeepAlive = static () => TimeSpan.FromSeconds(10),
            Time = TimeProvider.System,
            Log = Log.None,
        };
        server = await RpcServer.StartAsync(options, routes, Stop);
    }
}
