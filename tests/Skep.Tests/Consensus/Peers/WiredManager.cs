using System.Net;
using System.Security.Cryptography;
using Skep.Linux.Files;
using Skep.Manager.Consensus;
using Skep.Manager.Storage;
using Skep.Swarm;
using Skep.Transport.Contracts;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;

namespace Skep.Tests.Consensus.Peers;

/// <summary>A manager with everything real, listening on a port of this machine.</summary>
internal sealed class WiredManager : IAsyncDisposable
{
    private static readonly StorageKeys keys = new(DataKey.Create());

    private readonly CancellationTokenSource ending = new();
    private readonly NodeCredentials credentials;
    private readonly string folder;
    private readonly RpcServer server;
    private readonly PeerLinks links;
    private readonly RaftPort port;
    private RaftStorage? storage;
    private string[] known = [];
    private Task running = Task.CompletedTask;

    private WiredManager(NodeCredentials credentials, string folder, RpcServer server, PeerLinks links, RaftPort port)
    {
        this.credentials = credentials;
        this.folder = folder;
        this.server = server;
        this.links = links;
        this.port = port;
    }

    public RaftDriver Driver { get; private set; } = null!;

    public PeerLinks Links => links;

    public string Address => server.EndPoints[0].ToString();

    public static async Task<WiredManager> ListenAsync(NodeCredentials credentials, string folder)
    {
        var options = new PeerLinksOptions
        {
            Connect = (address, pings) => Connect(credentials, address, pings),
            Time = TimeProvider.System,
            Log = Log.None,
        };
        var links = new PeerLinks(options);
        var port = new RaftPort(links, TimeProvider.System, Log.None);
        var routes = new RpcRoutes();
        port.Map(routes);
        routes.Unary(SwarmKitMethods.Health.Check, RpcAccess.Manager, (_, _, _) => Task.FromResult(
            new HealthCheckResponse { Status = HealthCheckResponse.Types.ServingStatus.Serving }));
        RpcServer server = await RpcServer.StartAsync(ServerOptions(credentials), routes, CancellationToken.None);
        return new WiredManager(credentials, folder, server, links, port);
    }

    public void Found()
    {
        storage = RaftStorage.Create(new LinuxDisk(), folder, keys, new StorageIdentity("c", Node.Value, 1));
        Run(RaftDriver.Begin(Options(1, []), new Member(1, Node, Address), storage, links, Log.None));
    }

    public async Task<ulong> JoinAsync(string manager)
    {
        JoinAnswer answer = await AskToJoinAsync(manager);
        Run(RaftDriver.Open(
            Options(answer.RaftId, [.. answer.Members.Members.Values]), storage!, links, Log.None));
        return answer.RaftId;
    }

    /// <summary>Joins and makes its log, and does no more.</summary>
    public async Task<JoinAnswer> AskToJoinAsync(string manager)
    {
        using RpcChannel channel = Connect(credentials, manager, null);
        JoinAnswer answer = await MembershipClient.JoinAsync(
            channel, Address, TimeProvider.System, CancellationToken.None);
        var identity = new StorageIdentity("c", Node.Value, answer.RaftId);
        storage = RaftStorage.Create(new LinuxDisk(), folder, keys, identity);
        return answer;
    }

    /// <summary>Goes on with the log of an earlier one of this node, at another port.</summary>
    /// <param name="joinAddresses">Managers it knows beside those of its log.</param>
    public void Resume(params string[] joinAddresses)
    {
        known = joinAddresses;
        storage = RaftStorage.Open(new LinuxDisk(), folder, keys, "c", Node.Value);
        Run(RaftDriver.Open(Options(storage.Identity.RaftId, []), storage, links, Log.None));
    }

    public RpcChannel ConnectTo(WiredManager other) => Connect(credentials, other.Address, null);

    public async Task BecomesAsync(Func<DriverStatus, bool> isWanted)
    {
        using var late = new CancellationTokenSource(TestSwarm.Patience);
        await Driver.Status.WaitAsync(isWanted, late.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await running;
        await server.DisposeAsync();
        storage?.Dispose();
        ending.Dispose();
    }

    private NodeId Node => credentials.Node;

    private void Run(RaftDriver driver)
    {
        Driver = driver;
        links.Attach(driver);
        var probe = new PeerProbe(new PeerLinksOptions
        {
            Connect = (address, pings) => Connect(credentials, address, pings),
            Time = TimeProvider.System,
            Log = Log.None,
        });
        var membership = new Membership(
            driver, links, probe.ProbeAsync, new IdSource(RandomNumberGenerator.Fill), Log.None);
        port.Serve(driver, membership);
        var upkeep = new AddressUpkeep(
            driver, Address, known, address => Connect(credentials, address, null), TimeProvider.System, Log.None);
        running = Task.WhenAll(
            driver.RunAsync(ending.Token), links.RunAsync(ending.Token), UntilStoppedAsync(upkeep));
    }

    private async Task UntilStoppedAsync(AddressUpkeep upkeep)
    {
        try
        {
            await upkeep.RunAsync(ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    private static RpcChannel Connect(NodeCredentials credentials, string address, TimeSpan? pings) =>
        RpcChannel.ToNode(address, new RpcChannelOptions
        {
            Tls = () => credentials.ClientOptions(NodeIdentity.ManagerName),
            KeepAlive = pings,
        });

    private static RpcServerOptions ServerOptions(NodeCredentials credentials) => new()
    {
        EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
        Credentials = credentials,
        IsRemoved = _ => false,
        KeepAlive = () => TimeSpan.FromSeconds(30),
        Time = TimeProvider.System,
        Log = Log.None,
    };

    private static DriverOptions Options(ulong id, IReadOnlyList<Member> known) => new()
    {
        RaftId = id,
        Time = TimeProvider.System,
        Random = RandomNumberGenerator.GetInt32,
        FirstRequestId = id,
        KnownMembers = known,
    };
}
