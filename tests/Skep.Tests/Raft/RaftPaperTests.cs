using Skep.Raft;

namespace Skep.Tests.Raft;

/// <summary>
/// What "In Search of an Understandable Consensus Algorithm (Extended Version)" says, section by section; sections of
/// Ongaro's thesis are marked as such.
/// </summary>
public sealed class RaftPaperTests
{
    // 5.1: if one server's current term is smaller than the other's, then it updates its current term.
    [Theory]
    [InlineData(MessageKind.Append)]
    [InlineData(MessageKind.Heartbeat)]
    [InlineData(MessageKind.Vote)]
    [InlineData(MessageKind.AppendResponse)]
    [InlineData(MessageKind.HeartbeatResponse)]
    [InlineData(MessageKind.VoteResponse)]
    public void Section_5_1_a_larger_term_is_taken_over_and_ends_leadership(MessageKind kind)
    {
        RaftCore core = CoreLab.SettledLeader();
        core.Receive(CoreLab.From(2, kind, 7));
        Assert.Equal((7UL, RaftRole.Follower), (core.Status.Term, core.Status.Role));
    }

    // 5.1: if a server receives a request with a stale term number, it rejects the request.
    [Fact]
    public void Section_5_1_messages_of_an_old_term_change_nothing()
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1, 2], new HardState(3, 0, 0));
        core.Receive(CoreLab.Append(2, 2, 2, 2, 2) with { Commit = 2 });
        core.Receive(CoreLab.AskVote(2, 2, 9, 9));
        Assert.Equal((2UL, 0UL, 0UL), (core.Status.LastIndex, core.Status.Commit, core.Status.Leader));
        Assert.Empty(CoreLab.Flush(core));
    }

    // 5.2: when servers start up, they begin as followers.
    [Fact]
    public void Section_5_2_a_server_begins_as_follower() =>
        Assert.Equal(RaftRole.Follower, CoreLab.Fresh().Status.Role);

    // 5.2: leaders send periodic heartbeats to all followers.
    [Fact]
    public void Section_5_2_a_leader_sends_heartbeats_every_interval()
    {
        RaftCore core = CoreLab.SettledLeader(CoreLab.Options with { HeartbeatTicks = 3 });
        CoreLab.Tick(core, 2);
        Assert.Empty(CoreLab.Flush(core));
        CoreLab.Tick(core, 1);
        Assert.Equal([2, 3], CoreLab.Flush(core).Select(it => (int)it.To));
    }

    // 5.2: to begin an election, a follower increments its term, votes for itself and asks the others in parallel.
    [Fact]
    public void Section_5_2_a_silent_election_timeout_begins_an_election()
    {
        RaftCore core = CoreLab.Fresh();
        CoreLab.Tick(core, CoreLab.Ticks);
        Assert.Equal((RaftRole.Candidate, 1UL, 1UL), (core.Status.Role, core.Status.Term, core.Status.Vote));
        Assert.Equal([2UL, 3UL], CoreLab.Flush(core).Where(it => it.Kind == MessageKind.Vote).Select(it => it.To));
    }

    // 5.2: a candidate wins with votes from a majority of the full cluster for the same term.
    [Theory]
    [InlineData(1, 0, 0, RaftRole.Leader)]
    [InlineData(3, 1, 0, RaftRole.Leader)]
    [InlineData(3, 0, 1, RaftRole.Candidate)]
    [InlineData(3, 0, 2, RaftRole.Follower)]
    [InlineData(4, 1, 0, RaftRole.Candidate)]
    [InlineData(4, 2, 1, RaftRole.Leader)]
    [InlineData(5, 1, 2, RaftRole.Candidate)]
    [InlineData(5, 2, 0, RaftRole.Leader)]
    [InlineData(5, 1, 3, RaftRole.Follower)]
    [InlineData(7, 3, 3, RaftRole.Leader)]
    public void Section_5_2_a_majority_of_all_voters_decides(int voters, int granted, int refused, RaftRole outcome)
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(voters), [], HardState.Empty);
        core.Campaign();
        CoreLab.Flush(core);
        for (int vote = 0; vote < granted + refused; vote++)
        {
            Message answer = CoreLab.From((ulong)(2 + vote), MessageKind.VoteResponse, 1);
            core.Receive(answer with { Reject = vote >= granted });
        }

        Assert.Equal(outcome, core.Status.Role);
    }

    // 5.2: a vote counts once, however often it is delivered.
    [Fact]
    public void Section_5_2_a_repeated_vote_counts_once()
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(5), [], HardState.Empty);
        core.Campaign();
        CoreLab.Flush(core);
        for (int copy = 0; copy < 5; copy++)
        {
            core.Receive(CoreLab.From(2, MessageKind.VoteResponse, 1));
        }

        Assert.Equal(RaftRole.Candidate, core.Status.Role);
    }

    // 5.2: with split votes each candidate times out and starts a new election.
    [Fact]
    public void Section_5_2_a_candidate_without_an_outcome_begins_again()
    {
        RaftCore core = CoreLab.Fresh();
        CoreLab.Tick(core, CoreLab.Ticks);
        CoreLab.Flush(core);
        CoreLab.Tick(core, CoreLab.Ticks);
        Assert.Equal((RaftRole.Candidate, 2UL), (core.Status.Role, core.Status.Term));
    }

    // 5.2: randomised timeouts make split votes rare.
    [Fact]
    public void Section_5_2_randomised_timeouts_settle_most_elections_at_once()
    {
        int settled = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            var cluster = new RaftCluster(5, adjust: it => it with { PreVote = false }, seed: seed);
            cluster.TickAll(2 * RaftCluster.ElectionTicks);
            settled += cluster.Leader() != 0 ? 1 : 0;
        }

        Assert.InRange(settled, 60, 100);
    }

    // 5.3: the leader appends to its log and sends the entry to each other server.
    [Fact]
    public void Section_5_3_a_proposal_goes_into_the_log_and_to_all()
    {
        RaftCore core = CoreLab.SettledLeader();
        core.Receive(CoreLab.Ack(3, 1, 1));
        CoreLab.Flush(core);
        core.Propose(RaftCluster.Bytes("a"));
        Ready ready = core.TakeReady();
        var entry = new Entry(1, 2, EntryKind.Normal, RaftCluster.Bytes("a"));
        Assert.Equal(entry, Assert.Single(ready.Entries));
        Assert.All(ready.Messages, it => Assert.Equal(
            (MessageKind.Append, 1UL, 1UL, entry), (it.Kind, it.Index, it.LogTerm, Assert.Single(it.Entries))));
        Assert.Equal(2, ready.Messages.Length);
    }

    // 5.3: an entry is committed once a majority has it, and that commits all before it.
    [Theory]
    [InlineData(3, 1, true)]
    [InlineData(5, 1, false)]
    [InlineData(5, 2, true)]
    [InlineData(7, 3, true)]
    public void Section_5_3_a_majority_commits(int voters, int acks, bool isCommitted)
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(voters), [], HardState.Empty);
        core.Campaign();
        CoreLab.Flush(core);
        for (ulong voter = 2; voter <= (ulong)voters; voter++)
        {
            core.Receive(CoreLab.From(voter, MessageKind.VoteResponse, 1));
        }

        CoreLab.Flush(core);
        for (int ack = 0; ack < acks; ack++)
        {
            core.Receive(CoreLab.Ack((ulong)(2 + ack), 1, 1));
        }

        Assert.Equal(isCommitted ? 1UL : 0UL, core.Status.Commit);
    }

    // 5.3: the leader tells followers the highest index it knows to be committed, in appends and heartbeats.
    [Fact]
    public void Section_5_3_followers_learn_of_the_commit_and_apply_in_order()
    {
        var cluster = new RaftCluster(3);
        cluster.Elect(1);
        cluster.Propose(1, "a");
        cluster.Propose(1, "b");
        cluster.Settle();
        Assert.All(cluster.Members.Keys, id => Assert.Equal("a b", cluster.Texts(id)));
    }

    // 5.3: the consistency check: an append whose preceding entry is not there is refused.
    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1, 1, false)]
    [InlineData(2, 2, false)]
    [InlineData(2, 1, true)]
    [InlineData(3, 3, true)]
    public void Section_5_3_an_append_that_does_not_fit_is_refused(ulong index, ulong term, bool isRefused)
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1, 2], new HardState(2, 0, 0));
        core.Receive(CoreLab.Append(2, 3, index, term));
        Assert.Equal(isRefused, CoreLab.Only(core).Reject);
    }

    // 5.3: figure 7. A leader of term 8 brings every follower's log into agreement with its own.
    [Theory]
    [InlineData(new ulong[] { 1, 1, 1, 4, 4, 5, 5, 6, 6 })]
    [InlineData(new ulong[] { 1, 1, 1, 4 })]
    [InlineData(new ulong[] { 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6 })]
    [InlineData(new ulong[] { 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7 })]
    [InlineData(new ulong[] { 1, 1, 1, 4, 4, 4, 4 })]
    [InlineData(new ulong[] { 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3 })]
    public void Section_5_3_figure_7_logs_are_brought_into_agreement(ulong[] follower)
    {
        ulong[] leaders = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), leaders, new HardState(7, 0, 0));
        RaftCore other = CoreLab.Core(
            CoreLab.Options with { Id = 2 }, CoreLab.Voters(3), follower, new HardState(7, 0, 0));
        core.Campaign();
        CoreLab.Flush(core);
        core.Receive(CoreLab.From(3, MessageKind.VoteResponse, 8));
        for (int round = 0; round < 20; round++)
        {
            CoreLab.Flush(core).Where(it => it.To == 2).ToList().ForEach(other.Receive);
            CoreLab.Flush(other).ForEach(core.Receive);
        }

        Assert.Equal((11UL, 11UL), (other.Status.LastIndex, core.Status.Followers[1].Match));
        Assert.Equal(11UL, other.Status.Commit);
    }

    // 5.4.1: a candidate's log must be at least as up-to-date as the voter's; see Checklist_02 for all cases.
    [Fact]
    public void Section_5_4_1_an_elected_leader_holds_all_committed_entries()
    {
        var cluster = new RaftCluster(5);
        cluster.Elect(1);
        cluster.Cut(4);
        cluster.Cut(5);
        cluster.Propose(1, "committed");
        cluster.Settle();
        cluster.Heal();
        cluster[1].Crash();
        cluster.TickAll(5 * RaftCluster.ElectionTicks);
        Assert.Contains(cluster.Leader(), new ulong[] { 2, 3 });
        Assert.Equal("committed", cluster.Texts(5));
    }

    // 5.4.2: only entries of the leader's current term are committed by counting replicas.
    [Fact]
    public void Section_5_4_2_old_entries_are_committed_with_a_new_one() => LogChecklistTests.Figure8(RaftMutant.None);

    // 5.5: requests may be repeated; a follower that has the entries already ignores them.
    [Fact]
    public void Section_5_5_a_repeated_append_is_harmless()
    {
        RaftCore core = CoreLab.Fresh();
        for (int copy = 0; copy < 3; copy++)
        {
            core.Receive(CoreLab.Append(2, 1, 0, 0, 1, 1) with { Commit = 1 });
        }

        Assert.Equal(2, core.TakeReady().Entries.Length);
    }

    // 6 and thesis 4.2.3: removed servers must not disturb; who hears a leader does not answer candidates.
    [Fact]
    public void Section_6_a_removed_server_does_not_disturb_the_others()
    {
        var cluster = new RaftCluster(4, adjust: it => it with { PreVote = false });
        cluster.Elect(1);
        ulong term = cluster[1].Core.Status.Term;
        cluster.CutLink(1, 4);
        cluster[1].Core.ProposeConfChange(new ConfChange(1, ConfChangeKind.RemoveNode, 4, default));
        cluster.TickAll(10 * RaftCluster.ElectionTicks);
        Assert.True(cluster[4].Core.Status.Term > term);
        Assert.Equal((1UL, term), (cluster.Members[1].Core.Status.Leader, cluster[1].Core.Status.Term));
    }

    // 7: a snapshot that holds more than the receiver's log replaces it; otherwise what follows it is kept.
    [Fact]
    public void Section_7_a_lagging_server_is_brought_up_by_snapshot()
    {
        var cluster = new RaftCluster(3);
        cluster.Elect(1);
        cluster[3].Crash();
        for (int number = 0; number < 10; number++)
        {
            cluster.Propose(1, $"{number}");
        }

        cluster.Settle();
        cluster[1].TakeSnapshot(keepEntries: 0);
        cluster[3].Restart();
        cluster.TickAll(3);
        Assert.Equal(cluster.Texts(1), cluster.Texts(3));
    }

    // Thesis 3.10: leadership transfer. Thesis 6.4: reads without the log. See Checklist_36 and Checklist_38.
    [Fact]
    public void Thesis_3_10_a_transfer_takes_one_round_and_no_timeout()
    {
        var cluster = new RaftCluster(3);
        cluster.Elect(1);
        cluster[1].Core.TransferLeadership(2);
        cluster.Settle();
        Assert.Equal(2UL, cluster.Leader());
    }

    [Fact]
    public void Thesis_6_4_a_read_costs_a_round_of_heartbeats_and_no_entry()
    {
        var cluster = new RaftCluster(3);
        cluster.Elect(1);
        cluster.Propose(1, "a");
        cluster.Settle();
        ulong last = cluster[1].Core.Status.LastIndex;
        cluster[1].Core.ReadIndex(RaftCluster.Bytes("r"));
        cluster.Settle();
        Assert.Equal(new ReadState(last, RaftCluster.Bytes("r")), Assert.Single(cluster[1].Reads));
        Assert.Equal(last, cluster[1].Core.Status.LastIndex);
    }
}
