using Skep.Manager.Consensus;
using Skep.Raft;

namespace Skep.Simulation.Clusters;

/// <summary>Watches every manager from outside and compares them: the safety properties of Raft, at every step.</summary>
internal sealed class ClusterChecks(Figures figures)
{
    private readonly Dictionary<ulong, ulong> leaders = [];
    private readonly Dictionary<ulong, (ulong Term, int Hash)> applied = [];
    private readonly Dictionary<ulong, (int Hash, MemberList Members)> snapshots = [];

    /// <summary>The last entry that anybody has applied.</summary>
    public ulong HighestApplied { get; private set; }

    public void Finished(SimulatedManager manager, Ready ready)
    {
        if (ready.Role is { Role: RaftRole.Leader } role)
        {
            OneLeaderPerTerm(manager, role.Term);
        }

        if (ready.Snapshot is not null)
        {
            figures.SnapshotsInstalled++;
        }

        foreach (Entry entry in ready.Committed)
        {
            SameEntryEverywhere(manager, entry);
        }
    }

    /// <summary>Two managers at the same place of the log have the same store and the same members.</summary>
    public void Snapshotted(SimulatedManager manager, SnapshotJob job)
    {
        figures.SnapshotsSaved++;
        int hash = HashOf(job.Encode().Span);
        if (snapshots.TryGetValue(job.Meta.Index, out (int Hash, MemberList Members) other))
        {
            SimulationFailedException.Unless(
                other.Hash == hash && other.Members.Configuration == job.Members.Configuration,
                $"manager {manager.Id} has another state at index {job.Meta.Index} than another manager");
        }

        snapshots[job.Meta.Index] = (hash, job.Members);
    }

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

    private void SameEntryEverywhere(SimulatedManager manager, Entry entry)
    {
        (ulong, int) content = (entry.Term, HashOf(entry.Data.Span));
        if (!applied.TryAdd(entry.Index, content))
        {
            SimulationFailedException.Unless(
                applied[entry.Index] == content,
                $"manager {manager.Id} applies another entry at index {entry.Index} than others did");
        }

        HighestApplied = Math.Max(HighestApplied, entry.Index);
    }

    private static int HashOf(ReadOnlySpan<byte> data)
    {
        // Not HashCode: its seed differs from process to process, and a seed must replay.
        uint hash = 2166136261;
        foreach (byte value in data)
        {
            hash = (hash ^ value) * 16777619;
        }

        return (int)hash;
    }
}
