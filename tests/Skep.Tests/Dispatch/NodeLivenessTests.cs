using Skep.Manager.Dispatch;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Tests.Dispatch;

public sealed class NodeLivenessTests
{
    private static readonly NodeId Node = new("n1");
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly NodeLiveness liveness = new(new DispatchTimings());

    [Fact]
    public void A_node_that_loses_its_stream_is_unreachable_at_once_and_down_when_that_lasts()
    {
        Register("s1", at: 0);
        Open("s1", at: 0);
        liveness.StreamLost(Node, "s1", At(7));
        Assert.Empty(liveness.Look(At(7.099)));
        Assert.Equal(
            [new NodeVerdict(Node, NodeState.Disconnected, NodeLiveness.UnreachableMessage)],
            liveness.Look(At(7.1)));
        Assert.Empty(liveness.Look(At(16.999)));
        Assert.Equal(
            [new NodeVerdict(Node, NodeState.Down, "heartbeat failure")], liveness.Look(At(17)));
        Assert.Equal(SessionCheck.NotRegistered, liveness.Check(Node, "s1"));
    }

    [Fact]
    public void A_node_that_returns_in_time_goes_on_with_its_session()
    {
        Register("s1", at: 0);
        Open("s1", at: 0);
        liveness.StreamLost(Node, "s1", At(1));
        Assert.Single(liveness.Look(At(2)));
        Assert.Equal(Registration.Resumed, liveness.Register(Node, "s1", "s2", Period, At(9)));
        Assert.True(Open("s1", at: 9));
        Assert.Empty(liveness.Look(At(20)));
    }

    [Fact]
    public void A_node_that_begins_a_new_round_was_never_away()
    {
        Register("s1", at: 0);
        Open("s1", at: 0);
        liveness.StreamLost(Node, "s1", At(1));
        Assert.False(Open("s1", at: 1.05));
        Assert.Empty(liveness.Look(At(2)));
    }

    [Fact]
    public void A_node_that_only_beats_is_on_its_way_back()
    {
        Register("s1", at: 0);
        Open("s1", at: 0);
        liveness.StreamLost(Node, "s1", At(1));
        Assert.Single(liveness.Look(At(2)));
        Assert.Equal(SessionCheck.Valid, liveness.Beat(Node, "s1", Period, At(9)));
        Assert.Empty(liveness.Look(At(18)));
        Assert.Single(liveness.Look(At(19)));
    }

    [Fact]
    public void A_node_that_does_not_beat_is_down_though_its_connection_lives()
    {
        Register("s1", at: 0);
        Open("s1", at: 0);
        liveness.Beat(Node, "s1", Period, At(5));
        Assert.Empty(liveness.Look(At(19.9)));
        Assert.Equal([new NodeVerdict(Node, NodeState.Down, "heartbeat failure")], liveness.Look(At(20)));
    }

    [Fact]
    public void The_old_stream_of_a_node_that_came_back_says_nothing()
    {
        Register("s1", at: 0);
        Open("s1", at: 0);
        Open("s1", at: 2); // The first stream is dead, and nobody has noticed.
        liveness.StreamLost(Node, "s1", At(3));
        Assert.Empty(liveness.Look(At(4)));
        liveness.StreamLost(Node, "s1", At(4));
        Assert.Single(liveness.Look(At(5)));

        Register("s2", at: 5);
        Open("s2", at: 5);
        liveness.StreamLost(Node, "s1", At(6));
        Assert.Empty(liveness.Look(At(7)));
        Assert.Equal(SessionCheck.Invalid, liveness.Check(Node, "s1"));
        Assert.Equal(SessionCheck.Invalid, liveness.Check(Node, ""));
        Assert.Equal(SessionCheck.Valid, liveness.Check(Node, "s2"));
    }

    [Fact]
    public void A_new_leader_knows_nobody_and_waits_longer_for_them()
    {
        Node[] nodes = [NodeIn(NodeState.Ready, "a"), NodeIn(NodeState.Down, "b"), NodeIn(NodeState.Unknown, "c")];
        Assert.Equal(
            [
                new NodeVerdict(new("a"), NodeState.Unknown, NodeLiveness.UnknownMessage),
                new NodeVerdict(new("c"), NodeState.Unknown, NodeLiveness.UnknownMessage),
            ],
            liveness.Begin(nodes, Period, At(0)));
        Assert.Equal(SessionCheck.Invalid, liveness.Beat(new("a"), "s1", Period, At(1)));
        Assert.Equal(SessionCheck.NotRegistered, liveness.Beat(new("b"), "s1", Period, At(1)));
        Assert.Equal(Registration.New, liveness.Register(new("a"), "s1", "s2", Period, At(2)));
        liveness.StreamOpened(new("a"), "s2", Period, At(2));
        for (double at = 5; at < 30; at += 5)
        {
            liveness.Beat(new("a"), "s2", Period, At(at));
        }

        Assert.Empty(liveness.Look(At(29.9)));
        Assert.Equal(
            [new NodeVerdict(new("c"), NodeState.Down, NodeLiveness.UnknownDownMessage)], liveness.Look(At(30)));
    }

    [Fact]
    public void A_node_gets_few_new_sessions_in_a_short_time()
    {
        Register("s0", at: 0);
        Register("s1", at: 0.1);
        Register("s2", at: 0.2);
        Register("s3", at: 0.3);
        Assert.Equal(Registration.Refused, liveness.Register(Node, "", "s4", Period, At(0.4)));
        Assert.Equal(Registration.Resumed, liveness.Register(Node, "s3", "s4", Period, At(0.5)));
        Assert.Equal(Registration.New, liveness.Register(Node, "", "s5", Period, At(8.4)));
    }

    [Fact]
    public void A_removed_node_is_forgotten()
    {
        Register("s1", at: 0);
        liveness.Remove(Node);
        Assert.Equal(SessionCheck.NotRegistered, liveness.Check(Node, "s1"));
        Assert.Empty(liveness.Look(At(100)));
    }

    [Theory]
    [InlineData(3, 1.0)]
    [InlineData(250, 1.0)]
    [InlineData(500, 2.0)]
    [InlineData(100_000, 5.0)]
    public void Pings_are_rarer_in_larger_swarms(int nodes, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), DispatchTimings.KeepAlive(nodes));

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static Node NodeIn(NodeState state, string id) =>
        new() { Id = new(id), Status = NodeStatus.Empty with { State = state } };

    private void Register(string session, double at) =>
        Assert.Equal(Registration.New, liveness.Register(Node, "", session, Period, At(at)));

    private bool Open(string session, double at) => liveness.StreamOpened(Node, session, Period, At(at));
}
