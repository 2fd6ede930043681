using Skep.Raft;

namespace Skep.Tests.Raft;

/// <summary>Items 9 to 19 of the implementer's checklist: the log and what is committed.</summary>
public sealed class LogChecklistTests
{
    [Fact]
    public void Checklist_09_a_new_leader_appends_an_entry_of_its_term() => LeaderBeginsItsTerm(default);

    [Fact]
    public void Checklist_09_no_size_limit_refuses_a_leaders_first_entry()
    {
        RaftCore core = CoreLab.SettledLeader(CoreLab.Options with { UncommittedBytesMax = 1 });
        Assert.IsType<ProposeResult.Accepted>(core.Propose(RaftCluster.Bytes("large, but nothing waits")));
        Assert.Equal(
            new ProposeResult.Dropped(DropReason.TooMuchUncommitted), core.Propose(RaftCluster.Bytes("more")));
        Assert.IsType<ProposeResult.Accepted>(core.Propose(ReadOnlyMemory<byte>.Empty));
    }

    [Fact]
    public void Checklist_10_only_entries_of_the_current_term_are_committed_by_counting() => Figure8(default);

    [Fact]
    public void Checklist_11_a_short_or_late_append_removes_nothing() => LateAppendRemovesNothing(default);

    [Fact]
    public void Checklist_11_a_real_conflict_replaces_from_there_on()
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1, 1, 2, 2], new HardState(2, 0, 1));
        core.Receive(CoreLab.Append(2, 3, 2, 1, 3));
        Ready ready = core.TakeReady();
        Assert.Equal(CoreLab.Entries(3, [3]).ToArray(), ready.Entries.ToArray());
        Assert.Equal(3UL, core.Status.LastIndex);
    }

    [Fact]
    public void Checklist_11_a_conflict_below_the_commit_ends_the_process()
    {
        var log = new RaftLog(null, CoreLab.Entries(1, [1, 1, 1]), commit: 3, applied: 0);
        Assert.ThrowsAny<Exception>(
            () => log.TryAppend(1, 1, CoreLab.Entries(2, [2]), truncateAlways: false));
    }

    [Fact]
    public void Checklist_12_an_append_below_the_commit_is_answered_with_the_commit()
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1, 1, 1], new HardState(1, 0, 3));
        core.Receive(CoreLab.Append(2, 2, 1, 1, 1));
        Message answer = CoreLab.Only(core);
        Assert.Equal((false, 3UL), (answer.Reject, answer.Index));
    }

    [Fact]
    public void Checklist_13_the_commit_reaches_no_further_than_the_message()
    {
        // Entry 3 here is another than the leader's, which has committed up to 3.
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1, 1, 1], new HardState(1, 0, 0));
        core.Receive(CoreLab.Append(2, 2, 1, 1, 1) with { Commit = 3 });
        CoreLab.Flush(core);
        Assert.Equal(2UL, core.Status.Commit);
    }

    [Fact]
    public void Checklist_13_the_commit_never_falls()
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1, 1], new HardState(1, 0, 2));
        core.Receive(CoreLab.From(2, MessageKind.Heartbeat, 1) with { Commit = 1 });
        Assert.Equal(2UL, core.Status.Commit);
    }

    [Fact]
    public void Checklist_13_a_commit_beyond_the_log_ends_the_process()
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1, 1], new HardState(1, 0, 2));
        Exception error = Assert.ThrowsAny<Exception>(
            () => core.Receive(CoreLab.From(2, MessageKind.Heartbeat, 1) with { Commit = 3 }));
        Assert.Contains("corrupted, truncated or lost", error.Message);
        Assert.Contains("corrupted, truncated or lost", Assert.ThrowsAny<Exception>(
            () => CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1, 1], new HardState(1, 0, 3))).Message);
    }

    [Fact]
    public void Checklist_14_a_heartbeat_tells_no_more_than_its_follower_has()
    {
        RaftCore core = CoreLab.SettledLeader();
        core.Tick();
        List<Message> heartbeats = CoreLab.Flush(core);
        Assert.Equal(1UL, heartbeats.Single(it => it.To == 2).Commit);
        Assert.Equal(0UL, heartbeats.Single(it => it.To == 3).Commit);
    }

    [Theory]
    [InlineData(new ulong[] { 1, 3, 3, 3, 5, 5, 5, 5, 5 }, new ulong[] { 1, 1, 1, 1, 2, 2 })]
    [InlineData(new ulong[] { 1, 3, 3, 3, 3, 3, 3, 3, 7 }, new ulong[] { 1, 3, 3, 4, 4, 5, 5, 5, 6 })]
    [InlineData(new ulong[] { 1, 2, 2, 2, 4, 4, 4 }, new ulong[] { 1, 3, 3, 3, 3 })]
    public void Checklist_15_logs_meet_within_a_probe_a_term(ulong[] leaders, ulong[] followers)
    {
        // Both are members of three; the third is silent, and votes for the leader only.
        RaftCore follower = CoreLab.Core(
            CoreLab.Options with { Id = 2 }, CoreLab.Voters(3), followers, new HardState(7, 0, 1));
        RaftCore leader = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), leaders, new HardState(7, 0, 1));
        leader.Campaign();
        CoreLab.Flush(leader);
        leader.Receive(CoreLab.From(3, MessageKind.VoteResponse, 8));

        int probes = Converse(leader, follower);
        Assert.InRange(probes, 1, leaders.Concat(followers).Distinct().Count());
        Assert.Equal(leader.Status.LastIndex, leader.Status.Followers[1].Match);
    }

    [Fact]
    public void Checklist_15_ten_thousand_stray_entries_take_one_probe_a_term()
    {
        ulong[] stray = [1, .. Enumerable.Repeat(2UL, 10_000)];
        RaftCore follower = CoreLab.Core(
            CoreLab.Options with { Id = 2 }, CoreLab.Voters(3), stray, new HardState(2, 0, 1));
        RaftCore leader = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1, 1, 1], new HardState(2, 0, 1));
        leader.Campaign();
        CoreLab.Flush(leader);
        leader.Receive(CoreLab.From(3, MessageKind.VoteResponse, 3));

        Assert.InRange(Converse(leader, follower), 1, 3);
        Assert.Equal(4UL, follower.Status.LastIndex);
    }

    internal static void LeaderBeginsItsTerm(RaftMutant mutant)
    {
        var cluster = new RaftCluster(3, mutant: mutant);
        cluster.Elect(1);
        Assert.Equal((2UL, 2UL, ""), Assert.Single(cluster[1].Applied));
    }

    /// <summary>The raft paper's figure 8, up to the point where counting an old entry would lose it again.</summary>
    internal static void Figure8(RaftMutant mutant)
    {
        // The leader of term 2 left entry 2 here and on member 2; as leader of term 4 we bring it to a majority.
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(5), [1, 2], new HardState(3, 0, 1), mutant);
        core.Campaign();
        CoreLab.Flush(core);
        core.Receive(CoreLab.From(2, MessageKind.VoteResponse, 4));
        core.Receive(CoreLab.From(3, MessageKind.VoteResponse, 4));
        CoreLab.Flush(core);
        core.Receive(CoreLab.Ack(2, 4, 2));
        core.Receive(CoreLab.Ack(3, 4, 2));
        CoreLab.Flush(core);
        Assert.Equal(1UL, core.Status.Commit);

        // One of our own term, on a majority, settles both.
        core.Receive(CoreLab.Ack(2, 4, 3));
        core.Receive(CoreLab.Ack(3, 4, 3));
        CoreLab.Flush(core);
        Assert.Equal(3UL, core.Status.Commit);
    }

    internal static void LateAppendRemovesNothing(RaftMutant mutant)
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [], HardState.Empty, mutant);
        core.Receive(CoreLab.Append(2, 1, 0, 0, 1, 1, 1));
        Assert.Equal(3UL, CoreLab.Only(core).Index);

        // The first append again, as the network doubles it, and an empty one.
        core.Receive(CoreLab.Append(2, 1, 0, 0, 1));
        core.Receive(CoreLab.Append(2, 1, 1, 1));
        Assert.Equal(3UL, core.Status.LastIndex);
    }

    private static int Converse(RaftCore leader, RaftCore follower)
    {
        int probes = 0;
        for (int round = 0; round < 100; round++)
        {
            List<Message> sent = [.. CoreLab.Flush(leader).Where(it => it.To == 2)];
            if (sent.Count == 0)
            {
                return probes;
            }

            probes += sent.Count(it => it.Kind == MessageKind.Append && it.Index >= leader.Status.Followers[1].Match);
            sent.ForEach(follower.Receive);
            List<Message> answers = CoreLab.Flush(follower);
            probes -= answers.Count(it => !it.Reject);
            answers.ForEach(leader.Receive);
        }

        return probes;
    }
}
