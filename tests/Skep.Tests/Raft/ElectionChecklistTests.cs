using Skep.Raft;

namespace Skep.Tests.Raft;

/// <summary>Items 1 to 8 of the implementer's checklist (docs/internals/raft.md): elections and terms.</summary>
public sealed class ElectionChecklistTests
{
    [Fact]
    public void Checklist_01_a_vote_leaves_only_in_the_ready_that_saves_it() => VoteIsSavedWithItsAnswer(default);

    [Fact]
    public void Checklist_01_our_own_vote_counts_only_when_it_is_saved()
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(1), [], HardState.Empty);
        core.Campaign();
        Ready ready = core.TakeReady();

        Assert.Equal(new HardState(1, 1, 0), ready.HardState);
        Assert.True(ready.MustSync);
        Assert.Equal(RaftRole.Candidate, core.Status.Role);

        core.Advance(ready);
        Assert.Equal(RaftRole.Leader, core.Status.Role);
    }

    [Fact]
    public void Checklist_01_a_restarted_member_does_not_vote_again_in_its_term() => VoteSurvivesARestart(default);

    [Fact]
    public void Checklist_02_one_vote_a_term_and_again_only_for_the_same_candidate()
    {
        RaftCore core = CoreLab.Fresh();
        core.Receive(CoreLab.AskVote(2, 1, 0, 0));
        Assert.False(CoreLab.Only(core).Reject);
        core.Receive(CoreLab.AskVote(3, 1, 0, 0));
        Assert.True(CoreLab.Only(core).Reject);
        core.Receive(CoreLab.AskVote(2, 1, 0, 0));
        Assert.False(CoreLab.Only(core).Reject);
    }

    [Theory]
    [InlineData(3, 1, false)] // A longer log of an older term loses,
    [InlineData(2, 2, true)] // the same log wins,
    [InlineData(3, 2, true)] // a longer one wins,
    [InlineData(1, 2, false)] // a shorter one loses,
    [InlineData(1, 3, true)] // and a later term beats any length.
    public void Checklist_02_the_candidates_log_must_be_as_up_to_date(ulong lastIndex, ulong lastTerm, bool isGranted)
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1, 2], new HardState(2, 0, 0));
        core.Receive(CoreLab.AskVote(2, 4, lastIndex, lastTerm));
        Assert.Equal(isGranted, !CoreLab.Only(core).Reject);
    }

    [Fact]
    public void Checklist_02_a_candidate_that_lacks_a_committed_entry_is_refused() => OldLogGetsNoVote(default);

    [Fact]
    public void Checklist_03_the_timeout_is_drawn_anew_from_T_to_2T_less_1()
    {
        var random = new Random(7);
        var seen = new SortedSet<int>();
        RaftCore core = CoreLab.Fresh(CoreLab.Options with { Random = random.Next });
        for (int round = 0; round < 300; round++)
        {
            ulong before = core.Status.Term;
            int ticks = 0;
            while (core.Status.Term == before)
            {
                core.Tick();
                ticks++;
            }

            seen.Add(ticks);
            CoreLab.Flush(core);
        }

        Assert.Equal(Enumerable.Range(CoreLab.Ticks, CoreLab.Ticks), seen);
    }

    [Fact]
    public void Checklist_03_a_candidate_that_gets_no_vote_does_not_keep_us_from_standing()
    {
        // Its clock is so fast that it always stands before our timeout, and its log is older than ours.
        RaftOptions slow = CoreLab.Options with { Random = _ => CoreLab.Ticks - 1 };
        RaftCore core = CoreLab.Core(slow, CoreLab.Voters(2), [1, 1], new HardState(1, 0, 0));
        for (ulong term = 2; term < 5; term++)
        {
            CoreLab.Tick(core, CoreLab.Ticks / 2);
            core.Receive(CoreLab.AskVote(2, term, 1, 1));
            Assert.True(CoreLab.Only(core).Reject);
        }

        CoreLab.Tick(core, CoreLab.Ticks / 2);
        Assert.Equal((RaftRole.Candidate, 5UL), (core.Status.Role, core.Status.Term));
    }

    [Fact]
    public void Checklist_04_a_pre_vote_changes_neither_term_nor_vote()
    {
        RaftCore core = CoreLab.Fresh(CoreLab.Options with { PreVote = true });
        core.Campaign();
        List<Message> asked = CoreLab.Flush(core);

        Assert.All(asked, it => Assert.Equal((MessageKind.PreVote, 1UL), (it.Kind, it.Term)));
        Assert.Equal((0UL, 0UL, RaftRole.PreCandidate), (core.Status.Term, core.Status.Vote, core.Status.Role));

        RaftCore asker = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1], new HardState(5, 0, 0));
        asker.Receive(CoreLab.From(2, MessageKind.PreVote, 6) with { Index = 1, LogTerm = 1 });
        Message grant = CoreLab.Only(asker);
        Assert.Equal((false, 6UL), (grant.Reject, grant.Term));
        Assert.Equal((5UL, 0UL), (asker.Status.Term, asker.Status.Vote));

        asker.Receive(CoreLab.From(3, MessageKind.PreVote, 6) with { Index = 0, LogTerm = 0 });
        Message refusal = CoreLab.Only(asker);
        Assert.Equal((true, 5UL), (refusal.Reject, refusal.Term));
    }

    [Fact]
    public void Checklist_04_late_answers_to_a_pre_vote_are_no_votes()
    {
        RaftCore core = CoreLab.Core(
            CoreLab.Options with { PreVote = true }, CoreLab.Voters(5), [], HardState.Empty);
        core.Campaign();
        CoreLab.Flush(core);
        core.Receive(CoreLab.From(2, MessageKind.PreVoteResponse, 1));
        core.Receive(CoreLab.From(3, MessageKind.PreVoteResponse, 1));
        Assert.Equal(RaftRole.Candidate, core.Status.Role);
        CoreLab.Flush(core);

        core.Receive(CoreLab.From(4, MessageKind.PreVoteResponse, 1));
        core.Receive(CoreLab.From(5, MessageKind.PreVoteResponse, 1));
        Assert.Equal(RaftRole.Candidate, core.Status.Role);
    }

    [Theory]
    [InlineData(MessageKind.Vote)]
    [InlineData(MessageKind.PreVote)]
    public void Checklist_05_who_hears_a_leader_ignores_candidates_except_for_a_transfer(MessageKind kind)
    {
        RaftCore core = CoreLab.Fresh(CoreLab.Options with { CheckQuorum = true });
        core.Receive(CoreLab.From(3, MessageKind.Heartbeat, 1));
        CoreLab.Flush(core);

        core.Receive(CoreLab.From(2, kind, 2));
        Assert.Empty(CoreLab.Flush(core));
        Assert.Equal(1UL, core.Status.Term);

        core.Receive(CoreLab.From(2, kind, 2) with { Context = "CampaignTransfer"u8.ToArray() });
        Assert.False(CoreLab.Only(core).Reject);
    }

    [Fact]
    public void Checklist_05_a_silent_leader_is_no_reason_to_refuse()
    {
        RaftCore core = CoreLab.Fresh(CoreLab.Options with { CheckQuorum = true, Random = _ => CoreLab.Ticks - 1 });
        core.Receive(CoreLab.From(3, MessageKind.Heartbeat, 1));
        CoreLab.Flush(core);
        CoreLab.Tick(core, CoreLab.Ticks);
        core.Receive(CoreLab.AskVote(2, 2, 0, 0));
        Assert.False(CoreLab.Only(core).Reject);
    }

    [Fact]
    public void Checklist_05_a_leader_without_a_quorum_for_T_steps_down()
    {
        RaftCore core = CoreLab.SettledLeader(CoreLab.Options with { CheckQuorum = true });
        CoreLab.Tick(core, CoreLab.Ticks);
        Assert.Equal(RaftRole.Leader, core.Status.Role); // Member 2 was heard in this stretch.
        CoreLab.Tick(core, CoreLab.Ticks);
        Assert.Equal((RaftRole.Follower, 0UL, 1UL), (core.Status.Role, core.Status.Leader, core.Status.Term));
    }

    [Fact]
    public void Checklist_06_an_old_leader_is_answered_so_that_nobody_stays_stuck()
    {
        var cluster = new RaftCluster(3, adjust: it => it with { PreVote = false });
        cluster.Elect(1);
        cluster.Cut(3);
        cluster[3].Core.Campaign();
        cluster[3].Core.Campaign();
        cluster.Settle();
        ulong ahead = cluster[3].Core.Status.Term;
        Assert.True(ahead > cluster[1].Core.Status.Term);

        // Its term is ahead: it follows nobody, and the lease of the others lets it win nothing.
        cluster.Heal();
        cluster.TickAll(3 * RaftCluster.ElectionTicks);
        ulong leader = cluster.Leader();
        Assert.All(cluster.Members.Keys, id => Assert.Equal(leader, cluster[id].Core.Status.Leader));
        Assert.True(cluster[leader].Core.Status.Term > ahead);
    }

    [Fact]
    public void Checklist_06_an_old_pre_vote_is_refused_and_not_dropped()
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1], new HardState(5, 0, 0));
        core.Receive(CoreLab.From(2, MessageKind.PreVote, 3) with { Index = 9, LogTerm = 2 });
        Message answer = CoreLab.Only(core);
        Assert.Equal((MessageKind.PreVoteResponse, true, 5UL), (answer.Kind, answer.Reject, answer.Term));
    }

    [Fact]
    public void Checklist_07_a_candidate_follows_the_leader_of_its_own_term()
    {
        RaftCore core = CoreLab.Fresh();
        core.Campaign();
        CoreLab.Flush(core);
        core.Receive(CoreLab.Append(2, 1, 0, 0, 1));
        Assert.Equal((RaftRole.Follower, 2UL, 1UL), (core.Status.Role, core.Status.Leader, core.Status.Term));
    }

    [Fact]
    public void Checklist_07_a_second_leader_in_our_term_ends_the_process()
    {
        RaftCore core = CoreLab.Leader();
        Assert.ThrowsAny<Exception>(() => core.Receive(CoreLab.From(2, MessageKind.Heartbeat, 1)));
    }

    [Fact]
    public void Checklist_08_nobody_stands_with_a_configuration_change_still_to_apply()
    {
        ReadOnlyMemory<byte> change = ConfChangeWire.Write(new ConfChange(1, ConfChangeKind.AddNode, 4, default));
        var core = new RaftCore(
            CoreLab.Options, new HardState(1, 0, 1), CoreLab.Voters(3), null,
            [new Entry(1, 1, EntryKind.ConfChange, change)], applied: 0);
        core.Campaign();
        Assert.Equal(RaftRole.Follower, core.Status.Role);

        CoreLab.Flush(core);
        core.Campaign();
        Assert.Equal(RaftRole.Candidate, core.Status.Role);
    }

    [Fact]
    public void Checklist_08_nobody_stands_while_a_snapshot_is_being_installed()
    {
        RaftCore core = CoreLab.Fresh();
        var meta = new SnapshotMeta(10, 1, CoreLab.Voters(3));
        core.Receive(CoreLab.From(2, MessageKind.Snapshot, 1) with { Snapshot = new Snapshot(meta, default) });
        core.Campaign();
        Assert.Equal(RaftRole.Follower, core.Status.Role);

        CoreLab.Flush(core);
        core.Campaign();
        Assert.Equal(RaftRole.Candidate, core.Status.Role);
    }

    internal static void VoteIsSavedWithItsAnswer(RaftMutant mutant)
    {
        RaftCore core = CoreLab.Fresh(mutant: mutant);
        core.Receive(CoreLab.AskVote(2, 1, 0, 0));
        Ready ready = core.TakeReady();
        Assert.Equal(MessageKind.VoteResponse, Assert.Single(ready.Messages).Kind);
        Assert.Equal(new HardState(1, 2, 0), ready.HardState);
        Assert.True(ready.MustSync);
    }

    internal static void VoteSurvivesARestart(RaftMutant mutant)
    {
        var cluster = new RaftCluster(
            3, adjust: it => it with { PreVote = false, CheckQuorum = false }, mutant: mutant);
        foreach (ulong candidate in new[] { 1UL, 3UL })
        {
            cluster[candidate].Core.Campaign();
            cluster.DoReady(candidate);
        }

        // Member 2 votes for 1, restarts, and hears 3 ask in the same term.
        cluster.Settle(it => it.To == 2 && it.From == 1);
        Message granted = cluster.Sent.Single(it => it is { Kind: MessageKind.VoteResponse, From: 2, Reject: false });
        cluster[2].Crash();
        cluster[2].Restart();
        cluster[2].Core.Receive(cluster.Sent.Single(it => it is { Kind: MessageKind.Vote, From: 3, To: 2 }));
        cluster.DoReady(2);
        cluster[1].Core.Receive(granted);
        cluster.Settle();

        IEnumerable<RaftMember> leaders = cluster.Members.Values
            .Where(it => it.Core.Status is { Role: RaftRole.Leader, Term: 2 });
        Assert.Single(leaders);
    }

    internal static void OldLogGetsNoVote(RaftMutant mutant)
    {
        var cluster = new RaftCluster(3, mutant: mutant);
        cluster.Elect(1);
        cluster.Cut(3);
        cluster.Propose(1, "committed");
        cluster.Settle();
        Assert.Equal("committed", cluster.Texts(1));

        cluster.Heal();
        cluster[1].Crash();
        cluster[2].Core.ForgetLeader();
        cluster[3].Core.Campaign();
        cluster.Settle();
        Assert.NotEqual(RaftRole.Leader, cluster[3].Core.Status.Role);
    }
}
