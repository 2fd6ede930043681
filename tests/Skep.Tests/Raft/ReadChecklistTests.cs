using Skep.Raft;

namespace Skep.Tests.Raft;

/// <summary>Items 36 to 39 of the implementer's checklist that the core decides: reads, transfers, proposals.</summary>
public sealed class ReadChecklistTests
{
    [Fact]
    public void Checklist_36_no_read_before_an_entry_of_the_term_is_committed() => ReadWaitsForTheTerm(default);

    [Fact]
    public void Checklist_36_a_single_manager_waits_for_its_term_too()
    {
        // Its commit was not synced: after a restart it knows of less than it acknowledged.
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(1), [1, 1], new HardState(1, 1, 1));
        core.Campaign();
        core.Advance(core.TakeReady());
        Assert.True(core.ReadIndex(RaftCluster.Bytes("r")));
        Ready saving = core.TakeReady();
        Assert.Empty(saving.Reads);
        core.Advance(saving);
        Assert.Equal(3UL, Assert.Single(core.TakeReady().Reads).Index);
    }

    [Fact]
    public void Checklist_36_a_read_is_confirmed_by_heartbeats_sent_after_it_came() =>
        OldHeartbeatsConfirmNothing(default);

    [Fact]
    public void Checklist_36_a_deposed_leader_answers_no_read()
    {
        var cluster = new RaftCluster(3);
        cluster.Elect(1);
        cluster.Cut(1);
        cluster[2].Core.ForgetLeader();
        cluster[3].Core.ForgetLeader();
        cluster.Elect(2);
        cluster.Propose(2, "newer");
        cluster.Settle();

        Assert.True(cluster[1].Core.ReadIndex(RaftCluster.Bytes("r")));
        cluster.Settle();
        Assert.Empty(cluster[1].Reads);
        cluster.Heal();
        cluster.TickAll(2);
        Assert.Empty(cluster[1].Reads);
    }

    [Fact]
    public void Checklist_36_many_reads_share_a_round_of_heartbeats()
    {
        RaftCore core = CoreLab.SettledLeader();
        for (int number = 0; number < 100; number++)
        {
            core.ReadIndex(RaftCluster.Bytes($"{number}"));
        }

        List<Message> heartbeats = CoreLab.Flush(core);
        Assert.Equal(2, heartbeats.Count);
        core.Receive(CoreLab.From(2, MessageKind.HeartbeatResponse, 1) with { Context = heartbeats[0].Context });
        Assert.Equal(100, core.TakeReady().Reads.Length);
    }

    [Fact]
    public void Checklist_36_a_followers_read_goes_to_the_leader_and_back()
    {
        var cluster = new RaftCluster(3);
        cluster.Elect(1);
        cluster.Propose(1, "a");
        cluster.Settle();
        Assert.True(cluster[3].Core.ReadIndex(RaftCluster.Bytes("r")));
        cluster.Settle();
        Assert.Equal(new ReadState(3, RaftCluster.Bytes("r")), Assert.Single(cluster[3].Reads));
    }

    [Fact]
    public void Checklist_36_without_a_leader_or_room_a_read_is_refused_at_once()
    {
        Assert.False(CoreLab.Fresh().ReadIndex(RaftCluster.Bytes("r")));
        RaftCore core = CoreLab.SettledLeader(CoreLab.Options with { WaitingReadsMax = 1 });
        Assert.True(core.ReadIndex(RaftCluster.Bytes("r")));
        Assert.False(core.ReadIndex(RaftCluster.Bytes("s")));
    }

    [Fact]
    public void Checklist_37_no_read_trusts_the_clock()
    {
        RaftCore core = CoreLab.SettledLeader(CoreLab.Options with { CheckQuorum = true });
        core.ReadIndex(RaftCluster.Bytes("r"));
        Ready ready = core.TakeReady();
        Assert.Empty(ready.Reads);
        Assert.All(ready.Messages, it => Assert.False(it.Context.IsEmpty));
    }

    [Fact]
    public void Checklist_38_a_transfer_stops_proposals_and_waits_for_the_log()
    {
        RaftCore core = CoreLab.SettledLeader();
        core.Propose(RaftCluster.Bytes("a"));
        CoreLab.Flush(core);
        Assert.True(core.TransferLeadership(2));
        Assert.DoesNotContain(CoreLab.Flush(core), it => it.Kind == MessageKind.TimeoutNow);
        Assert.Equal(new ProposeResult.Dropped(DropReason.TransferInProgress), core.Propose(RaftCluster.Bytes("b")));

        core.Receive(CoreLab.Ack(2, 1, 2));
        Assert.Contains(CoreLab.Flush(core), it => it is { Kind: MessageKind.TimeoutNow, To: 2 });
    }

    [Fact]
    public void Checklist_38_a_transfer_is_given_up_after_T()
    {
        RaftCore core = CoreLab.SettledLeader();
        core.TransferLeadership(3);
        CoreLab.Tick(core, CoreLab.Ticks);
        Assert.Equal(0UL, core.Status.TransferringTo);
        Assert.IsType<ProposeResult.Accepted>(core.Propose(RaftCluster.Bytes("b")));
    }

    [Fact]
    public void Checklist_38_only_a_voter_takes_over()
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, new ConfState([1], [2]), [], HardState.Empty);
        core.Campaign();
        CoreLab.Flush(core);
        Assert.False(core.TransferLeadership(2));
        Assert.False(core.TransferLeadership(1));
        Assert.False(core.TransferLeadership(9));
    }

    [Fact]
    public void Checklist_38_a_transfer_skips_pre_vote_and_lease_and_loses_nothing()
    {
        var cluster = new RaftCluster(3);
        cluster.Elect(1);
        cluster.Propose(1, "a");
        cluster.Settle();
        cluster.Propose(1, "b");
        Assert.True(cluster[1].Core.TransferLeadership(3));
        cluster.Settle();
        Assert.Equal(3UL, cluster.Leader());
        Assert.Equal("a b", cluster.Texts(3));
        Assert.Equal((RaftRole.Follower, 0UL), (cluster[1].Core.Status.Role, cluster[1].Core.Status.TransferringTo));
        Assert.Single(cluster.Sent, it => it.Kind == MessageKind.TimeoutNow);
    }

    [Fact]
    public void Checklist_39_a_follower_refuses_proposals_and_names_the_leader()
    {
        var cluster = new RaftCluster(3);
        cluster.Elect(1);
        Assert.Equal(new ProposeResult.NotLeader(1), cluster.Propose(2, "x"));
        Assert.False(cluster[2].Core.HasReady);
    }

    [Fact]
    public void Checklist_39_an_accepted_proposal_is_known_again_by_index_and_term()
    {
        var cluster = new RaftCluster(3);
        cluster.Elect(1);
        cluster.Cut(1);
        var lost = Assert.IsType<ProposeResult.Accepted>(cluster.Propose(1, "lost"));
        cluster.DoReadies();
        cluster[2].Core.ForgetLeader();
        cluster[3].Core.ForgetLeader();
        cluster.Elect(2);
        cluster.Propose(2, "kept");
        cluster.Heal();
        cluster.TickAll(2);

        (ulong index, ulong term, string text) = cluster[1].Applied.Single(it => it.Index == lost.Index);
        Assert.NotEqual((lost.Index, lost.Term), (index, term));
        Assert.NotEqual("lost", text);
    }

    internal static void ReadWaitsForTheTerm(RaftMutant mutant)
    {
        // Entry 2 was committed by an earlier leader; we have it, and do not know that it is committed.
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1, 1], new HardState(1, 0, 1), mutant);
        core.Campaign();
        CoreLab.Flush(core);
        core.Receive(CoreLab.From(2, MessageKind.VoteResponse, 2));
        core.ReadIndex(RaftCluster.Bytes("r"));
        Answer(core, 2);
        core.Receive(CoreLab.Ack(2, 2, 3));
        Answer(core, 2);
        Ready answered = core.TakeReady();
        Assert.Equal(3UL, Assert.Single(answered.Reads).Index);
    }

    internal static void OldHeartbeatsConfirmNothing(RaftMutant mutant)
    {
        RaftCore core = CoreLab.SettledLeader(mutant: mutant);
        core.ReadIndex(RaftCluster.Bytes("first"));
        Message old = CoreLab.Flush(core).First(it => it.To == 2);

        // The same caller asks again, with the id it had; the answer to the first heartbeat comes only now.
        core.ReadIndex(RaftCluster.Bytes("first"));
        CoreLab.Flush(core);
        core.Receive(CoreLab.From(2, MessageKind.HeartbeatResponse, 1) with { Context = old.Context });
        Assert.Single(core.TakeReady().Reads);
    }

    /// <summary>Member 2 answers the heartbeats there are.</summary>
    private static void Answer(RaftCore core, ulong term)
    {
        foreach (Message heartbeat in Hearts(core))
        {
            core.Receive(CoreLab.From(2, MessageKind.HeartbeatResponse, term) with { Context = heartbeat.Context });
        }
    }

    private static List<Message> Hearts(RaftCore core)
    {
        var messages = new List<Message>();
        while (core.HasReady)
        {
            Ready ready = core.TakeReady();
            Assert.All(ready.Reads, it => Assert.Equal(3UL, it.Index));
            messages.AddRange(ready.Messages.Where(it => it is { Kind: MessageKind.Heartbeat, To: 2 }));
            core.Advance(ready);
        }

        return messages;
    }
}
