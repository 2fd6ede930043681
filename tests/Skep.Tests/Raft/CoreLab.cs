using System.Collections.Immutable;
using Skep.Raft;

namespace Skep.Tests.Raft;

/// <summary>Single cores with a made-up past, and what they say.</summary>
internal static class CoreLab
{
    public const int Ticks = 10;

    /// <summary>Member 1 of a few voters; its election timeout is exactly <see cref="Ticks"/>.</summary>
    public static RaftOptions Options => new()
    {
        Id = 1,
        ElectionTicks = Ticks,
        HeartbeatTicks = 1,
        PreVote = false,
        CheckQuorum = false,
        Random = _ => 0,
    };

    public static ConfState Voters(int count) => new([.. Enumerable.Range(1, count).Select(it => (ulong)it)], []);

    /// <param name="terms">The terms of the entries in its log, from index 1 on.</param>
    public static RaftCore Core(
        RaftOptions options, ConfState conf, ulong[] terms, HardState hard, RaftMutant mutant = RaftMutant.None) =>
        new(options, hard, conf, snapshot: null, Entries(1, terms), applied: hard.Commit, mutant);

    /// <summary>Three voters, an empty log.</summary>
    public static RaftCore Fresh(RaftOptions? options = null, RaftMutant mutant = RaftMutant.None) =>
        Core(options ?? Options, Voters(3), [], HardState.Empty, mutant);

    /// <summary>Leads three voters in term 1; its first entry is durable here, but nobody else has it yet.</summary>
    public static RaftCore Leader(RaftOptions? options = null, RaftMutant mutant = RaftMutant.None)
    {
        RaftCore core = Fresh(options, mutant);
        core.Campaign();
        Flush(core);
        if (core.Status.Role == RaftRole.PreCandidate)
        {
            core.Receive(From(2, MessageKind.PreVoteResponse, 1));
            Flush(core);
        }

        core.Receive(From(2, MessageKind.VoteResponse, 1));
        Assert.Equal(RaftRole.Leader, core.Status.Role);
        Flush(core);
        return core;
    }

    /// <summary>Leads three voters in term 1 and has committed its first entry with member 2.</summary>
    public static RaftCore SettledLeader(RaftOptions? options = null, RaftMutant mutant = RaftMutant.None)
    {
        RaftCore core = Leader(options, mutant);
        core.Receive(Ack(2, 1, 1));
        Flush(core);
        return core;
    }

    public static Message From(ulong from, MessageKind kind, ulong term) =>
        new() { Kind = kind, From = from, To = 1, Term = term };

    public static Message Ack(ulong from, ulong term, ulong index) =>
        From(from, MessageKind.AppendResponse, term) with { Index = index };

    public static Message Append(ulong from, ulong term, ulong index, ulong logTerm, params ulong[] terms) =>
        From(from, MessageKind.Append, term) with
        {
            Index = index,
            LogTerm = logTerm,
            Entries = Entries(index + 1, terms),
        };

    public static Message AskVote(ulong from, ulong term, ulong lastIndex, ulong lastTerm) =>
        From(from, MessageKind.Vote, term) with { Index = lastIndex, LogTerm = lastTerm };

    public static ImmutableArray<Entry> Entries(ulong first, ulong[] terms) =>
        [.. terms.Select((term, offset) => new Entry(
            term, first + (ulong)offset, EntryKind.Normal, RaftCluster.Bytes($"t{term}i{first + (ulong)offset}")))];

    /// <summary>Does everything the core asks for, at once, and collects what it sends.</summary>
    public static List<Message> Flush(RaftCore core)
    {
        var messages = new List<Message>();
        while (core.HasReady)
        {
            Ready ready = core.TakeReady();
            messages.AddRange(ready.Messages);
            foreach (Entry entry in ready.Committed.Where(it => it.Kind != EntryKind.Normal))
            {
                core.ApplyConfChange(ConfChangeWire.Read(entry));
            }

            core.Advance(ready);
        }

        return messages;
    }

    public static Message Only(RaftCore core) => Assert.Single(Flush(core));

    public static void Tick(RaftCore core, int ticks)
    {
        for (int tick = 0; tick < ticks; tick++)
        {
            core.Tick();
        }
    }
}
