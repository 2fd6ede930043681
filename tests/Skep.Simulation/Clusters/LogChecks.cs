using Skep.Manager.Storage;
using Skep.Raft;

namespace Skep.Simulation.Clusters;

/// <summary>Compares what the managers' disks have promised to keep: log matching, completeness, durability.</summary>
/// <remarks>
/// The properties are those of the Raft paper's figure 3 and of etcd's model (reliability 3.5). They are looked at when
/// something changes, not at the end, so that a failure names the step that broke them.
/// </remarks>
internal sealed class LogChecks
{
    private readonly SortedDictionary<ulong, KnownLog> logs = [];
    private readonly Dictionary<(ulong Index, ulong Term), (int Hash, ulong PreviousTerm)> entries = [];

    /// <summary>The term of every entry that anybody has applied.</summary>
    private readonly SortedDictionary<ulong, ulong> committed = [];
    private ulong newestCommittedTerm;

    /// <summary>A manager has read its disk: what was promised must be there.</summary>
    public void Started(ulong manager, RecoveredState found)
    {
        var now = KnownLog.Of(found);
        if (logs.TryGetValue(manager, out KnownLog? before))
        {
            Require(
                HasKept(before, now), $"manager {manager} has forgotten: it had {Text(before)}, it has {Text(now)}");
        }

        logs[manager] = now;
    }

    /// <summary>Nothing that it has promised counts any more.</summary>
    public void Forgotten(ulong manager) => logs.Remove(manager);

    /// <summary>A manager saved this and may tell it to others.</summary>
    public void Saved(ulong manager, Ready ready)
    {
        KnownLog log = logs[manager];
        if (ready.Snapshot is { } snapshot)
        {
            log.Install(snapshot.Meta);
        }

        if (ready.Entries.Length > 0)
        {
            NothingCommittedIsReplaced(manager, log, ready.Entries[0].Index);
        }

        foreach (Entry entry in ready.Entries)
        {
            LogsMatch(manager, log, entry);
            log.Save(entry);
        }

        if (ready.HardState is { } state)
        {
            Require(
                state.Term >= log.State.Term && state.Commit >= log.State.Commit,
                $"manager {manager} goes back from {log.State} to {state}");
            Require(
                state.Term != log.State.Term || log.State.Vote == 0 || state.Vote == log.State.Vote,
                $"manager {manager} votes for {state.Vote} in term {state.Term}, after it voted for {log.State.Vote}");
            log.Save(state);
        }
    }

    /// <summary>Leader completeness: who is elected has every entry that was committed in an earlier term.</summary>
    /// <remarks>
    /// Votes may arrive late: whoever wins a term after others have committed in a later one leads nobody, and need not
    /// have what they committed.
    /// </remarks>
    public void Elected(ulong manager, ulong term)
    {
        if (newestCommittedTerm > term)
        {
            return;
        }

        KnownLog log = logs[manager];
        foreach ((ulong index, ulong itsTerm) in committed)
        {
            Require(
                log.Covers(index, itsTerm),
                $"manager {manager} leads in term {term} without entry {itsTerm}/{index}, which was committed; "
                + $"it has {Text(log)}");
        }
    }

    /// <summary>Somebody applies an entry: most voters must have it on their disks.</summary>
    /// <param name="passed">The members before, in, and after its batch: any of these has committed the entry.</param>
    public void Applied(ulong manager, Entry entry, IReadOnlyList<ConfState> passed)
    {
        if (committed.TryAdd(entry.Index, entry.Term))
        {
            newestCommittedTerm = Math.Max(newestCommittedTerm, entry.Term);
            Require(
                passed.Any(members => MostHave(entry, members)),
                $"manager {manager} applies entry {entry.Term}/{entry.Index}, "
                + $"which most of {passed[^1]} have not saved");
        }
    }

    private bool MostHave(Entry entry, ConfState members) =>
        members.Voters.Count(voter =>
            logs.TryGetValue(voter, out KnownLog? log) && log.Covers(entry.Index, entry.Term))
        >= (members.Voters.Length / 2) + 1;

    private void LogsMatch(ulong manager, KnownLog log, Entry entry)
    {
        Require(
            entry.Index <= log.Last + 1 && entry.Index > log.Base,
            $"manager {manager} saves entry {entry.Index} although it has {Text(log)}");
        ulong previous = log.Term(entry.Index - 1) ?? 0;
        (int, ulong) content = (Hashes.Of(entry.Data.Span), previous);
        if (!entries.TryAdd((entry.Index, entry.Term), content))
        {
            Require(
                entries[(entry.Index, entry.Term)] == content,
                $"manager {manager} has another entry {entry.Term}/{entry.Index}, or another one before it, "
                + "than others");
        }
    }

    private void NothingCommittedIsReplaced(ulong manager, KnownLog log, ulong from)
    {
        for (ulong index = from; index <= log.Last; index++)
        {
            bool isCommitted = committed.TryGetValue(index, out ulong term) && log.Term(index) == term;
            Require(!isCommitted, $"manager {manager} replaces entry {term}/{index}, which was committed");
        }
    }

    /// <remarks>A save that was under way when it stopped may be there; it replaces by entries of later terms
    /// only.</remarks>
    private static bool HasKept(KnownLog before, KnownLog now)
    {
        bool isStateKept = now.State.Term > before.State.Term
            || (now.State.Term == before.State.Term
                && (before.State.Vote == 0 || now.State.Vote == before.State.Vote));
        if (now.Base > before.Base && before.Term(now.Base) != now.BaseTerm)
        {
            // A snapshot of the leader took the place of everything.
            return isStateKept;
        }

        ulong from = Math.Max(before.Base, now.Base);
        for (ulong index = from + 1; index <= before.Last; index++)
        {
            if (index > now.Last)
            {
                return false;
            }

            if (now.Term(index) != before.Term(index))
            {
                return isStateKept && now.Term(index) > before.Term(index);
            }
        }

        return isStateKept;
    }

    private static string Text(KnownLog log) =>
        $"a log from {log.BaseTerm}/{log.Base} to {log.Term(log.Last) ?? 0}/{log.Last} and {log.State}";

    private static void Require(bool claim, string text) => SimulationFailedException.Unless(claim, text);
}
