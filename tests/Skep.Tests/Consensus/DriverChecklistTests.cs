using Skep.Manager.Consensus;
using Skep.Raft;
using Skep.Swarm;
using Skep.Swarm.Objects;
using StoreSnapshot = Skep.Swarm.Store.StoreSnapshot;

namespace Skep.Tests.Consensus;

/// <summary>The items of the checklist for Raft that the driver answers for; the core's are with the core.</summary>
public class DriverChecklistTests
{
    [Fact]
    public void Checklist_19_a_restart_applies_every_entry_once_and_in_order()
    {
        SteppedSwarm swarm = new SteppedSwarm { SnapshotEntries = 5, KeptEntries = 0 }.Grow(1);
        for (int number = 0; number < 23; number++)
        {
            swarm[1].Create($"s{number}");
            swarm.Settle();
        }

        Secret[] before = [.. swarm[1].Driver.Store.Committed.Secrets.All];
        swarm.Crash(1);
        Assert.Equal(before, swarm.Restart(1).Driver.Store.Committed.Secrets.All);
        Assert.Equal(23, before.Length);
    }

    [Fact]
    public void Checklist_20_nothing_is_acknowledged_that_a_power_loss_takes_back()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        StartedWrite<Secret> write = swarm.Leader.Create("a");
        swarm.Settle();
        Assert.True(write.Waits!.Outcome.IsCompletedSuccessfully);
        foreach (ulong id in new ulong[] { 1, 2, 3 })
        {
            swarm.Crash(id);
        }

        foreach (ulong id in new ulong[] { 1, 2, 3 })
        {
            swarm.Restart(id);
        }

        swarm.Tick(20);
        Assert.True(swarm.Leader.Has("a"));
    }

    [Fact]
    public void Checklist_30_a_second_change_of_the_members_waits_for_the_first()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        SteppedManager leader = swarm.Leader;
        PendingChange first = SteppedSwarm.Change(leader, ConfChangeKind.AddLearner, 4);
        PendingChange second = SteppedSwarm.Change(leader, ConfChangeKind.AddLearner, 5);
        leader.Driver.Step(0);
        Assert.True(first.Index > 0);
        Assert.Equal(0UL, second.Index);

        swarm.Settle();
        swarm.Tick(2);
        Assert.Equal([4UL], first.Outcome.Result.Configuration.Learners.ToArray());
        Assert.Equal([4UL, 5UL], second.Outcome.Result.Configuration.Learners.ToArray());
        Assert.True(second.Index > first.Index);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10_000)]
    public void Checklist_31_the_members_come_back_from_the_log_and_the_snapshot_alone(int snapshotEntries)
    {
        SteppedSwarm swarm = new SteppedSwarm { SnapshotEntries = (ulong)snapshotEntries, KeptEntries = 0 }.Grow(3);
        SteppedSwarm.Change(swarm.Leader, ConfChangeKind.RemoveNode, 3);
        swarm.Settle();
        swarm.Leader.Create("a");
        swarm.Settle();
        MemberList before = swarm[2].Driver.Members;
        swarm.Crash(2);
        MemberList after = swarm.Restart(2).Driver.Members;
        Assert.Equal([1UL, 2UL], after.Configuration.Voters.ToArray());
        Assert.Equal([3UL], after.Removed.ToArray());
        Assert.Equal(before.Members.Values, after.Members.Values);
    }

    [Fact]
    public void Checklist_32_a_raft_id_is_never_used_again()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        SteppedSwarm.Change(swarm.Leader, ConfChangeKind.RemoveNode, 3);
        swarm.Settle();
        PendingChange again = SteppedSwarm.Change(swarm.Leader, ConfChangeKind.AddNode, 3);
        swarm.Settle();
        var refusal = Assert.IsType<RefusedException>(again.Outcome.Exception!.InnerException);
        Assert.Equal("membership: node was removed during cluster lifetime", refusal.Message);
        Assert.Equal([1UL, 2UL], swarm.Leader.Driver.Members.Configuration.Voters.ToArray());
    }

    [Fact]
    public void Checklist_32_a_removed_member_does_not_disturb_those_that_remain()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(4);
        swarm.Network.Isolate(4);
        SteppedSwarm.Change(swarm.Leader, ConfChangeKind.RemoveNode, 4);
        swarm.Settle();
        ulong term = swarm.Leader.Driver.Status.Value.Leadership.Term;
        swarm.Tick(30);
        swarm.Network.Heal();
        swarm.Tick(30);
        Assert.Equal(term, swarm.Leader.Driver.Status.Value.Leadership.Term);
    }

    [Fact]
    public void Checklist_33_a_learner_votes_only_when_it_has_caught_up()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        SteppedManager leader = swarm.Leader;
        swarm.Network.Cut(leader.Driver.RaftId, 4);
        PendingChange change = SteppedSwarm.Change(leader, ConfChangeKind.AddLearner, 4);
        swarm.Settle();
        Assert.Equal([4UL], change.Outcome.Result.Configuration.Learners.ToArray());
        swarm.Tick(20);
        Assert.Equal([4UL], leader.Driver.Members.Configuration.Learners.ToArray());
        Assert.DoesNotContain(4UL, leader.Driver.Members.Configuration.Voters);
    }

    [Fact]
    public async Task Checklist_34_a_leader_that_is_to_go_hands_over_first()
    {
        await using TestSwarm swarm = await TestSwarm.StartAsync(3);
        TestManager leader = await swarm.LeaderAsync();
        ulong id = leader.Driver.RaftId;
        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(
            () => leader.Membership.RemoveAsync(id, CancellationToken.None).WaitAsync(TestSwarm.Patience));
        Assert.Equal(ErrorKind.Unavailable, refused.Kind);
        TestManager next = await swarm.InsistAsync(
            manager => manager.Membership.RemoveAsync(id, CancellationToken.None));
        Assert.NotEqual(id, next.Driver.RaftId);
        Assert.DoesNotContain(id, next.Driver.Status.Value.Members.Configuration.Voters);
    }

    [Fact]
    public async Task Checklist_35_a_removal_that_could_not_be_decided_is_refused()
    {
        await using TestSwarm swarm = await TestSwarm.StartAsync(2);
        TestManager leader = await swarm.LeaderAsync();
        ulong other = swarm.Managers.Keys.Single(id => id != leader.Driver.RaftId);
        Assert.True(leader.Membership.CanRemove(other));

        // It is only out of reach: while one waited for its end, the leader alone might find that it leads no more.
        swarm.Network.Detach(other);
        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(
            () => leader.Membership.RemoveAsync(other, CancellationToken.None).WaitAsync(TestSwarm.Patience));
        Assert.Contains("removing it may result in loss of quorum", refused.Message);
    }

    [Fact]
    public void Checklist_36_a_leader_that_was_replaced_answers_no_read()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        SteppedManager old = swarm.Leader;
        swarm.Network.Isolate(old.Driver.RaftId);
        PendingRead read = old.Driver.Store.StartRead();
        swarm.Tick(20);
        SteppedManager next = swarm.Leader;
        Assert.NotEqual(old, next);
        StartedWrite<Secret> write = next.Create("new");
        swarm.Settle();
        Assert.True(write.Waits!.Outcome.IsCompletedSuccessfully);
        Assert.False(read.Outcome.IsCompletedSuccessfully);

        swarm.Network.Heal();
        swarm.Tick(20);
        if (read.Outcome.IsCompletedSuccessfully)
        {
            Assert.NotNull(read.Outcome.Result.Secrets.Named("new"));
        }
    }

    [Fact]
    public void Checklist_36_a_follower_reads_what_the_leader_has_acknowledged()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        SteppedManager leader = swarm.Leader;
        SteppedManager follower = swarm[leader.Driver.RaftId == 1 ? 2UL : 1UL];
        StartedWrite<Secret> write = leader.Create("a");
        PendingRead read = follower.Driver.Store.StartRead();
        swarm.Settle();
        swarm.Tick(2);
        Assert.True(write.Waits!.Outcome.IsCompletedSuccessfully);
        StoreSnapshot seen = read.Outcome.Result;
        PendingRead later = follower.Driver.Store.StartRead();
        swarm.Settle();
        swarm.Tick(2);
        Assert.NotNull(later.Outcome.Result.Secrets.Named("a"));
        Assert.True(later.Outcome.Result.Revision >= seen.Revision);
    }

    [Fact]
    public void Checklist_38_leadership_is_handed_over_without_losing_a_write()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        SteppedManager leader = swarm.Leader;
        StartedWrite<Secret> before = leader.Create("before");
        var transfer = new PendingTransfer(0);
        leader.Driver.Request(transfer);
        swarm.Settle();
        swarm.Tick(2);
        Assert.NotEqual(leader.Driver.RaftId, transfer.Outcome.Result);
        Assert.Equal(transfer.Outcome.Result, swarm.Leader.Driver.RaftId);
        bool isDone = before.Waits!.Outcome.IsCompletedSuccessfully;
        bool isRefused = !isDone && SteppedManager.RefusalOf(before.Waits).Kind == ErrorKind.Unavailable;
        Assert.True(!isDone || swarm.Leader.Has("before"));
        Assert.True(!isRefused || !swarm.Leader.Has("before"));
    }

    [Fact]
    public void Checklist_39_a_write_has_three_answers_and_no_other()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        SteppedManager leader = swarm.Leader;
        SteppedManager follower = swarm[leader.Driver.RaftId == 1 ? 2UL : 1UL];

        StartedWrite<Secret> done = leader.Create("done");
        swarm.Settle();
        Assert.True(done.Waits!.Outcome.IsCompletedSuccessfully);
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<RefusedException>(() => follower.Create("not")).Kind);

        swarm.Network.Isolate(leader.Driver.RaftId);
        StartedWrite<Secret> unknown = leader.Create("unknown");
        swarm.Tick(20);
        Assert.Equal(ErrorKind.OutcomeUnknown, SteppedManager.RefusalOf(unknown.Waits!).Kind);
        swarm.Network.Heal();
        swarm.Tick(20);
        Assert.False(swarm.Leader.Has("not"));
        Assert.True(swarm.Leader.Has("done"));
    }

    [Fact]
    public void Checklist_40_what_is_not_committed_is_seen_by_nobody()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        SteppedManager leader = swarm.Leader;
        leader.Create("a");
        Assert.False(leader.Has("a"));
        swarm.Settle();
        Assert.All(new[] { swarm[1], swarm[2], swarm[3] }, static manager => Assert.True(manager.Has("a")));
    }

    [Fact]
    public void Checklist_41_a_transaction_that_does_not_end_costs_the_leadership_only()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        SteppedManager leader = swarm.Leader;
        leader.Driver.Store.Start(change =>
        {
            // As long as this runs, the driver still steps: it never takes the writers' lock.
            leader.Driver.Report(new StoreWedged());
            swarm.Settle();
            swarm.Tick(2);
            Assert.NotEqual(leader, swarm.Leader);
            return true;
        });
        Assert.True(swarm.Leader.Create("a").IsOwn);
    }
}
