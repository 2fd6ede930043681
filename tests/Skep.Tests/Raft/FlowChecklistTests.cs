using Skep.Raft;

namespace Skep.Tests.Raft;

/// <summary>Items 16 to 19 of the implementer's checklist: how followers are fed, and what is handed out.</summary>
public sealed class FlowChecklistTests
{
    [Fact]
    public void Checklist_16_a_probe_is_one_message_a_heartbeat()
    {
        RaftCore core = CoreLab.Leader();
        core.Propose(RaftCluster.Bytes("a"));
        core.Propose(RaftCluster.Bytes("b"));
        Assert.DoesNotContain(CoreLab.Flush(core), it => it.Kind == MessageKind.Append);

        core.Receive(CoreLab.From(2, MessageKind.HeartbeatResponse, 1));
        Assert.Equal(MessageKind.Append, CoreLab.Only(core).Kind);
    }

    [Fact]
    public void Checklist_16_the_window_bounds_messages_and_bytes()
    {
        RaftCore core = CoreLab.SettledLeader(CoreLab.Options with { InflightMessagesMax = 3 });
        for (int number = 0; number < 10; number++)
        {
            core.Propose(RaftCluster.Bytes("x"));
        }

        Assert.Equal(3, CoreLab.Flush(core).Count(it => it.To == 2 && !it.Entries.IsEmpty));
        Assert.True(core.Status.Followers[1].IsWindowFull);

        core = CoreLab.SettledLeader(CoreLab.Options with { InflightBytesMax = 10 });
        for (int number = 0; number < 10; number++)
        {
            core.Propose(RaftCluster.Bytes("four"));
        }

        Assert.Equal(3, CoreLab.Flush(core).Count(it => it.To == 2 && !it.Entries.IsEmpty));
    }

    [Fact]
    public void Checklist_16_a_full_window_whose_messages_were_lost_opens_again()
    {
        var cluster = new RaftCluster(3, adjust: it => it with { InflightMessagesMax = 2 });
        cluster.Elect(1);
        cluster.Cut(3);
        for (int number = 0; number < 10; number++)
        {
            cluster.Propose(1, $"{number}");
            cluster.Settle();
        }

        Assert.True(cluster[1].Core.Status.Followers[2].IsWindowFull);
        cluster.Heal();
        cluster.TickAll(3);
        Assert.Equal("0 1 2 3 4 5 6 7 8 9", cluster.Texts(3));
    }

    [Fact]
    public void Checklist_16_a_lost_message_falls_back_to_a_probe_when_it_is_reported()
    {
        RaftCore core = CoreLab.SettledLeader();
        Assert.Equal(FollowerState.Replicate, core.Status.Followers[1].State);
        core.Propose(RaftCluster.Bytes("a"));
        core.ReportUnreachable(2);
        FollowerStatus follower = core.Status.Followers[1];
        Assert.Equal((FollowerState.Probe, 2UL, 0), (follower.State, follower.Next, follower.InflightCount));
    }

    [Fact]
    public void Checklist_16_a_follower_without_the_entries_gets_a_snapshot_and_then_the_rest()
    {
        var cluster = new RaftCluster(3);
        cluster.Elect(1);
        cluster.Cut(3);
        for (int number = 0; number < 20; number++)
        {
            cluster.Propose(1, $"{number}");
        }

        cluster.Settle();
        cluster[1].TakeSnapshot(keepEntries: 5);
        cluster.Heal();
        cluster.TickAll(3);
        Assert.Equal(1UL, cluster[3].SnapshotsInstalled);
        Assert.Equal(cluster.Texts(1), cluster.Texts(3));
        Assert.Equal(FollowerState.Replicate, cluster[1].Core.Status.Followers[2].State);
    }

    [Fact]
    public void Checklist_17_bytes_that_wait_for_a_quorum_are_bounded_and_freed_when_applied()
    {
        RaftCore core = CoreLab.SettledLeader(CoreLab.Options with { UncommittedBytesMax = 10 });
        Assert.IsType<ProposeResult.Accepted>(core.Propose(RaftCluster.Bytes("12345678")));
        Assert.Equal(
            new ProposeResult.Dropped(DropReason.TooMuchUncommitted), core.Propose(RaftCluster.Bytes("123")));
        Assert.IsType<ProposeResult.Accepted>(core.Propose(RaftCluster.Bytes("12")));

        CoreLab.Flush(core);
        core.Receive(CoreLab.Ack(2, 1, 3));
        CoreLab.Flush(core);
        Assert.IsType<ProposeResult.Accepted>(core.Propose(RaftCluster.Bytes("123")));
    }

    [Fact]
    public void Checklist_17_a_round_applies_no_more_than_its_bytes_and_at_least_one()
    {
        RaftCore core = CoreLab.Core(
            CoreLab.Options with { ApplyBytesMax = 1 }, CoreLab.Voters(3), [1, 1, 1], new HardState(1, 0, 0));
        core.Receive(CoreLab.From(2, MessageKind.Heartbeat, 1) with { Commit = 3 });
        for (ulong index = 1; index <= 3; index++)
        {
            Ready ready = core.TakeReady();
            Assert.Equal(index, Assert.Single(ready.Committed).Index);
            core.Advance(ready);
        }

        Assert.False(core.HasReady);
    }

    [Fact]
    public void Checklist_17_a_message_holds_no_more_than_its_bytes_and_a_large_entry_goes_alone()
    {
        RaftCore core = CoreLab.SettledLeader(CoreLab.Options with { MessageBytesMax = 40 });
        core.Propose([new byte[100], new byte[5], new byte[5], new byte[5], new byte[5], new byte[5]]);
        Assert.Equal(
            [1, 3, 2], CoreLab.Flush(core).Where(it => it.To == 2).Select(it => it.Entries.Length));
    }

    [Fact]
    public void Checklist_18_late_repeated_and_reordered_answers_lower_nothing()
    {
        RaftCore core = CoreLab.SettledLeader();
        core.Propose(RaftCluster.Bytes("a"));
        core.Propose(RaftCluster.Bytes("b"));
        CoreLab.Flush(core);
        foreach (ulong index in new ulong[] { 3, 2, 1, 3, 0 })
        {
            core.Receive(CoreLab.Ack(2, 1, index));
        }

        core.Receive(CoreLab.Ack(2, 1, 2) with { Reject = true, RejectHint = 1, LogTerm = 1 });
        FollowerStatus follower = core.Status.Followers[1];
        Assert.Equal((3UL, 4UL, FollowerState.Replicate), (follower.Match, follower.Next, follower.State));
        Assert.Equal(3UL, core.Status.Commit);
    }

    [Fact]
    public void Checklist_19_entries_are_handed_out_in_order_and_once()
    {
        var cluster = new RaftCluster(3);
        cluster.Elect(1);
        for (int number = 0; number < 50; number++)
        {
            cluster.Propose(1, $"{number}");
            if (number % 7 == 0)
            {
                cluster.Settle();
            }
        }

        cluster.Settle();
        cluster.TickAll(1);
        Assert.All(cluster.Members.Values, member => Assert.Equal(
            Enumerable.Range(2, 51).Select(it => (ulong)it), member.Applied.Select(it => it.Index)));
    }

    [Fact]
    public void Checklist_19_what_the_state_holds_already_is_not_handed_out_again()
    {
        RaftCore core = new(
            CoreLab.Options, new HardState(1, 0, 3), CoreLab.Voters(3), null, CoreLab.Entries(1, [1, 1, 1]),
            applied: 2);
        Assert.Equal(3UL, Assert.Single(core.TakeReady().Committed).Index);
    }
}
