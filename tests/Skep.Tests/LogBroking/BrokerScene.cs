using Skep.Manager.Consensus;
using Skep.Manager.Logs;
using Skep.Manager.Measuring;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Rpc;
using Skep.Tests.Store;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using ConsensusSwarm = Skep.Tests.Consensus.TestSwarm;
using StoreSnapshot = Skep.Swarm.Store.StoreSnapshot;
using SwarmTask = Skep.Swarm.Objects.SwarmTask;
using TaskState = Skep.Swarm.Objects.TaskState;

namespace Skep.Tests.LogBroking;

/// <summary>A log broker behind a server, a store that the test writes, and agents that the test plays.</summary>
internal sealed class BrokerScene : IAsyncDisposable
{
    private readonly TestServer server;
    private readonly ChangeFeed feed;
    private StoreSnapshot store;

    private BrokerScene(TestServer server, ChangeFeed feed, StoreSnapshot store, Latest<DriverStatus> status)
    {
        this.server = server;
        this.feed = feed;
        this.store = store;
        Status = status;
    }

    public Latest<DriverStatus> Status { get; }

    public ManualTime Time { get; private init; } = null!;

    public ClaimMeter Claims { get; private init; } = null!;

    public static async Task<BrokerScene> StartAsync(params IEnumerable<StoreObject> objects)
    {
        StoreSnapshot store = Stores.With(objects);
        var feed = new ChangeFeed(store);
        var status = new Latest<DriverStatus>(StatusOf(isLeader: true));
        var time = new ManualTime();
        var routes = new RpcRoutes();
        var broker = new LogBroker(feed, status, Stores.Ids(), time);
        broker.Map(routes, _ => ValueTask.FromResult<RpcChannel?>(null));
        return new(await TestServer.StartAsync(routes), feed, store, status) { Time = time, Claims = broker.Claims };
    }

    public static DriverStatus StatusOf(bool isLeader) => new(
        1, Skep.Raft.RaftRole.Leader, new Leadership(1, isLeader, 1), MemberList.Empty, [], false, null, 0);

    public static SwarmTask Task(string id, string service, string node, TaskState state) => new()
    {
        Id = new(id),
        ServiceId = new(service),
        NodeId = new(node),
        Status = new() { State = state },
    };

    public void Write(Action<Transaction> change)
    {
        var transaction = new Transaction(store, new(store.Revision + 1), Stores.Now);
        change(transaction);
        store = transaction.ToSnapshot();
        feed.Publish(store, transaction.Changes);
        feed.Announce();
    }

    public BrokerAgent Agent(string node) => new(node, server.With(server.Swarm.Worker(node)));

    /// <summary>Reads to the end: the lines, and why some are missing.</summary>
    public async Task<(List<string> Lines, string? Warning)> ReadAsync(SubscribeLogsRequest request)
    {
        var lines = new List<string>();
        try
        {
            await foreach (SubscribeLogsMessage message in Open(request, default))
            {
                lines.AddRange(message.Messages.Select(static line => line.Data.ToStringUtf8()));
            }
        }
        catch (RpcException warning)
        {
            return (lines, warning.Detail);
        }
        return (lines, null);
    }

    public IAsyncEnumerable<SubscribeLogsMessage> Open(SubscribeLogsRequest request, CancellationToken stop) =>
        server.AsManager().ReadStreamAsync(SwarmKitMethods.Logs.SubscribeLogs, request, stop);

    public async ValueTask DisposeAsync()
    {
        Status.Set(StatusOf(isLeader: false));
        await server.DisposeAsync();
    }
}

/// <summary>An agent's side of the broker's two calls.</summary>
internal sealed class BrokerAgent(string node, RpcChannel channel) : IAsyncDisposable
{
    private readonly CancellationTokenSource ending = new();
    private IAsyncEnumerator<SubscriptionMessage>? heard;

    /// <summary>The next message of the call that waits for subscriptions; null when the call ends.</summary>
    public async Task<SubscriptionMessage?> HearAsync()
    {
        heard ??= channel.ReadStreamAsync(
            SwarmKitMethods.LogBroker.ListenSubscriptions, new ListenSubscriptionsRequest(), ending.Token)
            .GetAsyncEnumerator();
        return await heard.MoveNextAsync().AsTask().WaitAsync(ConsensusSwarm.Patience) ? heard.Current : null;
    }

    /// <summary>Sends lines in the name of a task of service s.</summary>
    public async Task SendAsync(string subscription, string task, params string[] lines)
    {
        await using var call = Publish();
        await call.SendAsync(Message(subscription, node, task, "s", lines));
        await call.SendAsync(new PublishLogsMessage { SubscriptionId = subscription, Close = true });
        await call.FinishAsync();
    }

    public RpcDuplex<PublishLogsMessage, PublishLogsResponse> Publish() =>
        channel.Open(SwarmKitMethods.LogBroker.PublishLogs, ending.Token);

    public static PublishLogsMessage Message(
        string subscription, string sender, string task, string service, params string[] lines) => new()
    {
        SubscriptionId = subscription,
        Messages =
        {
            lines.Select(line => new LogMessage
            {
                Context = new() { NodeId = sender, TaskId = task, ServiceId = service },
                Data = Google.Protobuf.ByteString.CopyFromUtf8(line),
            }),
        },
    };

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        channel.Dispose();
    }
}
