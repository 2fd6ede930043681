using Skep.Manager.Consensus;
using Skep.Manager.Storage;
using Skep.Raft;

namespace Skep.Simulation.Clusters;

/// <summary>
/// Watches every manager from outside and compares them: the safety properties of Raft, at every step.
/// </summary>
internal sealed class ClusterChecks(Figures figures)
{
    private readonly Dictionary<ulong, ulong> leaders = [];
    private readonly Dictionary<ulong, (ulong Term, int Hash)> applied = [];
    private readonly Dictionary<ulong, (int Hash, MemberList Members)> snapshots = [];
    private readonly Dictionary<ulong, ConfState> configurations = [];
    private readonly Dictionary<ulong, ConfState> lastMembers = [];
    private readonly LogChecks logs = new();

    /// <summary>The last entry that anybody has applied.</summary>
    public ulong HighestApplied { get; private set; }

    /// <summary>A disk is lost, or a swarm that nobody knew of was forgotten.</summary>
    public void Forgotten(SimulatedManager manager) => logs.Forgotten(manager.Id);

    public void Started(SimulatedManager manager, RecoveredState found)
    {
        logs.Started(manager.Id, found);
        lastMembers[manager.Id] = found.Snapshot?.Meta.Members ?? ConfState.Empty;
    }

    public void Finished(SimulatedManager manager, Ready ready)
    {
        logs.Saved(manager.Id, ready);
        if (ready.Role is { Role: RaftRole.Leader } role)
        {
            OneLeaderPerTerm(manager, role.Term);
            logs.Elected(manager.Id, role.Term);
        }

        if (ready.Snapshot is not null)
        {
            figures.SnapshotsInstalled++;
        }

        ConfState now = manager.Driver!.Members.Configuration;
        List<ConfState> passed = Passed(lastMembers.GetValueOrDefault(manager.Id, now), ready, now);
        lastMembers[manager.Id] = now;
        foreach (Entry entry in ready.Committed)
        {
            logs.Applied(manager.Id, entry, passed);
            SameEntryEverywhere(manager, entry);
        }

        SameMembersEverywhere(manager, ready, now);
    }

    /// <summary>Two managers at the same place of the log have the same store and the same members.</summary>
    public void Snapshotted(SimulatedManager manager, SnapshotJob job)
    {
        figures.SnapshotsSaved++;
        int hash = Hashes.Of(job.Encode().Span);
        if (snapshots.TryGetValue(job.Meta.Index, out (int Hash, MemberList Members) other))
        {
            SimulationFailedException.Unless(
                other.Hash == hash && other.Members.Configuration == job.Members.Configuration,
                $"manager {manager.Id} has another state at index {job.Meta.Index} than another manager");
        }

        snapshots[job.Meta.Index] = (hash, job.Members);
    }

    /// <summary>Every configuration that a batch passes through. After a restart there may be many in one.</summary>
    private static List<ConfState> Passed(ConfState before, Ready ready, ConfState after)
    {
        List<ConfState> passed = [before];
        foreach (Entry entry in ready.Committed)
        {
            if (entry.Kind != EntryKind.Normal && ConfChangeWire.Read(entry) is { Member: not 0 } change)
            {
                passed.Add(With(passed[^1], change));
            }
        }

        passed.Add(after);
        return passed;
    }

    private static ConfState With(ConfState members, ConfChange change) => change.Kind switch
    {
        ConfChangeKind.AddNode => new(
            [.. members.Voters.Remove(change.Member), change.Member], members.Learners.Remove(change.Member)),
        ConfChangeKind.AddLearner => new(
            members.Voters.Remove(change.Member), [.. members.Learners.Remove(change.Member), change.Member]),
        ConfChangeKind.RemoveNode => new(
            members.Voters.Remove(change.Member), members.Learners.Remove(change.Member)),
        _ => members,
    };

    private void OneLeaderPerTerm(SimulatedManager manager, ulong term)
    {
        if (leaders.TryAdd(term, manager.Id))
        {
            figures.Elections++;
            return;
        }

        SimulationFailedException.Unless(
            leaders[term] == manager.Id, $"managers {leaders[term]} and {manager.Id} both lead in term {term}");
    }

    /// <summary>Whoever applies a change of the members has the same ones after it.</summary>
    private void SameMembersEverywhere(SimulatedManager manager, Ready ready, ConfState now)
    {
        Entry[] changes = [.. ready.Committed.Where(static entry => entry.Kind != EntryKind.Normal)];
        if (changes is [Entry change] && !configurations.TryAdd(change.Index, now))
        {
            ConfState other = configurations[change.Index];
            SimulationFailedException.Unless(
                now == other, $"manager {manager.Id} has {now} after entry {change.Index}, another manager {other}");
        }
    }

    private void SameEntryEverywhere(SimulatedManager manager, Entry entry)
    {
        (ulong, int) content = (entry.Term, Hashes.Of(entry.Data.Span));
        if (!applied.TryAdd(entry.Index, content))
        {
            SimulationFailedException.Unless(
                applied[entry.Index] == content,
                $"manager {manager.Id} applies another entry at index {entry.Index} than others did");
        }

        HighestApplied = Math.Max(HighestApplied, entry.Index);
    }
}
