using Skep.Raft;

namespace Skep.Tests.Raft;

/// <summary>Items 28 to 35 of the implementer's checklist that the core decides: snapshots and membership.</summary>
public sealed class MembershipChecklistTests
{
    [Fact]
    public void Checklist_28_a_snapshot_brings_its_configuration() => SnapshotBringsMembers(default);

    [Fact]
    public void Checklist_28_a_snapshot_replaces_a_log_that_differs()
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1, 1, 1], new HardState(1, 0, 1));
        Message answer = Install(core, new SnapshotMeta(3, 2, CoreLab.Voters(3)));
        Assert.Equal((3UL, 3UL, 3UL), (answer.Index, core.Status.LastIndex, core.Status.Commit));
        Assert.Equal(4UL, core.Status.FirstIndex);
    }

    [Fact]
    public void Checklist_28_a_snapshot_at_or_below_the_commit_is_ignored()
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1, 1, 1], new HardState(1, 0, 2));
        Message answer = Install(core, new SnapshotMeta(2, 1, CoreLab.Voters(5)));
        Assert.Equal((2UL, CoreLab.Voters(3)), (answer.Index, core.Status.Members));
    }

    [Fact]
    public void Checklist_28_a_log_that_holds_the_snapshots_place_only_moves_its_commit()
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1, 1, 1], new HardState(1, 0, 1));
        Message answer = Install(core, new SnapshotMeta(2, 1, CoreLab.Voters(3)));
        Assert.Equal((2UL, 2UL, 3UL), (answer.Index, core.Status.Commit, core.Status.LastIndex));
    }

    [Fact]
    public void Checklist_28_a_snapshot_without_us_is_refused()
    {
        RaftCore core = CoreLab.Fresh();
        Message answer = Install(core, new SnapshotMeta(9, 1, new ConfState([2, 3], [])));
        Assert.Equal((0UL, 0UL), (answer.Index, core.Status.LastIndex));
    }

    [Fact]
    public void Checklist_28_a_member_that_joined_after_the_snapshot_is_given_a_newer_one()
    {
        var cluster = new RaftCluster(1);
        cluster.Elect(1);
        cluster.Propose(1, "old");
        cluster.Settle();
        cluster[1].TakeSnapshot(keepEntries: 0);
        cluster.Add(2, ConfState.Empty);
        cluster[1].Core.ProposeConfChange(new ConfChange(1, ConfChangeKind.AddLearner, 2, default));
        cluster.TickAll(3);
        Assert.True(cluster[1].Core.WantsSnapshot);
        Assert.DoesNotContain(cluster.Sent, it => it.Kind == MessageKind.Snapshot);

        cluster[1].TakeSnapshot(keepEntries: 0);
        cluster.TickAll(3);
        Assert.False(cluster[1].Core.WantsSnapshot);
        Assert.Equal(cluster.Texts(1), cluster.Texts(2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Checklist_29_after_a_snapshot_the_leader_probes_and_waits_for_an_answer(bool hasArrived)
    {
        RaftCore core = WithSnapshotUnderWay();
        core.ReportSnapshot(2, hasArrived);
        FollowerStatus follower = core.Status.Followers[1];
        Assert.Equal(
            (FollowerState.Probe, true, hasArrived ? 12UL : 2UL), (follower.State, follower.IsPaused, follower.Next));
        Assert.Empty(CoreLab.Flush(core));

        core.Receive(CoreLab.From(2, MessageKind.HeartbeatResponse, 1));
        Assert.Equal(
            hasArrived ? MessageKind.Append : MessageKind.Snapshot, CoreLab.Only(core).Kind);
    }

    [Fact]
    public void Checklist_29_a_follower_that_caught_up_another_way_is_fed_from_there()
    {
        RaftCore core = WithSnapshotUnderWay();
        core.Receive(CoreLab.Ack(2, 1, 11));
        Assert.Equal(FollowerState.Replicate, core.Status.Followers[1].State);
    }

    [Fact]
    public void Checklist_29_no_snapshot_goes_to_who_has_not_been_heard()
    {
        RaftCore core = CoreLab.SettledLeader();
        core.Compact(new SnapshotMeta(1, 1, CoreLab.Voters(3)), 0);
        core.Receive(CoreLab.From(3, MessageKind.AppendResponse, 1) with { Reject = true, Index = 0 });
        Assert.DoesNotContain(CoreLab.Flush(core), it => it.Kind == MessageKind.Snapshot && it.To != 3);
    }

    [Fact]
    public void Checklist_30_one_configuration_change_at_a_time() => OneChangeAtATime(default);

    [Fact]
    public void Checklist_30_no_change_before_an_entry_of_the_term_is_committed() => NoEarlyChange(default);

    [Fact]
    public void Checklist_30_a_new_leader_waits_for_its_whole_tail()
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1, 1], new HardState(1, 0, 0));
        core.Campaign();
        CoreLab.Flush(core);
        core.Receive(CoreLab.From(2, MessageKind.VoteResponse, 2));
        CoreLab.Flush(core);
        Assert.IsType<ProposeResult.Dropped>(core.ProposeConfChange(Adding(4)));
        core.Receive(CoreLab.Ack(2, 2, 3));
        CoreLab.Flush(core);
        Assert.IsType<ProposeResult.Accepted>(core.ProposeConfChange(Adding(4)));
    }

    [Fact]
    public void Checklist_31_a_change_takes_effect_when_it_is_applied()
    {
        RaftCore core = CoreLab.SettledLeader();
        core.ProposeConfChange(Adding(4));
        CoreLab.Flush(core);
        Assert.Equal(CoreLab.Voters(3), core.Status.Members);
        core.Receive(CoreLab.Ack(2, 1, 2));
        CoreLab.Flush(core);
        Assert.Equal(CoreLab.Voters(4), core.Status.Members);
    }

    [Fact]
    public void Checklist_32_answers_of_strangers_and_impossible_messages_change_nothing()
    {
        RaftCore core = CoreLab.SettledLeader();
        RaftStatus before = core.Status;
        core.Receive(CoreLab.Ack(9, 1, 1));
        core.Receive(CoreLab.Ack(1, 1, 1));
        core.Receive(CoreLab.Ack(0, 1, 1));
        core.Receive(CoreLab.Ack(2, 1, 1) with { To = 3 });
        core.Receive(CoreLab.From(2, MessageKind.Hup, 1));
        core.Receive(CoreLab.From(2, MessageKind.Propose, 1) with { Entries = CoreLab.Entries(1, [1]) });
        core.Receive(CoreLab.From(2, MessageKind.Snapshot, 7));
        core.Receive(CoreLab.Append(2, 7, 1, 1, 1) with { Entries = CoreLab.Entries(5, [1]) });
        core.Receive(CoreLab.Append(2, 7, 1, 1, 9));
        core.Receive(CoreLab.From(2, MessageKind.ReadIndexResponse, 1));
        Assert.Equal(before with { Followers = default }, core.Status with { Followers = default });
    }

    [Fact]
    public void Checklist_33_a_learner_counts_in_no_quorum() => LearnerDoesNotCount(default);

    [Fact]
    public void Checklist_33_a_learner_that_does_not_know_of_its_promotion_votes() => UninformedVoterVotes(default);

    [Fact]
    public void Checklist_33_a_learner_never_stands()
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, new ConfState([2, 3], [1]), [], HardState.Empty);
        CoreLab.Tick(core, 5 * CoreLab.Ticks);
        core.Campaign();
        core.Receive(CoreLab.From(2, MessageKind.TimeoutNow, 1));
        Assert.Equal(RaftRole.Follower, core.Status.Role);
    }

    [Fact]
    public void Checklist_34_a_removed_leader_hands_over_and_does_not_count_itself() => RemovedLeaderIsOut(default);

    [Fact]
    public void Checklist_34_a_removed_leader_that_reaches_nobody_steps_down()
    {
        RaftCore core = CoreLab.SettledLeader(CoreLab.Options with { CheckQuorum = true });
        core.ProposeConfChange(new ConfChange(1, ConfChangeKind.RemoveNode, 1, default));
        CoreLab.Flush(core);
        core.Receive(CoreLab.Ack(2, 1, 2));
        Assert.Contains(CoreLab.Flush(core), it => it is { Kind: MessageKind.TimeoutNow, To: 2 });
        CoreLab.Tick(core, 3 * CoreLab.Ticks);
        Assert.Equal(RaftRole.Follower, core.Role);
    }

    [Fact]
    public void Checklist_35_a_leader_that_leaves_one_other_takes_nothing_behind_its_removal()
    {
        // With a tail that only it has it would refuse the other its vote, and the other needs it: it may not have
        // heard yet that it is alone.
        var cluster = new RaftCluster(2);
        cluster.Elect(1);
        cluster[1].Core.ProposeConfChange(new ConfChange(1, ConfChangeKind.RemoveNode, 1, default));
        Assert.Equal(new ProposeResult.Dropped(DropReason.Leaving), cluster.Propose(1, "behind"));
        cluster.Settle(it => it is not { From: 1, Commit: > 2 } and not { Kind: MessageKind.TimeoutNow });
        Assert.Equal(CoreLab.Voters(2), cluster[2].Core.Status.Members);
        cluster.Cut(1);
        cluster.TickAll(3 * RaftCluster.ElectionTicks);
        Assert.Equal(RaftRole.Follower, cluster[1].Core.Role);
        cluster.Heal();
        cluster.TickAll(3 * RaftCluster.ElectionTicks);
        Assert.Equal(2UL, cluster.Leader());
    }

    [Fact]
    public void Checklist_35_two_become_one_when_both_are_up()
    {
        var cluster = new RaftCluster(2);
        cluster.Elect(1);
        cluster[1].Core.ProposeConfChange(new ConfChange(1, ConfChangeKind.RemoveNode, 2, default));
        cluster.Settle();
        Assert.Equal(CoreLab.Voters(1), cluster[1].Core.Status.Members);
        cluster[2].Crash();
        cluster.Propose(1, "alone");
        cluster.Settle();
        Assert.EndsWith("alone", cluster.Texts(1));
    }

    internal static void SnapshotBringsMembers(RaftMutant mutant)
    {
        RaftCore core = CoreLab.Fresh(mutant: mutant);
        var members = new ConfState([1, 2, 4], [5]);
        Install(core, new SnapshotMeta(9, 1, members));
        Assert.Equal(members, core.Status.Members);
    }

    internal static void OneChangeAtATime(RaftMutant mutant)
    {
        RaftCore core = CoreLab.SettledLeader(mutant: mutant);
        Assert.IsType<ProposeResult.Accepted>(core.ProposeConfChange(Adding(4)));
        Assert.Equal(
            new ProposeResult.Dropped(DropReason.ConfChangePending), core.ProposeConfChange(Adding(5)));
        CoreLab.Flush(core);
        core.Receive(CoreLab.Ack(2, 1, 2));
        CoreLab.Flush(core);
        Assert.IsType<ProposeResult.Accepted>(core.ProposeConfChange(Adding(5)));
    }

    internal static void NoEarlyChange(RaftMutant mutant)
    {
        RaftCore core = CoreLab.Leader(mutant: mutant);
        Assert.Equal(
            new ProposeResult.Dropped(DropReason.ConfChangePending), core.ProposeConfChange(Adding(4)));
    }

    internal static void LearnerDoesNotCount(RaftMutant mutant)
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, new ConfState([1, 2], [3]), [], HardState.Empty, mutant);
        core.Campaign();
        CoreLab.Flush(core);
        core.Receive(CoreLab.From(3, MessageKind.VoteResponse, 1));
        Assert.Equal(RaftRole.Candidate, core.Status.Role);
        core.Receive(CoreLab.From(2, MessageKind.VoteResponse, 1));
        CoreLab.Flush(core);
        core.Receive(CoreLab.Ack(3, 1, 1));
        Assert.Equal(0UL, core.Status.Commit);
        core.Receive(CoreLab.Ack(2, 1, 1));
        Assert.Equal(1UL, core.Status.Commit);
    }

    /// <summary>Learner 3 is promoted with the votes of 1 and 2, does not hear of it, and 1 dies.</summary>
    internal static void UninformedVoterVotes(RaftMutant mutant)
    {
        var cluster = new RaftCluster(2, learners: 1, mutant: mutant);
        cluster.Elect(1);
        cluster.Cut(3);
        cluster[1].Core.ProposeConfChange(Adding(3));
        cluster.Settle();
        cluster.Heal();
        cluster[1].Crash();
        cluster.TickAll(3 * RaftCluster.ElectionTicks);
        Assert.Equal(2UL, cluster.Leader());
        Assert.Equal(CoreLab.Voters(3), cluster[3].Core.Status.Members);
    }

    internal static void RemovedLeaderIsOut(RaftMutant mutant)
    {
        var cluster = new RaftCluster(3, mutant: mutant);
        cluster.Elect(1);
        cluster[1].Core.ProposeConfChange(new ConfChange(1, ConfChangeKind.RemoveNode, 1, default));
        cluster.Settle();
        cluster.TickAll(1);
        Assert.Equal(RaftRole.Follower, cluster[1].Core.Status.Role);
        Assert.IsType<ProposeResult.NotLeader>(cluster.Propose(1, "x"));
        cluster.TickAll(3 * RaftCluster.ElectionTicks);
        Assert.NotEqual(0UL, cluster.Leader());
        Assert.NotEqual(1UL, cluster.Leader());
    }

    private static ConfChange Adding(ulong id) => new(1, ConfChangeKind.AddNode, id, default);

    private static Message Install(RaftCore core, SnapshotMeta meta)
    {
        core.Receive(CoreLab.From(2, MessageKind.Snapshot, 2) with { Snapshot = new Snapshot(meta, default) });
        return CoreLab.Only(core);
    }

    /// <summary>A leader at index 11 whose member 2 needs a snapshot, which is on its way.</summary>
    private static RaftCore WithSnapshotUnderWay()
    {
        RaftCore core = CoreLab.SettledLeader();
        for (int number = 0; number < 10; number++)
        {
            core.Propose(RaftCluster.Bytes("x"));
        }

        CoreLab.Flush(core);
        core.Receive(CoreLab.Ack(3, 1, 11));
        CoreLab.Flush(core);
        core.Compact(new SnapshotMeta(11, 1, CoreLab.Voters(3)), 0);

        // A member that lost its disk but kept its name is impossible; one whose messages were all lost is not.
        core.ReportUnreachable(2);
        core.Receive(CoreLab.From(2, MessageKind.HeartbeatResponse, 1));
        Assert.Contains(CoreLab.Flush(core), it => it.Kind == MessageKind.Snapshot);
        return core;
    }
}
