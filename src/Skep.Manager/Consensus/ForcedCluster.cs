using Skep.Manager.Storage;
using Skep.Raft;

namespace Skep.Manager.Consensus;

/// <summary>
/// Makes one survivor the whole quorum (<c>--force-new-cluster</c>): its log goes on with entries that remove everybody
/// else, and they count as committed because there is nobody left to ask.
/// </summary>
/// <remarks>
/// Everything in the survivor's log is kept. SwarmKit drops what it does not know to be committed; but the lost
/// majority may have acknowledged it, and keeping what nobody was promised breaks no promise. The removed ids are in
/// the log from then on, so old managers that come back are refused (fault K4: no zombie members).
/// </remarks>
public static class ForcedCluster
{
    /// <summary>To be called before the driver is opened. Done twice it does no harm.</summary>
    /// <param name="self">This node with the address it has now.</param>
    public static void Rewrite(RaftStorage storage, Member self)
    {
        RecoveredState disk = storage.Recovered;
        (ulong index, ulong term) = End(disk);
        SortedSet<ulong> ids = Members(disk);
        List<Entry> entries = [];
        foreach (ulong other in ids.Where(id => id != self.RaftId))
        {
            Add(new ConfChange(0, ConfChangeKind.RemoveNode, other, default));
        }

        ConfChangeKind kind = ids.Contains(self.RaftId) ? ConfChangeKind.UpdateNode : ConfChangeKind.AddNode;
        Add(new ConfChange(0, kind, self.RaftId, MemberWire.Write(self)));
        ulong vote = term == disk.HardState.Term ? disk.HardState.Vote : 0;
        storage.Save(new HardState(term, vote, entries[^1].Index), [.. entries]);

        void Add(ConfChange change) => entries.Add(new Entry(
            term, index + (ulong)entries.Count + 1, EntryKind.ConfChange, ConfChangeWire.Write(change)));
    }

    private static (ulong Index, ulong Term) End(RecoveredState disk)
    {
        ulong index = disk.Entries.Count > 0 ? disk.Entries[^1].Index : disk.Snapshot?.Meta.Index ?? 0;
        return (index, Math.Max(1, disk.HardState.Term));
    }

    /// <summary>Everybody the log knows, learners too, whether it knew them for certain or not.</summary>
    private static SortedSet<ulong> Members(RecoveredState disk)
    {
        ConfState start = disk.Snapshot?.Meta.Members ?? ConfState.Empty;
        SortedSet<ulong> ids = [.. start.Voters, .. start.Learners];
        foreach (Entry entry in disk.Entries)
        {
            if (entry.Kind is EntryKind.ConfChange or EntryKind.ConfChangeV2)
            {
                ConfChange change = ConfChangeWire.Read(entry);
                _ = change.Kind switch
                {
                    ConfChangeKind.RemoveNode => ids.Remove(change.Member),
                    ConfChangeKind.UpdateNode => false,
                    _ => ids.Add(change.Member),
                };
            }
        }

        return ids;
    }
}
