using Skep.Manager.Dispatch;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using static Skep.Tests.Session.SwarmScene;
using Records = Skep.Swarm.Objects;

namespace Skep.Tests.Session;

/// <summary>Agents and a leader's dispatcher, over mutual TLS.</summary>
public sealed class AgentSessionTests
{
    private static readonly CancellationToken Never = CancellationToken.None;

    // Whoever goes is noticed by the end of his stream: nothing here waits for a heartbeat, and on a busy machine none
    // may be missed.
    private static readonly DispatchTimings Quick = new()
    {
        HeartbeatPeriod = TimeSpan.FromSeconds(20),
        DownAfter = TimeSpan.FromSeconds(1),
        AssignmentPause = TimeSpan.FromMilliseconds(10),
    };

    [Fact]
    public async Task A_node_that_comes_is_ready_and_knows_its_swarm()
    {
        await using SwarmScene scene = await SwarmScene.StartAsync(Quick);
        TestAgent agent = scene.StartAgent("worker-1");
        await UntilAsync(() => scene.StateOf("worker-1") == NodeState.Ready && !agent.News.IsEmpty);
        Records.Node node = scene.Store.Committed.Nodes.Get(new("worker-1"))!;
        Assert.Equal("127.0.0.1", node.Status.Addr);
        Assert.Equal("host-1", node.Description!.Hostname);
        Assert.Equal(agent.Credentials.Trust.Bundle.ToArray(), node.Description.TlsInfo!.TrustRoot.Span.ToArray());
        Assert.False(node.Description.TlsInfo.CertIssuerPublicKey.IsEmpty);

        Assert.True(agent.News.TryPeek(out var news));
        Assert.Equal("worker-1", news.Node!.Id.Value);
        Assert.Equal("root-1", System.Text.Encoding.UTF8.GetString(news.Root.Span));
        Assert.Equal(scene.Manager, Assert.Single(agent.Managers.Peers));
        await UntilAsync(() => agent.Assignments.Any(told => told.IsComplete));
        Assert.Contains(agent.States, state => state.IsRegistered && state.Manager == scene.Manager);
    }

    [Fact]
    public async Task A_node_is_told_of_new_managers_roots_and_of_itself()
    {
        await using SwarmScene scene = await SwarmScene.StartAsync(Quick);
        TestAgent agent = scene.StartAgent("worker-1");
        await UntilAsync(() => !agent.News.IsEmpty);
        scene.Managers = [scene.Manager, new Records.Peer { NodeId = new("manager-9"), Addr = "192.0.2.9:2377" }];
        scene.Dispatcher.OnManagersChanged();
        await UntilAsync(() => agent.Managers.Peers.Length == 2);

        scene.Store.Update(static write => write.Update(write.Cluster! with
        {
            RootCA = write.Cluster.RootCA with { CACert = Bytes.CopyOf("root-2"u8) },
            NetworkBootstrapKeys = [new Records.EncryptionKey { Subsystem = "networking:gossip", LamportTime = 3 }],
        }));
        await UntilAsync(() => agent.News.Any(static news => news.Root.Span.SequenceEqual("root-2"u8)
            && news.Keys is [{ LamportTime: 3 }]));

        scene.Store.Update(static write =>
        {
            Records.Node node = write.Nodes.Get(new("worker-1"))!;
            write.Update(node with { Spec = node.Spec with { DesiredRole = Records.NodeRole.Manager } });
        });
        await UntilAsync(() => agent.News.Any(static news => news.Node?.Spec.DesiredRole == Records.NodeRole.Manager));
    }

    [Fact]
    public async Task A_node_that_goes_is_disconnected_at_once_and_down_later()
    {
        await using SwarmScene scene = await SwarmScene.StartAsync(Quick with { DownAfter = TimeSpan.FromSeconds(2) });
        TestAgent agent = scene.StartAgent("worker-1");
        await UntilAsync(() => scene.StateOf("worker-1") == NodeState.Ready && !agent.News.IsEmpty);
        await agent.StopAsync();
        await UntilAsync(() => scene.StateOf("worker-1") == NodeState.Disconnected);
        await UntilAsync(() => scene.StateOf("worker-1") == NodeState.Down);
        Assert.Equal("heartbeat failure", scene.Store.Committed.Nodes.Get(new("worker-1"))!.Status.Message);

        TestAgent again = scene.StartAgent("worker-1");
        await UntilAsync(() => scene.StateOf("worker-1") == NodeState.Ready);
    }

    [Fact]
    public async Task A_new_leader_makes_nodes_unknown_until_they_come_back()
    {
        await using SwarmScene scene = await SwarmScene.StartAsync(Quick);
        TestAgent agent = scene.StartAgent("worker-1");
        await UntilAsync(() => scene.StateOf("worker-1") == NodeState.Ready && !agent.News.IsEmpty);
        await scene.LoseLeadershipAsync();
        await UntilAsync(() => agent.States.Any(static state => state.Error.Length > 0));
        Assert.Contains(agent.States, static state => state.Error is "node must disconnect" or "dispatcher is stopped");

        var states = new List<NodeState>();
        scene.Lead();
        await UntilAsync(() =>
        {
            states.Add(scene.StateOf("worker-2"));
            return scene.StateOf("worker-1") == NodeState.Ready && states.Contains(NodeState.Unknown);
        });
    }

    [Fact]
    public async Task A_node_gets_its_own_tasks_and_secrets_as_they_come()
    {
        await using SwarmScene scene = await SwarmScene.StartAsync(Quick);
        TestAgent mine = scene.StartAgent("worker-1");
        TestAgent other = scene.StartAgent("worker-2");
        await UntilAsync(() => !mine.Assignments.IsEmpty && !other.Assignments.IsEmpty);
        scene.Store.Update(static write =>
        {
            write.Create(SecretOf("s1", "top secret"));
            write.Create(TaskOf("t1", "worker-1", "s1"));
        });
        await UntilAsync(() => mine.Assignments.Any(static told => !told.IsComplete));
        var told = mine.Assignments.Last();
        Assert.Equal(["s1", "t1"], told.Steps.Select(static step => step.Object!.RawId));
        Assert.Equal("top secret"u8.ToArray(), ((Records.Secret)told.Steps[0].Object!).Spec.Data.Span.ToArray());

        scene.Store.Update(static write => write.Delete(write.Tasks.Get(new("t1"))!));
        await UntilAsync(() => mine.Assignments.Last().Steps.Any(static step => step.IsRemoval));
        Assert.Equal(["t1", "s1"], mine.Assignments.Last().Steps.Select(static step => step.Object!.RawId));
        Assert.True(Assert.Single(other.Assignments).IsComplete);
    }

    [Fact]
    public async Task A5_a_node_reports_on_its_own_tasks_only()
    {
        await using SwarmScene scene = await SwarmScene.StartAsync(Quick);
        TestAgent agent = scene.StartAgent("worker-1");
        await UntilAsync(() => agent.States.Any(static state => state.IsRegistered));
        scene.Store.Update(static write =>
        {
            write.Create(TaskOf("t1", "worker-1", null));
            write.Create(TaskOf("t2", "worker-2", null));
        });
        var status = Records.SwarmTaskStatus.Empty with { State = Records.TaskState.Running, Message = "started" };
        await agent.Session.ReportAsync([(new TaskId("t1"), status), (new TaskId("gone"), status)], Never);
        await UntilAsync(() => scene.Store.Committed.Tasks.Get(new("t1"))!.Status.State == Records.TaskState.Running);
        Assert.Equal("manager-1", scene.Store.Committed.Tasks.Get(new("t1"))!.Status.AppliedBy.Value);

        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => agent.Session.ReportAsync([(new TaskId("t2"), status)], Never));
        Assert.Equal(
            (RpcStatus.PermissionDenied, "cannot update a task not assigned this node"), (error.Status, error.Detail));

        await agent.Session.ReportAsync([(new TaskId("t1"), status with { State = Records.TaskState.Ready })], Never);
        await agent.Session.ReportAsync([(new TaskId("t1"), status with { State = Records.TaskState.Failed })], Never);
        await UntilAsync(() => scene.Store.Committed.Tasks.Get(new("t1"))!.Status.State == Records.TaskState.Failed);
    }

    [Fact]
    public async Task What_a_node_says_again_is_not_written_again()
    {
        await using SwarmScene scene = await SwarmScene.StartAsync(Quick);
        TestAgent agent = scene.StartAgent("worker-1");
        await UntilAsync(() => agent.States.Any(static state => state.IsRegistered));
        scene.Store.Update(static write =>
        {
            write.Create(TaskOf("t1", "worker-1", null));
            write.Create(TaskOf("t2", "worker-1", null));
        });
        var status = Records.SwarmTaskStatus.Empty with { State = Records.TaskState.Running, Message = "started" };
        await agent.Session.ReportAsync([(new TaskId("t1"), status)], Never);
        await UntilAsync(() => scene.Store.Committed.Tasks.Get(new("t1"))!.Status.State == Records.TaskState.Running);
        Records.SwarmTask first = scene.Store.Committed.Tasks.Get(new("t1"))!;
        await agent.Session.ReportAsync([(new TaskId("t1"), status)], Never);
        await agent.Session.ReportAsync([(new TaskId("t1"), status), (new TaskId("t2"), status)], Never);
        await UntilAsync(() => scene.Store.Committed.Tasks.Get(new("t2"))!.Status.State == Records.TaskState.Running);
        Assert.Equal(first.Meta.Version, scene.Store.Committed.Tasks.Get(new("t1"))!.Meta.Version);
        Assert.NotNull(first.Status.AppliedAt);
    }

    [Fact]
    public async Task Words_without_a_valid_session_are_refused_as_SwarmKit_refuses_them()
    {
        await using SwarmScene scene = await SwarmScene.StartAsync(Quick);
        using RpcChannel channel = scene.ChannelOf("worker-1");
        RpcException unknown = await BeatAsync(channel, "s");
        Assert.Equal((RpcStatus.InvalidArgument, "session invalid"), (unknown.Status, unknown.Detail));

        scene.Store.Update(static write => write.Create(new Records.Node { Id = new("worker-3") }));
        using RpcChannel third = scene.ChannelOf("worker-3");
        RpcException absent = await BeatAsync(third, "s");
        Assert.Equal((RpcStatus.NotFound, "node not registered"), (absent.Status, absent.Detail));

        using RpcChannel stranger = scene.ChannelOf("worker-4");
        await using var session = stranger.ReadStreamAsync(
            SwarmKitMethods.Dispatcher.Session, new SessionRequest(), Never).GetAsyncEnumerator();
        RpcException missing = await Assert.ThrowsAsync<RpcException>(async () => await session.MoveNextAsync());
        Assert.Equal((RpcStatus.Unknown, "node not found"), (missing.Status, missing.Detail));
    }

    [Fact]
    public async Task A_node_whose_description_changes_begins_anew_with_its_session()
    {
        string hostname = "before";
        await using SwarmScene scene = await SwarmScene.StartAsync(Quick);
        TestAgent agent = scene.StartAgent("worker-1", () => hostname);
        await UntilAsync(() => agent.States.Any(static state => state.IsRegistered));
        hostname = "after";
        agent.Session.Renew();
        await UntilAsync(() =>
            scene.Store.Committed.Nodes.Get(new("worker-1"))!.Description?.Hostname == "after");
        await UntilAsync(() => agent.States.Count(static state => state.IsRegistered) == 2);
        Assert.DoesNotContain(agent.States, static state => state.Error.Length > 0);
    }

    [Fact]
    public async Task A_removed_node_loses_its_session()
    {
        await using SwarmScene scene = await SwarmScene.StartAsync(Quick);
        TestAgent agent = scene.StartAgent("worker-1");
        await UntilAsync(() => agent.States.Any(static state => state.IsRegistered));
        scene.Removed["worker-1"] = 0;
        scene.Store.Update(static write => write.Delete(write.Nodes.Get(new("worker-1"))!));
        scene.Server.Recheck();
        await UntilAsync(() => agent.States.Any(static state =>
            state.Error == "Permission denied: node worker-1 was removed from swarm"));
    }

    private static async Task<RpcException> BeatAsync(RpcChannel channel, string session) =>
        await Assert.ThrowsAsync<RpcException>(() => channel.CallAsync(
            SwarmKitMethods.Dispatcher.Heartbeat, new HeartbeatRequest { SessionId = session }, Never));

    private static Records.Secret SecretOf(string id, string value) => new()
    {
        Id = new(id),
        Spec = Records.SecretSpec.Empty with
        {
            Annotations = Records.Annotations.Empty with { Name = id },
            Data = Bytes.CopyOf(System.Text.Encoding.UTF8.GetBytes(value)),
        },
    };

    private static Records.SwarmTask TaskOf(string id, string node, string? secret) => new()
    {
        Id = new(id),
        NodeId = new(node),
        Status = Records.SwarmTaskStatus.Empty with { State = Records.TaskState.Assigned },
        Spec = Records.TaskSpec.Empty with
        {
            Runtime = new Records.ContainerSpec
            {
                Secrets = secret is null ? [] : [new Records.SecretReference { SecretId = new(secret) }],
            },
        },
    };
}
