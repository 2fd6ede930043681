using Skep.Raft;

namespace Skep.Tests.Raft;

/// <summary>Word of a commit that waits for a message it can go with.</summary>
public sealed class HeldCommitTests
{
    private static readonly RaftOptions options = CoreLab.Options with { HoldsCommits = true };

    [Fact]
    public void Word_of_a_commit_goes_with_the_next_append()
    {
        RaftCore core = Told(options);
        Commit(core, "a", index: 2);
        Assert.Empty(CoreLab.Flush(core));
        Assert.True(core.HasUntoldCommit);

        core.Propose(RaftCluster.Bytes("b"));
        List<Message> sent = CoreLab.Flush(core);
        Assert.All(sent, it => Assert.Equal((2UL, 1), (it.Commit, it.Entries.Length)));
        Assert.Contains(sent, it => it.To == 2);
        Assert.False(core.HasUntoldCommit);
    }

    [Fact]
    public void Without_an_append_followers_are_told_when_the_driver_says_so()
    {
        RaftCore core = Told(options);
        Commit(core, "a", index: 2);
        CoreLab.Flush(core);

        core.TellCommit();
        List<Message> sent = CoreLab.Flush(core);
        Assert.Contains(sent, it => it is { To: 2, Kind: MessageKind.Append, Commit: 2, Entries.IsEmpty: true });
        Assert.False(core.HasUntoldCommit);

        core.TellCommit();
        Assert.Empty(CoreLab.Flush(core));
    }

    [Fact]
    public void A_heartbeat_tells_who_has_the_entries()
    {
        RaftCore core = Told(options);
        Commit(core, "a", index: 2);
        core.Receive(CoreLab.Ack(3, 1, 2));
        CoreLab.Flush(core);

        core.Tick();
        Assert.Contains(CoreLab.Flush(core), it => it is { To: 2, Kind: MessageKind.Heartbeat, Commit: 2 });
        Assert.False(core.HasUntoldCommit);
    }

    [Fact]
    public void A_read_by_a_follower_brings_it_word_of_what_it_must_have_applied()
    {
        RaftCore core = Told(options);
        Commit(core, "a", index: 2);
        CoreLab.Flush(core);

        core.Receive(new Message
        {
            Kind = MessageKind.ReadIndex,
            From = 2,
            To = 1,
            Entries = [new Entry(0, 0, EntryKind.Normal, RaftCluster.Bytes("r"))],
        });
        Assert.Contains(CoreLab.Flush(core), it => it is { To: 2, Kind: MessageKind.Heartbeat, Commit: 2 });
    }

    [Fact]
    public void A_change_of_the_members_is_told_at_once()
    {
        RaftCore core = Told(options);
        Assert.IsType<ProposeResult.Accepted>(
            core.ProposeConfChange(new ConfChange(1, ConfChangeKind.RemoveNode, 3, default)));
        CoreLab.Flush(core);
        core.Receive(CoreLab.Ack(2, 1, 2));
        Assert.Contains(CoreLab.Flush(core), it => it is { To: 2, Kind: MessageKind.Append, Commit: 2 });
    }

    [Fact]
    public void Without_the_wish_a_commit_is_told_at_once()
    {
        RaftCore core = Told(CoreLab.Options);
        Commit(core, "a", index: 2);
        Assert.Contains(CoreLab.Flush(core), it => it is { To: 2, Kind: MessageKind.Append, Commit: 2 });
        Assert.False(core.HasUntoldCommit);
    }

    [Fact]
    public void A_follower_that_does_not_answer_keeps_nobody_busy()
    {
        RaftCore core = Told(options);
        core.ReportUnreachable(3);
        Commit(core, "a", index: 2);
        CoreLab.Flush(core);
        core.TellCommit();
        CoreLab.Flush(core);
        Assert.False(core.HasUntoldCommit);
    }

    /// <summary>A leader with nothing left to say: its first entry is told at once: nobody knew of a leader.</summary>
    private static RaftCore Told(RaftOptions options)
    {
        RaftCore core = CoreLab.Leader(options);
        core.Receive(CoreLab.Ack(2, 1, 1));
        core.Receive(CoreLab.Ack(3, 1, 1));
        Assert.Contains(CoreLab.Flush(core), it => it is { To: 2, Kind: MessageKind.Append, Commit: 1 });
        core.TellCommit();
        CoreLab.Flush(core);
        return core;
    }

    private static void Commit(RaftCore core, string text, ulong index)
    {
        core.Propose(RaftCluster.Bytes(text));
        CoreLab.Flush(core);
        core.Receive(CoreLab.Ack(2, 1, index));
        Assert.Equal(index, core.Status.Commit);
    }
}
