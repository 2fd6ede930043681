using System.Collections.Immutable;
using Skep.Raft;

namespace Skep.Tests.Raft;

/// <summary>
/// The items of 20 to 27 of the implementer's checklist that the core decides; the log's are its own.
/// </summary>
public sealed class PersistenceChecklistTests
{
    [Fact]
    public void Checklist_20_a_leader_counts_its_own_entries_only_when_they_are_saved() =>
        OwnEntriesWaitForDisk(default);

    [Fact]
    public void Checklist_20_a_single_manager_commits_nothing_that_is_not_on_its_disk()
    {
        // etcd issue 14370: the entry must not come to be saved and to be applied in the same breath.
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(1), [], HardState.Empty);
        core.Campaign();
        CoreLab.Flush(core);
        core.Propose(RaftCluster.Bytes("a"));
        Ready saving = core.TakeReady();
        Assert.Equal(2UL, Assert.Single(saving.Entries).Index);
        Assert.Empty(saving.Committed);

        core.Advance(saving);
        Assert.Equal(2UL, Assert.Single(core.TakeReady().Committed).Index);
    }

    [Fact]
    public void Checklist_20_a_follower_answers_in_the_ready_that_saves_the_entries()
    {
        RaftCore core = CoreLab.Fresh();
        core.Receive(CoreLab.Append(2, 1, 0, 0, 1));
        Ready ready = core.TakeReady();
        Assert.Single(ready.Entries);
        Assert.True(ready.MustSync);
        Assert.Equal(MessageKind.AppendResponse, Assert.Single(ready.Messages).Kind);
    }

    [Fact]
    public void Checklist_20_a_new_commit_alone_needs_no_sync()
    {
        RaftCore core = CoreLab.Core(CoreLab.Options, CoreLab.Voters(3), [1], new HardState(1, 0, 0));
        core.Receive(CoreLab.From(2, MessageKind.Heartbeat, 1) with { Commit = 1 });
        Ready ready = core.TakeReady();
        Assert.Equal(new HardState(1, 0, 1), ready.HardState);
        Assert.False(ready.MustSync);
    }

    [Fact]
    public void Checklist_20_one_ready_at_a_time()
    {
        RaftCore core = CoreLab.Fresh();
        core.Campaign();
        Ready ready = core.TakeReady();
        Assert.False(core.HasReady);
        Assert.ThrowsAny<Exception>(core.TakeReady);
        core.Advance(ready);
        Assert.ThrowsAny<Exception>(() => core.Advance(ready));
    }

    [Fact]
    public void Checklist_21_a_snapshot_comes_without_committed_entries()
    {
        RaftCore core = CoreLab.Fresh();
        var meta = new SnapshotMeta(5, 1, CoreLab.Voters(3));
        core.Receive(CoreLab.From(2, MessageKind.Snapshot, 1) with { Snapshot = new Snapshot(meta, default) });
        core.Receive(CoreLab.Append(2, 1, 5, 1, 1) with { Commit = 6 });
        Ready ready = core.TakeReady();
        Assert.Equal(meta, ready.Snapshot?.Meta);
        Assert.Equal(6UL, Assert.Single(ready.Entries).Index);
        Assert.Empty(ready.Committed);
        core.Advance(ready);
        Assert.Equal(6UL, Assert.Single(core.TakeReady().Committed).Index);
    }

    [Fact]
    public void Checklist_24_a_write_of_an_older_term_says_nothing() => OldWriteDoesNotCount(default);

    [Fact]
    public void Checklist_24_entries_replaced_while_they_were_being_saved_are_saved_again()
    {
        RaftCore core = CoreLab.Fresh();
        core.Receive(CoreLab.Append(2, 1, 0, 0, 1, 1));
        Ready first = core.TakeReady();
        core.Receive(CoreLab.Append(3, 2, 0, 0, 2));
        core.Receive(CoreLab.Append(2, 3, 0, 0, 1, 1));
        core.Advance(first);

        // The same entries as in the first write, but the disk may hold the second ones by now.
        Assert.Equal(CoreLab.Entries(1, [1, 1]).ToArray(), core.TakeReady().Entries.ToArray());
    }

    [Fact]
    public void Checklist_25_a_log_with_a_gap_is_refused()
    {
        ImmutableArray<Entry> entries = CoreLab.Entries(1, [1, 1, 1]);
        Assert.ThrowsAny<Exception>(() => new RaftLog(null, [entries[0], entries[2]], 0, 0));
        Assert.ThrowsAny<Exception>(() => new RaftLog(null, [entries[1]], 0, 0));
        Assert.ThrowsAny<Exception>(() => new RaftLog(null, CoreLab.Entries(1, [2, 1]), 0, 0));
    }

    [Fact]
    public void Checklist_25_entries_that_the_snapshot_covers_are_skipped()
    {
        var log = new RaftLog(new SnapshotMeta(2, 1, CoreLab.Voters(1)), CoreLab.Entries(1, [1, 1, 2]), 1, 0);
        Assert.Equal((3UL, 3UL, 2UL, 2UL), (log.FirstIndex, log.LastIndex, log.Commit, log.Applied));
    }

    internal static void OwnEntriesWaitForDisk(RaftMutant mutant)
    {
        RaftCore core = CoreLab.SettledLeader(mutant: mutant);
        core.Propose(RaftCluster.Bytes("a"));
        Ready saving = core.TakeReady();
        core.Receive(CoreLab.Ack(2, 1, 2));
        Assert.Equal(1UL, core.Status.Commit);
        core.Advance(saving);
        Assert.Equal(2UL, core.Status.Commit);
    }

    internal static void OldWriteDoesNotCount(RaftMutant mutant)
    {
        // We lead term 1 and begin to save entry 2; before that is done others lead, and then we lead term 3.
        RaftCore core = CoreLab.SettledLeader(mutant: mutant);
        core.Propose(RaftCluster.Bytes("lost"));
        Ready saving = core.TakeReady();
        core.Receive(CoreLab.Append(3, 2, 1, 1) with { Commit = 1 });
        core.Receive(CoreLab.From(3, MessageKind.TimeoutNow, 2));
        core.Receive(CoreLab.From(2, MessageKind.VoteResponse, 3));
        core.Receive(CoreLab.From(3, MessageKind.VoteResponse, 3));
        Assert.Equal((RaftRole.Leader, 3UL), (core.Status.Role, core.Status.LastIndex));
        core.Advance(saving);
        Assert.Equal(1UL, core.Status.Followers[0].Match);
    }
}
