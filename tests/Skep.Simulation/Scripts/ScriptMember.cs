using Skep.Raft;

namespace Skep.Simulation.Scripts;

/// <summary>A core as the scripts expect it: its disk is memory, its state a row of snapshots, one per entry.</summary>
internal sealed class ScriptMember
{
    private const ulong KeepAll = ulong.MaxValue;

    private readonly List<Entry> disk = [];
    private (ulong Leader, RaftRole Role) shownRole;
    private int drawn;

    public ScriptMember(RaftOptions options, SnapshotMeta? start, RaftMutant mutant)
    {
        ElectionTicks = options.ElectionTicks;
        HeartbeatTicks = options.HeartbeatTicks;
        FirstIndex = (start?.Index ?? 0) + 1;
        LastSnapshot = start;
        Core = new RaftCore(
            options with { Random = bound => Math.Min(drawn, bound - 1) }, HardState.Empty,
            start?.Members ?? ConfState.Empty, start, [], start?.Index ?? 0, mutant);
        Id = options.Id;
    }

    public ulong Id { get; }

    public RaftCore Core { get; }

    public int ElectionTicks { get; private set; }

    public int HeartbeatTicks { get; }

    public ulong FirstIndex { get; private set; }

    public SnapshotMeta? LastSnapshot { get; private set; }

    public IReadOnlyList<Entry> Disk => disk;

    public Ready DoReady()
    {
        Ready ready = Core.TakeReady();
        if (ready.Snapshot is { } installed)
        {
            disk.Clear();
            FirstIndex = installed.Meta.Index + 1;
            LastSnapshot = installed.Meta;
        }

        if (!ready.Entries.IsEmpty)
        {
            disk.RemoveAll(it => it.Index >= ready.Entries[0].Index);
            disk.AddRange(ready.Entries);
        }

        foreach (Entry entry in ready.Committed)
        {
            ConfState members = entry.Kind == EntryKind.Normal
                ? LastSnapshot?.Members ?? ConfState.Empty
                : Core.ApplyConfChange(ConfChangeWire.Read(entry));
            LastSnapshot = new SnapshotMeta(entry.Index, entry.Term, members);
        }

        Core.Advance(ready);
        if (!ready.Committed.IsEmpty)
        {
            Core.Compact(LastSnapshot!, KeepAll);
        }

        return Shown(ready);
    }

    public void Compact(ulong upTo)
    {
        disk.RemoveAll(it => it.Index <= upTo);
        FirstIndex = upTo + 1;
        Core.Compact(LastSnapshot!, LastSnapshot!.Index - upTo);
    }

    /// <summary>The timeout is chance in the core; a script that names it gets it by loading the dice once.</summary>
    public void SetElectionTimeout(int ticks)
    {
        drawn = ticks - ElectionTicks;
        Core.SetTicks(ElectionTicks, HeartbeatTicks);
        drawn = 0;
    }

    /// <summary>A new term alone is no new state in the scripts.</summary>
    private Ready Shown(Ready ready)
    {
        if (ready.Role is not { } role || (role.Leader, role.Role) == shownRole)
        {
            return ready with { Role = null };
        }

        shownRole = (role.Leader, role.Role);
        return ready;
    }
}
