using System.Collections.Immutable;

namespace Skep.Raft;

internal sealed partial class RaftLog
{
    /// <summary>A snapshot from the leader that is not installed yet.</summary>
    public Snapshot? Incoming { get; private set; }

    /// <summary>Whether the driver has been told to install it.</summary>
    public bool IncomingIsHandedOut { get; private set; }

    public void Append(Entry entry)
    {
        Invariant.Holds(entry.Index == LastIndex + 1);
        Invariant.Holds(entry.Term >= LastTerm);
        Add(entry);
    }

    /// <summary>
    /// Takes a leader's entries over: only from the first one that really differs on, so that a short or late message
    /// removes nothing (checklist 11).
    /// </summary>
    /// <returns>False: the entry before them is not ours.</returns>
    public bool TryAppend(ulong beforeIndex, ulong beforeTerm, ImmutableArray<Entry> entries, bool truncateAlways)
    {
        if (!Matches(beforeIndex, beforeTerm))
        {
            return false;
        }

        int next = 0;
        while (next < entries.Length && Matches(entries[next].Index, entries[next].Term))
        {
            next++;
        }

        if (truncateAlways)
        {
            next = 0;
            Truncate(beforeIndex);
        }

        if (next < entries.Length)
        {
            Truncate(entries[next].Index - 1);
            for (; next < entries.Length; next++)
            {
                Append(entries[next]);
            }
        }

        return true;
    }

    public void CommitTo(ulong index)
    {
        if (index <= Commit)
        {
            return;
        }

        Invariant.Holds(
            index <= LastIndex, "the log reaches what is committed (was it corrupted, truncated or lost?)");
        Commit = index;
    }

    /// <summary>Replaces everything by a snapshot from the leader.</summary>
    public void Restore(Snapshot snapshot)
    {
        Invariant.Holds(snapshot.Meta.Index > Commit);
        Array.Clear(items, start, count);
        (start, count) = (0, 0);
        (BeforeIndex, BeforeTerm) = (snapshot.Meta.Index, snapshot.Meta.Term);
        (Saved, Saving, Commit) = (BeforeIndex, BeforeIndex, BeforeIndex);
        (Incoming, IncomingIsHandedOut) = (snapshot, false);
    }

    /// <summary>Forgets entries up to an index; its term stays known.</summary>
    public void Compact(ulong upTo)
    {
        if (upTo <= BeforeIndex)
        {
            return;
        }

        Invariant.Holds(upTo <= Applied);
        ulong term = this[upTo].Term;
        int gone = (int)(upTo - BeforeIndex);
        Array.Clear(items, start, gone);
        start += gone;
        count -= gone;
        (BeforeIndex, BeforeTerm) = (upTo, term);
    }

    public void HandOutToSave()
    {
        Saving = LastIndex;
        IncomingIsHandedOut = Incoming is not null;
    }

    public void HandOutToApply(ulong index)
    {
        Invariant.Holds(index > Applying && index <= Commit);
        Applying = index;
    }

    public void SavedTo(ulong index, ulong term)
    {
        // What was written may have been replaced in the meantime; then the replacement is handed out anew.
        if (index > Saved && index <= Saving && Matches(index, term))
        {
            Saved = index;
        }
    }

    public void AppliedTo(ulong index)
    {
        Invariant.Holds(index <= Commit);
        Applied = Math.Max(Applied, index);
        Applying = Math.Max(Applying, Applied);
    }

    public void Installed(Snapshot snapshot)
    {
        // A newer snapshot may have come while this one was being installed: then that one is still to do.
        if (Incoming is not null && Incoming.Meta.Index == snapshot.Meta.Index)
        {
            (Incoming, IncomingIsHandedOut) = (null, false);
        }

        AppliedTo(snapshot.Meta.Index);
    }

    private void Truncate(ulong lastKept)
    {
        if (lastKept >= LastIndex)
        {
            return;
        }

        Invariant.Holds(lastKept >= Commit, "a conflict lies above the commit index");
        int kept = (int)(lastKept - BeforeIndex);
        Array.Clear(items, start + kept, count - kept);
        count = kept;
        Saved = Math.Min(Saved, lastKept);
        Saving = Math.Min(Saving, lastKept);
    }
}
