using Skep.Manager.Authority;
using Skep.Manager.Consensus;
using Skep.Manager.Control;
using Skep.Manager.Dispatch;
using Skep.Manager.Health;
using Skep.Manager.Logs;
using Skep.Manager.Resources;
using Skep.Manager.Watching;
using Skep.Swarm;
using Skep.Swarm.Allocation;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Contracts;
using Skep.Tests.Control;
using Skep.Tests.Rpc;
using Skep.Tests.Store;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using ConsensusSwarm = Skep.Tests.Consensus.TestSwarm;
using NetworkSpec = Skep.Swarm.Objects.NetworkSpec;
using NetworkAttachmentSpec = Skep.Swarm.Objects.NetworkAttachmentSpec;
using Serving = Skep.Transport.Contracts.HealthCheckResponse.Types.ServingStatus;
using SwarmTask = Skep.Swarm.Objects.SwarmTask;
using TaskSpec = Skep.Swarm.Objects.TaskSpec;
using TaskState = Skep.Swarm.Objects.TaskState;

namespace Skep.Tests.ManagerServices;

public class ManagerServicesTests
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly FindLeader here = _ => ValueTask.FromResult<RpcChannel?>(null);

    [Fact]
    public void A_manager_serves_all_of_SwarmKit_to_the_roles_that_SwarmKit_names()
    {
        // Nothing is called, so nothing is needed behind the methods.
        var routes = new RpcRoutes();
        new RaftPort(null!, TimeProvider.System, Log.None).Map(routes);
        new HealthService().Map(routes);
        ControlService.Map(routes, new ScriptedControl());
        new CertificateServices(null!, null!, null!, TimeProvider.System, Log.None).Map(routes, here);
        new Dispatcher(null!).AddTo(routes.AtLeader(here));
        new WatchService(() => null!).Map(routes);
        Broker(Status(true)).Map(routes, here);
        new ResourceAllocator(null!, Stores.Ids(), TimeProvider.System).Map(routes, here);

        var served = routes.All.Where(route => !route.Path.StartsWith("/skep.", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            SwarmKitDescriptors.Methods.Select(method => $"/{method.Service.FullName}/{method.Name}").Order(),
            served.Select(route => route.Path).Order());
        Assert.All(served, route => Assert.Equal(
            (route.Path, SwarmKitAccess.Of(route.Path)), (route.Path, route.Access)));
        Assert.All(routes.All.Except(served), route => Assert.Equal(RpcAccess.Manager, route.Access));
    }

    [Fact]
    public async Task Health_says_whether_consensus_is_served()
    {
        var health = new HealthService();
        await using TestServer server = await StartAsync(health.Map);
        RpcChannel manager = server.AsManager();
        Assert.Equal(Serving.Serving, await CheckAsync(manager, ""));
        Assert.Equal(Serving.NotServing, await CheckAsync(manager, "Raft"));
        health.IsRaftServing = true;
        Assert.Equal(Serving.Serving, await CheckAsync(manager, "Raft"));
        await RefusedAsync(RpcStatus.NotFound, "unknown service", () => CheckAsync(manager, "Other"));
    }

    [Fact]
    public async Task An_agent_listens_for_subscriptions_until_another_manager_leads()
    {
        var status = Status(true);
        await using TestServer server = await StartAsync(routes => Broker(status).Map(routes, here));
        var listening = ListenAsync(server.AsWorker());
        Assert.False(listening.IsCompleted);
        status.Set(Status(false).Value);
        Assert.Equal(0, await listening.WaitAsync(ConsensusSwarm.Patience));
    }

    [Fact]
    public async Task A_node_that_listens_too_often_is_refused_and_others_are_not()
    {
        var status = Status(true);
        await using TestServer server = await StartAsync(routes => Broker(status).Map(routes, here));
        var listening = Enumerable.Range(0, 5).Select(_ => ListenAsync(server.AsWorker())).ToArray();
        var first = await Task.WhenAny(listening).WaitAsync(ConsensusSwarm.Patience);
        var refused = await Assert.ThrowsAsync<RpcException>(() => first);
        Assert.Equal(RpcStatus.ResourceExhausted, refused.Status);
        var other = ListenAsync(server.AsManager());
        status.Set(Status(false).Value);
        Assert.Equal(0, await other.WaitAsync(ConsensusSwarm.Patience));
        int[] heard = await Task.WhenAll(listening.Except([first])).WaitAsync(ConsensusSwarm.Patience);
        Assert.Equal([0, 0, 0, 0], heard);
    }

    [Fact]
    public async Task Logs_that_nobody_asked_for_are_refused()
    {
        await using TestServer server = await StartAsync(routes => Broker(Status(true)).Map(routes, here));
        RpcChannel worker = server.AsWorker();
        await RefusedAsync(
            RpcStatus.InvalidArgument, "missing subscription ID", () => PublishAsync(worker, new PublishLogsMessage()));
        await RefusedAsync(
            RpcStatus.NotFound,
            "unknown subscription ID",
            () => PublishAsync(worker, new PublishLogsMessage { SubscriptionId = "x" }));
        await RefusedAsync(
            RpcStatus.InvalidArgument,
            "log selector must not be empty",
            () => ReadAsync(server.AsManager(), new SubscribeLogsRequest { Selector = new() }));
    }

    [Fact]
    public async Task A_node_attaches_its_containers_and_is_told_why_not()
    {
        await using var swarm = await ConsensusSwarm.StartAsync(1);
        ReplicatedStore store = swarm.Managers[1].Store;
        await store.UpdateAsync(
            change =>
            {
                change.Create(new Skep.Swarm.Objects.Cluster
                {
                    Id = new("swarm"),
                    Spec = new() { Annotations = new() { Name = StoreReader.ClusterName } },
                });
                change.Create(Network("closed", false));
                change.Create(Network("open", true));
            },
            Never);
        await using TestServer server = await StartAsync(
            routes => new ResourceAllocator(store, Stores.Ids(), TimeProvider.System).Map(routes, here));
        RpcChannel worker = server.AsWorker();
        await RefusedAsync(RpcStatus.InvalidArgument, "invalid argument", () => AttachAsync(worker, ""));
        await RefusedAsync(RpcStatus.NotFound, "network other not found", () => AttachAsync(worker, "other"));
        await RefusedAsync(
            RpcStatus.PermissionDenied, "network closed not manually attachable", () => AttachAsync(worker, "closed"));
        using var end = new CancellationTokenSource();
        Task leader = AllocateAsync(store, end.Token);
        string id = (await AttachAsync(worker, "open")).AttachmentId;
        SwarmTask task = store.Committed.Tasks.Get(new(id))!;
        Assert.Equal(("worker-1", TaskState.Running), (task.NodeId.Value, task.DesiredState));
        Assert.Equal(new NetworkAttachmentSpec { ContainerId = "c" }, task.Spec.Runtime);
        Assert.Equal("10.0.0.2/30", task.Networks[0].Addresses[0]);

        await RefusedAsync(
            RpcStatus.ResourceExhausted,
            "could not find an available IP on network open (10.0.0.0/30)",
            () => AttachAsync(worker, "open"));
        Assert.Equal(id, Assert.Single(store.Committed.Tasks.All).Id.Value);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
    }

    [Fact]
    public async Task A_node_with_as_many_attachments_as_one_may_have_gets_no_more_and_others_do()
    {
        await using var swarm = await ConsensusSwarm.StartAsync(1);
        ReplicatedStore store = swarm.Managers[1].Store;
        for (int made = 0; made < ResourceLimits.AttachmentsPerNode; made += 200)
        {
            int first = made;
            await store.UpdateAsync(
                change =>
                {
                    for (int number = first; number < first + 200; number++)
                    {
                        change.Create(Attachment($"a{number}", "worker-1"));
                    }
                },
                Never);
        }
        await store.UpdateAsync(
            change =>
            {
                change.Create(Network("open", true));
                change.Create(Stores.Worker("worker-1") with { Description = new() { Hostname = "east" } });
            },
            Never);
        await using TestServer server = await StartAsync(
            routes => new ResourceAllocator(store, Stores.Ids(), TimeProvider.System).Map(routes, here));
        await RefusedAsync(
            RpcStatus.ResourceExhausted,
            "node east has 2000 attachments to networks of the swarm, and more are not given to one node: "
            + "disconnect or remove containers there",
            () => AttachAsync(server.AsWorker(), "open"));
        await DetachAsync(server.AsWorker(), "a7");
        using var over = new CancellationTokenSource();
        Task<AttachNetworkResponse> attaching = server.AsWorker().CallAsync(
            SwarmKitMethods.ResourceAllocator.AttachNetwork,
            new AttachNetworkRequest { Config = new() { Target = "open" }, ContainerId = "new" },
            over.Token);
        StoreWatch watch = store.Feed.Watch();
        while (store.Committed.Tasks.Count < ResourceLimits.AttachmentsPerNode)
        {
            await watch.NextAsync(Never).WaitAsync(ConsensusSwarm.Patience);
        }
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => attaching);
    }

    [Fact]
    public async Task A_node_detaches_its_own_attachments_only()
    {
        await using var swarm = await ConsensusSwarm.StartAsync(1);
        ReplicatedStore store = swarm.Managers[1].Store;
        await store.UpdateAsync(
            change =>
            {
                change.Create(Attachment("mine", "worker-1"));
                change.Create(Attachment("theirs", "worker-2"));
                change.Create(new SwarmTask { Id = new("service-task"), NodeId = new("worker-1") });
            },
            Never);
        await using TestServer server = await StartAsync(
            routes => new ResourceAllocator(store, Stores.Ids(), TimeProvider.System).Map(routes, here));
        RpcChannel worker = server.AsWorker();
        await RefusedAsync(RpcStatus.InvalidArgument, "invalid argument", () => DetachAsync(worker, ""));
        await RefusedAsync(RpcStatus.NotFound, "attachment x not found", () => DetachAsync(worker, "x"));
        await RefusedAsync(
            RpcStatus.PermissionDenied,
            "attachment theirs doesn't belong to this node",
            () => DetachAsync(worker, "theirs"));
        await RefusedAsync(
            RpcStatus.NotFound, "attachment service-task not found", () => DetachAsync(worker, "service-task"));
        await DetachAsync(worker, "mine");
        Assert.Equal(
            ["service-task", "theirs"], store.Committed.Tasks.All.Select(task => task.Id.Value));
    }

    /// <summary>What a leader does for tasks, as often as something is written.</summary>
    private static async Task AllocateAsync(ReplicatedStore store, CancellationToken stop)
    {
        var book = new AddressBook();
        StoreWatch watch = store.Feed.Watch();
        while (true)
        {
            foreach (Decider decide in (Decider[])[new NetworkAllocation().Decide, new TaskAllocation(book).Decide])
            {
                Plan plan = decide(store.Newest, Stores.Now, Stores.Ids());
                await store.UpdateAsync(
                    change => Assert.All(plan.Changes, one => Assert.True(one.TryMake(change))), stop);
            }
            await watch.NextAsync(stop);
        }
    }

    private static Latest<DriverStatus> Status(bool isLeader) => new(new DriverStatus(
        1, Skep.Raft.RaftRole.Leader, new Leadership(1, isLeader, 1), MemberList.Empty, [], false, null, 0));

    private static LogBroker Broker(Latest<DriverStatus> status) =>
        new(new(Stores.With()), status, Stores.Ids(), TimeProvider.System);

    private static SwarmNetwork Network(string name, bool isAttachable) => new()
    {
        Id = new("id-" + name),
        Spec = new NetworkSpec
        {
            Annotations = new() { Name = name },
            Attachable = isAttachable,
            Ipam = new() { Configs = [new() { Subnet = isAttachable ? "10.0.0.0/30" : "10.1.0.0/30" }] },
        },
    };

    private static SwarmTask Attachment(string id, string node) => new()
    {
        Id = new(id),
        NodeId = new(node),
        Spec = new TaskSpec { Runtime = new NetworkAttachmentSpec { ContainerId = "c" } },
    };

    private static async Task<TestServer> StartAsync(Action<RpcRoutes> map)
    {
        var routes = new RpcRoutes();
        map(routes);
        return await TestServer.StartAsync(routes);
    }

    private static async Task RefusedAsync<T>(RpcStatus status, string words, Func<Task<T>> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((status, words), (refused.Status, refused.Detail));
    }

    private static async Task<Serving> CheckAsync(RpcChannel channel, string service) => (await channel.CallAsync(
        SwarmKitMethods.Health.Check, new HealthCheckRequest { Service = service }, Never)).Status;

    private static async Task<int> ListenAsync(RpcChannel channel)
    {
        int count = 0;
        await foreach (SubscriptionMessage _ in channel.ReadStreamAsync(
            SwarmKitMethods.LogBroker.ListenSubscriptions, new ListenSubscriptionsRequest(), Never))
        {
            count++;
        }
        return count;
    }

    private static async Task<int> ReadAsync(RpcChannel channel, SubscribeLogsRequest request)
    {
        int count = 0;
        await foreach (SubscribeLogsMessage _ in channel.ReadStreamAsync(
            SwarmKitMethods.Logs.SubscribeLogs, request, Never))
        {
            count++;
        }
        return count;
    }

    private static Task<PublishLogsResponse> PublishAsync(RpcChannel channel, PublishLogsMessage message) =>
        channel.CallAsync(SwarmKitMethods.LogBroker.PublishLogs, message, Never);

    private static Task<AttachNetworkResponse> AttachAsync(RpcChannel channel, string network) => channel.CallAsync(
        SwarmKitMethods.ResourceAllocator.AttachNetwork,
        new AttachNetworkRequest { Config = new() { Target = network }, ContainerId = "c" },
        Never);

    private static Task<DetachNetworkResponse> DetachAsync(RpcChannel channel, string id) => channel.CallAsync(
        SwarmKitMethods.ResourceAllocator.DetachNetwork, new DetachNetworkRequest { AttachmentId = id }, Never);
}
