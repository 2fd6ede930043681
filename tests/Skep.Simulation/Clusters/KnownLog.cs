using Skep.Manager.Storage;
using Skep.Raft;

namespace Skep.Simulation.Clusters;

/// <summary>One manager's log as its disk has promised to keep it.</summary>
internal sealed class KnownLog
{
    /// <summary>The term of each entry; the first one stands behind the base.</summary>
    private readonly List<ulong> terms = [];

    /// <summary>The snapshot that the log begins with; 0: none.</summary>
    public ulong Base { get; private set; }

    public ulong BaseTerm { get; private set; }

    public ulong Last => Base + (ulong)terms.Count;

    public HardState State { get; private set; } = HardState.Empty;

    public static KnownLog Of(RecoveredState found)
    {
        var log = new KnownLog
        {
            Base = found.Snapshot?.Meta.Index ?? 0,
            BaseTerm = found.Snapshot?.Meta.Term ?? 0,
            State = found.HardState,
        };
        log.terms.AddRange(found.Entries.Select(static entry => entry.Term));
        return log;
    }

    /// <returns>Null when the entry is behind a snapshot or not there.</returns>
    public ulong? Term(ulong index) =>
        index == Base && Base != 0 ? BaseTerm
        : index > Base && index <= Last ? terms[(int)(index - Base - 1)] : null;

    public bool Covers(ulong index, ulong term) => index < Base || Term(index) == term;

    public void Install(SnapshotMeta meta)
    {
        terms.Clear();
        (Base, BaseTerm) = (meta.Index, meta.Term);
    }

    public void Save(Entry entry)
    {
        int keep = (int)(entry.Index - Base - 1);
        if (keep < terms.Count)
        {
            terms.RemoveRange(keep, terms.Count - keep);
        }

        terms.Add(entry.Term);
    }

    public void Save(HardState state) => State = state;
}
