using System.Collections.Concurrent;
using Skep.Agent.Networks;
using Skep.Manager.Measuring;
using Skep.Manager.Networks;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;
using Skep.Tests.Networking;
using Skep.Tests.Rpc;
using Skep.Tests.Store;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using ConsensusSwarm = Skep.Tests.Consensus.TestSwarm;
using TaskState = Skep.Swarm.Objects.TaskState;

namespace Skep.Tests.Networks;

public sealed class NetworkServiceTests : IDisposable
{
    private static readonly SwarmNetwork Net = NetworkObjects.Overlay("w", 4097);

    private readonly CancellationTokenSource end = new();
    private readonly string folder = Directory.CreateTempSubdirectory("skep-networks-").FullName;
    private readonly List<Task> running = [];
    private readonly ClaimMeter claims = new();

    public void Dispose()
    {
        end.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_task_may_end_when_the_nodes_that_could_send_to_it_have_said_that_they_do_not()
    {
        await using var swarm = await ConsensusSwarm.StartAsync(1);
        await using TestServer server = await ServeAsync(swarm, TimeSpan.FromMinutes(5));
        TestNode other = await BeginBothAsync(server, swarm);
        Assert.Equal([1u, 2u], other.Last!.Peers.Values.Select(one => one.Index).Order());

        await EndTaskAsync(swarm, "t1");
        Task<WithdrawalAnswer> answer = AskAsync(server, "worker-1", "t1");
        await other.UntilAsync(static state => !Serves(state, "t1"));
        Assert.False(answer.IsCompleted);
        other.Release();
        Assert.Empty((await answer.WaitAsync(ConsensusSwarm.Patience)).Missing);
        Assert.True(Serves(other.Last!, "t2"));
        await EndAsync();
    }

    [Fact]
    public async Task An_ill_task_is_stopped_when_its_illness_has_been_heard_of_and_confirmed()
    {
        await using var swarm = await ConsensusSwarm.StartAsync(1);
        await using TestServer server = await ServeAsync(swarm, TimeSpan.FromMinutes(5));
        TestNode other = await BeginBothAsync(server, swarm);

        // The question may come before the status that tells of the illness.
        Task<WithdrawalAnswer> answer = ChannelOf(server, "worker-1").CallAsync(
            SkepMethods.Networks.AwaitWithdrawal, new WithdrawalQuestion { Task = "t1", Ill = true }, default);
        await swarm.Managers[1].Store.UpdateAsync(
            write =>
            {
                Skep.Swarm.Objects.SwarmTask task = write.Tasks.Get(new("t1"))!;
                write.Update(task with { Status = task.Status with { Err = TaskTraffic.Ill } });
            },
            default);
        await other.UntilAsync(static state => !Serves(state, "t1"));
        Assert.False(answer.IsCompleted);
        other.Release();
        Assert.Empty((await answer.WaitAsync(ConsensusSwarm.Patience)).Missing);
        await EndAsync();
    }

    [Fact]
    public async Task A_node_that_says_nothing_is_named_when_the_time_is_over()
    {
        await using var swarm = await ConsensusSwarm.StartAsync(1);
        await using TestServer server = await ServeAsync(swarm, TimeSpan.FromSeconds(1));
        await MakeAsync(swarm);
        foreach (string node in new[] { "worker-1", "worker-2" })
        {
            await ChannelOf(server, node).CallAsync(
                SkepMethods.Networks.Register, new PeerRegistration { DataPathAddress = "192.0.2.1" }, default);
        }

        Assert.Empty((await AskAsync(server, "worker-1", "t1")).Missing); // It shall go on.
        await EndTaskAsync(swarm, "t1");
        Assert.Equal(["worker-1", "worker-2"], (await AskAsync(server, "worker-1", "t1")).Missing.Order());
        Assert.Empty((await AskAsync(server, "worker-1", "unknown")).Missing);
        Assert.Empty((await AskAsync(server, "worker-2", "t1")).Missing); // Another's.
        await EndAsync();
    }

    [Fact]
    public async Task A_manager_that_has_not_looked_does_not_say_that_nobody_is_missing()
    {
        await using var swarm = await ConsensusSwarm.StartAsync(1);
        await using TestServer server = await ServeAsync(swarm, TimeSpan.FromMilliseconds(50), isFed: false);
        await MakeAsync(swarm);
        await EndTaskAsync(swarm, "t1");
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => AskAsync(server, "worker-1", "t1"));
        Assert.Equal(RpcStatus.Unavailable, refused.Status);
        await EndAsync();
    }

    [Fact]
    public async Task A_node_that_comes_back_is_told_what_it_missed_and_another_state_is_replaced()
    {
        await using var swarm = await ConsensusSwarm.StartAsync(1);
        await using TestServer server = await ServeAsync(swarm, TimeSpan.FromMinutes(5));
        await MakeAsync(swarm);
        NetworkDelta all = await FirstAsync(server, new FollowNetworks());
        Assert.True(all.IsComplete);
        NetworkState had = all.ApplyTo(NetworkState.Empty with { Self = new("worker-1") });
        await EndTaskAsync(swarm, "t2");

        NetworkDelta missed = await FirstAsync(
            server, new FollowNetworks { Revision = had.Revision, Digest = NetworkDigest.Of(had) });
        Assert.False(missed.IsComplete);
        Assert.Equal(1, missed.ChangeCount);
        Assert.False(Assert.Single(missed.Endpoints).IsServing);
        Assert.True(missed.Revision > had.Revision);

        // The same number, but not the same state: as after a backup was restored.
        NetworkState other = had with { Peers = had.Peers.Add(new("x"), new PeerFacts { Node = new("x") }) };
        Assert.True((await FirstAsync(
            server, new FollowNetworks { Revision = had.Revision, Digest = NetworkDigest.Of(other) })).IsComplete);
        await EndAsync();
    }

    [Fact]
    public async Task A_node_is_never_reached_at_any_address()
    {
        await using var swarm = await ConsensusSwarm.StartAsync(1);
        await using TestServer server = await ServeAsync(swarm, TimeSpan.FromMilliseconds(50));
        await MakeAsync(swarm);
        RpcChannel channel = ChannelOf(server, "worker-1");
        foreach (string address in new[] { "", "0.0.0.0", "::", "127.0.0.1" })
        {
            RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => channel.CallAsync(
                SkepMethods.Networks.Register, new PeerRegistration { LocalAddress = address }, default));
            Assert.Contains("--data-path-addr", refusal.Message, StringComparison.Ordinal);
        }

        foreach (string address in new[] { "0.0.0.0", "::", "255.255.255.255", "224.0.0.1", "ff02::1", "host" })
        {
            RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => channel.CallAsync(
                SkepMethods.Networks.Register, new PeerRegistration { DataPathAddress = address }, default));
            Assert.Contains($"{address} is no address of a host", refusal.Message, StringComparison.Ordinal);
        }

        await channel.CallAsync(
            SkepMethods.Networks.Register, new PeerRegistration { LocalAddress = "192.0.2.7" }, default);
        await EndAsync();
    }

    [Fact]
    public async Task What_was_last_known_is_there_before_any_manager_answers()
    {
        await using var swarm = await ConsensusSwarm.StartAsync(1);
        await using TestServer server = await ServeAsync(swarm, TimeSpan.FromMinutes(5));
        await MakeAsync(swarm);
        TestNode node = Begin(server, "worker-1");
        await node.UntilAsync(state => state.Endpoints.Count == 2);
        ulong revision = node.Last!.Revision;
        while (!Directory.EnumerateFiles(folder).Any(path => !path.EndsWith(".new", StringComparison.Ordinal)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        await EndAsync();
        var later = new TestNode(folder, "worker-1");
        await later.Session.RestoreAsync(default);
        Assert.True(later.Last!.Revision >= revision);
        Assert.Equal("name-s.1.t2", later.Last.Endpoints[(new("w"), new("t2"))].Name);

        var stranger = new TestNode(folder, "worker-2");
        await stranger.Session.RestoreAsync(default);
        Assert.Empty(stranger.Last!.Networks);
    }

    [Fact]
    public async Task A_node_that_says_the_key_of_another_is_counted_and_comes_in_with_a_key_of_its_own()
    {
        await using var swarm = await ConsensusSwarm.StartAsync(1);
        await using TestServer server = await ServeAsync(swarm, TimeSpan.FromMinutes(5));
        await MakeAsync(swarm);
        TestNode first = Begin(server, "worker-1", KeyOf(1));
        await first.UntilAsync(state => state.Peers.Count == 1);
        TestNode second = Begin(server, "worker-2", KeyOf(1));
        await first.UntilAsync(state => state.Peers.Count == 2);
        Assert.Equal(
            [KeyOf(1), KeyOf(2)], first.Last!.Peers.Values.OrderBy(one => one.Index).Select(one => one.WireGuardKey));
        Assert.Equal((KeyOf(1), KeyOf(2)), (first.Key, second.Key));
        Assert.NotEqual(0, claims.Read().Keys);
        await EndAsync();
    }

    private static string KeyOf(byte number) => Convert.ToBase64String([.. Enumerable.Repeat((byte)0, 31), number]);

    private static Task MakeAsync(ConsensusSwarm swarm) => swarm.Managers[1].Store.UpdateAsync(
        write =>
        {
            write.Create(Stores.Worker("worker-1"));
            write.Create(Stores.Worker("worker-2"));
            write.Create(Net);
            write.Create(NetworkObjects.Service("s", ["w"]));
            write.Create(NetworkObjects.Task("t1", "s", "worker-1", TaskState.Running, TaskState.Running, Net));
            write.Create(NetworkObjects.Task("t2", "s", "worker-2", TaskState.Running, TaskState.Running, Net));
        },
        default);

    private static Task EndTaskAsync(ConsensusSwarm swarm, string task) => swarm.Managers[1].Store.UpdateAsync(
        write => write.Update(write.Tasks.Get(new(task))! with { DesiredState = TaskState.Shutdown }), default);

    private async Task<TestServer> ServeAsync(ConsensusSwarm swarm, TimeSpan withdrawal, bool isFed = true)
    {
        var feed = new NetworkFeed(swarm.Managers[1].Store);
        if (isFed)
        {
            running.Add(feed.RunAsync(end.Token));
        }

        var service = new NetworkService(new NetworkServiceParts
        {
            Store = swarm.Managers[1].Store,
            Feed = feed,
            Status = swarm.Managers[1].Driver.Status,
            Claims = claims,
            Withdrawal = withdrawal,
            Ids = Stores.Ids(),
            Time = TimeProvider.System,
            Log = Log.None,
        });
        var routes = new RpcRoutes();
        service.Map(routes, static _ => ValueTask.FromResult<RpcChannel?>(null));
        return await TestServer.StartAsync(routes);
    }

    private static RpcChannel ChannelOf(TestServer server, string node) => server.With(server.Swarm.Worker(node));

    private static Task<WithdrawalAnswer> AskAsync(TestServer server, string node, string task) =>
        ChannelOf(server, node).CallAsync(
            SkepMethods.Networks.AwaitWithdrawal, new WithdrawalQuestion { Task = task }, default);

    /// <summary>The first message to worker-1.</summary>
    private static async Task<NetworkDelta> FirstAsync(TestServer server, FollowNetworks request)
    {
        await foreach (NetworkNews news in
            ChannelOf(server, "worker-1").ReadStreamAsync(SkepMethods.Networks.Follow, request, default))
        {
            return NetworkNewsWire.ToRecord(news);
        }

        throw new InvalidOperationException("the stream ended");
    }

    private TestNode Begin(TestServer server, string node) => Begin(server, node, "");

    private TestNode Begin(TestServer server, string node, string key)
    {
        var begun = new TestNode(folder, node) { Key = key };
        running.Add(begun.Session.FollowAsync(ChannelOf(server, node), end.Token));
        running.Add(begun.Session.RunAsync(end.Token));
        return begun;
    }

    /// <summary>Both nodes know of everything. The second one, which is returned, holds the end of t1.</summary>
    private async Task<TestNode> BeginBothAsync(TestServer server, ConsensusSwarm swarm)
    {
        TestNode one = Begin(server, "worker-1"), other = Begin(server, "worker-2");
        other.Holds = static state => state.Endpoints.Count == 2 && !Serves(state, "t1");
        await MakeAsync(swarm);
        await one.UntilAsync(static state => state.Endpoints.Count == 2 && state.Peers.Count == 2);
        await other.UntilAsync(static state => state.Endpoints.Count == 2 && state.Peers.Count == 2);
        return other;
    }

    private static bool Serves(NetworkState state, string task) =>
        state.Endpoints[(new("w"), new(task))].IsServing;

    private async Task EndAsync()
    {
        await end.CancelAsync();
        foreach (Task one in running)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        }
    }

    /// <summary>A node that writes down what it is told.</summary>
    private sealed class TestNode
    {
        private readonly ConcurrentQueue<NetworkState> told = new();
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TestNode(string folder, string node) => Session = new NetworkSession(new NetworkSessionParts
        {
            Self = new(node),
            Apply = async (step, stop) =>
            {
                told.Enqueue(step.After);
                await (Holds(step.After) ? released.Task : Task.CompletedTask).WaitAsync(stop);
                return true;
            },
            Folder = folder,
            Offer = () => new PeerOffer
            {
                DataPathAddress = "", LocalAddress = "192.0.2.7", WireGuardKey = Key, Ranges = [], Troubles = [],
            },
            ReplaceKey = (refused, _) =>
            {
                Assert.Equal(Key, refused);
                Key = KeyOf(2);
                return Task.CompletedTask;
            },
            Time = TimeProvider.System,
            Log = Log.None,
        });

        public NetworkSession Session { get; }

        /// <summary>What it says of itself next.</summary>
        public string Key { get; set; } = "";

        /// <summary>What does not become true before it is released.</summary>
        public Func<NetworkState, bool> Holds { get; set; } = static _ => false;

        public NetworkState? Last => told.LastOrDefault();

        public void Release() => released.SetResult();

        public async Task UntilAsync(Func<NetworkState, bool> isSo)
        {
            for (int look = 0; look < 3000 && !(Last is { } last && isSo(last)); look++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }

            Assert.True(isSo(Last!));
        }
    }
}
