using Skep.Tests.Store;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using ConsensusSwarm = Skep.Tests.Consensus.TestSwarm;
using Node = Skep.Swarm.Objects.Node;
using NodeState = Skep.Swarm.Objects.NodeState;
using TaskState = Skep.Swarm.Objects.TaskState;

namespace Skep.Tests.LogBroking;

public class LogBrokerTests
{
    private const string Incomplete =
        "warning: incomplete log stream. some logs could not be retrieved for the following reasons: ";

    private static readonly Node down = Stores.Worker("w2") with { Status = new() { State = NodeState.Down } };

    [Fact]
    public async Task A_reader_gets_the_lines_of_every_node_that_has_some()
    {
        await using BrokerScene scene = await BrokerScene.StartAsync(
            Stores.Worker("w1"),
            Stores.Worker("w2"),
            Stores.Worker("w3"),
            BrokerScene.Task("t1", "s", "w1", TaskState.Running),
            BrokerScene.Task("t2", "s", "w2", TaskState.Failed),
            BrokerScene.Task("t3", "s", "w3", TaskState.Starting));
        await using BrokerAgent first = scene.Agent("w1");
        await using BrokerAgent second = scene.Agent("w2");
        var asked = new SubscribeLogsRequest
        {
            Selector = new() { ServiceIds = { "s" } },
            Options = new() { Tail = -11, Streams = { LogStream.Stdout } },
        };
        var reading = scene.ReadAsync(asked);
        SubscriptionMessage told = (await first.HearAsync())!;
        Assert.Equal(asked.Selector, told.Selector);
        Assert.Equal(asked.Options, told.Options);
        Assert.False(told.Close);
        await first.SendAsync(told.Id, "t1", "one", "two");
        Assert.Equal(told, await second.HearAsync());
        await second.SendAsync(told.Id, "t2", "three");

        // The third node's task has not begun to write.
        (List<string> lines, string? warning) = await reading.WaitAsync(ConsensusSwarm.Patience);
        Assert.Equal(["one", "two", "three"], lines);
        Assert.Null(warning);
    }

    [Fact]
    public async Task A_node_that_is_down_and_a_task_that_waits_show_in_one_warning()
    {
        await using BrokerScene scene = await BrokerScene.StartAsync(
            Stores.Worker("w1"),
            down,
            BrokerScene.Task("t1", "s", "w1", TaskState.Running),
            BrokerScene.Task("t2", "s", "w2", TaskState.Running),
            BrokerScene.Task("t3", "s", "", TaskState.Pending));
        await using BrokerAgent agent = scene.Agent("w1");
        var reading = scene.ReadAsync(new() { Selector = new() { TaskIds = { "t1", "t2", "t3", "gone" } } });
        await agent.SendAsync((await agent.HearAsync())!.Id, "t1", "line");
        (List<string> lines, string? warning) = await reading.WaitAsync(ConsensusSwarm.Patience);
        Assert.Equal(["line"], lines);
        Assert.Equal($"{Incomplete}node w2 is not available, task t3 has not been scheduled", warning);
    }

    [Fact]
    public async Task A_node_that_is_ready_is_waited_for_a_while()
    {
        await using BrokerScene scene = await BrokerScene.StartAsync(
            Stores.Worker("w1"), BrokerScene.Task("t1", "s", "w1", TaskState.Running));
        var reading = scene.ReadAsync(new() { Selector = new() { ServiceIds = { "s" } } });
        while (scene.Time.TimerCount == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
        Assert.False(reading.IsCompleted);
        scene.Time.Advance(TimeSpan.FromSeconds(3));
        (_, string? warning) = await reading.WaitAsync(ConsensusSwarm.Patience);
        Assert.Equal($"{Incomplete}node w1 is not available", warning);
    }

    [Fact]
    public async Task A_node_that_goes_away_in_the_middle_is_missed()
    {
        await using BrokerScene scene = await BrokerScene.StartAsync(
            Stores.Worker("w1"), BrokerScene.Task("t1", "s", "w1", TaskState.Running));
        var reading = scene.ReadAsync(new() { Selector = new() { ServiceIds = { "s" } } });
        await using (BrokerAgent agent = scene.Agent("w1"))
        {
            Assert.NotNull(await agent.HearAsync());
        }
        (_, string? warning) = await reading.WaitAsync(ConsensusSwarm.Patience);
        Assert.Equal($"{Incomplete}node w1 disconnected unexpectedly", warning);
    }

    [Fact]
    public async Task Who_follows_gets_the_lines_of_tasks_that_come_later_until_he_has_enough()
    {
        await using BrokerScene scene = await BrokerScene.StartAsync(Stores.Worker("w1"));
        await using BrokerAgent agent = scene.Agent("w1");
        await using var lines = scene.Open(
            new() { Selector = new() { ServiceIds = { "s" } }, Options = new() { Follow = true } },
            default).GetAsyncEnumerator();
        var next = lines.MoveNextAsync().AsTask();
        Task<SubscriptionMessage?> hearing = agent.HearAsync();
        scene.Write(change => change.Create(BrokerScene.Task("t1", "s", "", TaskState.Pending)));
        scene.Write(change => change.Update(
            change.Tasks.Get(new("t1"))! with { NodeId = new("w1"), Status = new() { State = TaskState.Assigned } }));
        string id = (await hearing)!.Id;
        await agent.SendAsync(id, "t1", "early");
        Assert.True(await next.WaitAsync(ConsensusSwarm.Patience));
        Assert.Equal("early", lines.Current.Messages.Single().Data.ToStringUtf8());

        // What a node has said already does not end it: its task may be replaced there.
        await agent.SendAsync(id, "t1", "late");
        Assert.True(await lines.MoveNextAsync().AsTask().WaitAsync(ConsensusSwarm.Patience));
        Assert.Equal("late", lines.Current.Messages.Single().Data.ToStringUtf8());
        await lines.DisposeAsync();
        SubscriptionMessage over = (await agent.HearAsync())!;
        Assert.Equal((id, true), (over.Id, over.Close));
    }

    [Fact]
    public async Task A_node_speaks_for_itself_only_and_only_when_asked()
    {
        await using BrokerScene scene = await BrokerScene.StartAsync(
            Stores.Worker("w1"), BrokerScene.Task("t1", "s", "w1", TaskState.Running));
        await using BrokerAgent agent = scene.Agent("w1");
        await using BrokerAgent other = scene.Agent("w2");
        var reading = scene.ReadAsync(new() { Selector = new() { ServiceIds = { "s" } } });
        string id = (await agent.HearAsync())!.Id;
        await RefusedAsync(
            RpcStatus.NotFound, "unknown subscription ID", other, BrokerAgent.Message(id, "w2", "t1", "s", "no"));
        await RefusedAsync(
            RpcStatus.PermissionDenied,
            "invalid NodeID: expected=w1;received=w2",
            agent,
            BrokerAgent.Message(id, "w2", "t1", "s", "forged"));
        (List<string> lines, string? warning) = await reading.WaitAsync(ConsensusSwarm.Patience);
        Assert.Empty(lines);
        Assert.Equal($"{Incomplete}invalid NodeID: expected=w1;received=w2", warning);
    }

    [Fact]
    public async Task Lines_in_the_name_of_tasks_that_are_not_the_nodes_own_or_not_asked_for_are_left_out()
    {
        await using BrokerScene scene = await BrokerScene.StartAsync(
            Stores.Worker("w1"),
            down,
            BrokerScene.Task("mine", "s", "w1", TaskState.Running),
            BrokerScene.Task("other", "s", "w2", TaskState.Running),
            BrokerScene.Task("secret", "hidden", "w1", TaskState.Running));
        await using BrokerAgent agent = scene.Agent("w1");
        var reading = scene.ReadAsync(new() { Selector = new() { ServiceIds = { "s" } } });
        string id = (await agent.HearAsync())!.Id;
        await using (var call = agent.Publish())
        {
            PublishLogsMessage mixed = BrokerAgent.Message(id, "w1", "mine", "s", "one");
            mixed.Messages.Add(BrokerAgent.Message(id, "w1", "other", "s", "of another node").Messages);
            mixed.Messages.Add(BrokerAgent.Message(id, "w1", "secret", "hidden", "not asked for").Messages);
            mixed.Messages.Add(BrokerAgent.Message(id, "w1", "secret", "s", "of another service").Messages);
            mixed.Messages.Add(BrokerAgent.Message(id, "w1", "nobody", "s", "of no task").Messages);
            mixed.Messages.Add(BrokerAgent.Message(id, "w1", "mine", "s", "two").Messages);
            await call.SendAsync(mixed);
            await call.SendAsync(BrokerAgent.Message(id, "w1", "other", "s", "nothing else in the message"));
            await call.SendAsync(new PublishLogsMessage { SubscriptionId = id, Close = true });
            await call.FinishAsync();
        }
        Assert.Equal(["one", "two"], (await reading.WaitAsync(ConsensusSwarm.Patience)).Lines);
        Assert.Equal(5, scene.Claims.Read().Lines);
    }

    [Fact]
    public async Task A_task_that_is_removed_while_it_is_read_sends_its_last_lines()
    {
        await using BrokerScene scene = await BrokerScene.StartAsync(
            Stores.Worker("w1"), BrokerScene.Task("t1", "s", "w1", TaskState.Running));
        await using BrokerAgent agent = scene.Agent("w1");
        await using var lines = scene.Open(new() { Selector = new() { ServiceIds = { "s" } } }, default)
            .GetAsyncEnumerator();
        var next = lines.MoveNextAsync().AsTask();
        string id = (await agent.HearAsync())!.Id;
        await using var call = agent.Publish();
        await call.SendAsync(BrokerAgent.Message(id, "w1", "t1", "s", "one"));
        Assert.True(await next.WaitAsync(ConsensusSwarm.Patience));
        scene.Write(change => change.Delete(change.Tasks.Get(new("t1"))!));
        await call.SendAsync(BrokerAgent.Message(id, "w1", "t1", "s", "two"));
        Assert.True(await lines.MoveNextAsync().AsTask().WaitAsync(ConsensusSwarm.Patience));
        Assert.Equal("two", lines.Current.Messages.Single().Data.ToStringUtf8());
        Assert.Equal(0, scene.Claims.Read().Lines);
    }

    [Fact]
    public async Task Readers_and_agents_are_sent_away_when_another_manager_leads()
    {
        await using BrokerScene scene = await BrokerScene.StartAsync(
            Stores.Worker("w1"), BrokerScene.Task("t1", "s", "w1", TaskState.Running));
        await using BrokerAgent agent = scene.Agent("w1");
        var request = new SubscribeLogsRequest { Selector = new() { ServiceIds = { "s" } } };
        var reading = scene.ReadAsync(request);
        Assert.NotNull(await agent.HearAsync());
        scene.Status.Set(BrokerScene.StatusOf(isLeader: false));
        string notLeader = "raft: failed to process the request: node lost leader status";
        Assert.Equal(notLeader, (await reading.WaitAsync(ConsensusSwarm.Patience)).Warning);
        while (await agent.HearAsync() is { } last)
        {
            Assert.True(last.Close, "Only that the reading is over may still come before the end.");
        }

        Assert.Equal(notLeader, (await scene.ReadAsync(request).WaitAsync(ConsensusSwarm.Patience)).Warning);
    }

    private static async Task RefusedAsync(RpcStatus status, string words, BrokerAgent agent, PublishLogsMessage sent)
    {
        await using var call = agent.Publish();
        await call.SendAsync(sent);
        var refused = await Assert.ThrowsAsync<RpcException>(call.FinishAsync);
        Assert.Equal((status, words), (refused.Status, refused.Detail));
    }
}
