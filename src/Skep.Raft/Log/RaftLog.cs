using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Skep.Raft;

/// <summary>The entries since the last compaction, in memory, and how far each kind of progress has come.</summary>
/// <remarks>
/// <para>Four marks divide it: what is applied, handed out to be applied, and committed on one side; what is durable
/// here and handed out to be made durable on the other. A committed entry need not be durable here yet.</para>
/// <para>Entries lie in one array with room at both ends: appending and compacting cost amortised constant time, and
/// a batch costs one copy of its references.</para>
/// </remarks>
internal sealed partial class RaftLog
{
    private Entry[] items = new Entry[64];
    private int start;
    private int count;

    /// <param name="snapshot">The newest one on disk; the log begins behind it.</param>
    /// <param name="entries">In order, without a gap; those the snapshot covers are skipped (checklist 25).</param>
    /// <param name="commit">As the hard state remembers it. The snapshot may be newer.</param>
    public RaftLog(SnapshotMeta? snapshot, IReadOnlyList<Entry> entries, ulong commit, ulong applied)
    {
        BeforeIndex = snapshot?.Index ?? 0;
        BeforeTerm = snapshot?.Term ?? 0;
        foreach (Entry entry in entries)
        {
            if (entry.Index > BeforeIndex)
            {
                Invariant.Holds(entry.Index == LastIndex + 1, "the log on disk has no gap");
                Invariant.Holds(entry.Term >= LastTerm, "terms in the log on disk never fall");
                Add(entry);
            }
        }

        Saved = LastIndex;
        Saving = LastIndex;
        Commit = Math.Max(commit, BeforeIndex);
        Invariant.Holds(
            Commit <= LastIndex, "the log reaches its commit index (was it corrupted, truncated or lost?)");
        Applied = Math.Max(applied, BeforeIndex);
        Applying = Applied;
        Invariant.Holds(Applied <= Commit);
    }

    /// <summary>The entry in front of the first held one: its term is known, its content is gone.</summary>
    public ulong BeforeIndex { get; private set; }

    public ulong BeforeTerm { get; private set; }

    public ulong FirstIndex => BeforeIndex + 1;

    public ulong LastIndex => BeforeIndex + (ulong)count;

    public ulong LastTerm => count == 0 ? BeforeTerm : items[start + count - 1].Term;

    public ulong Commit { get; private set; }

    /// <summary>Handed out to be applied.</summary>
    public ulong Applying { get; private set; }

    public ulong Applied { get; private set; }

    /// <summary>Durable here, as far as the driver has said so.</summary>
    public ulong Saved { get; private set; }

    /// <summary>Handed out to be made durable.</summary>
    public ulong Saving { get; private set; }

    public bool HasUnsaved => Saving < LastIndex;

    public bool HasCommitted => Applying < Commit && Incoming is null;

    public Entry this[ulong index]
    {
        get
        {
            Invariant.Holds(index > BeforeIndex && index <= LastIndex);
            return items[start + (int)(index - FirstIndex)];
        }
    }

    /// <summary>Known for the held entries and the one before them.</summary>
    public bool TryTerm(ulong index, out ulong term)
    {
        term = 0;
        if (index < BeforeIndex || index > LastIndex)
        {
            return false;
        }

        term = index == BeforeIndex ? BeforeTerm : this[index].Term;
        return true;
    }

    public bool Matches(ulong index, ulong term) => TryTerm(index, out ulong ours) && ours == term;

    /// <summary>Raft 5.4.1: the later last term wins; with equal terms, the longer log.</summary>
    public bool IsCoveredBy(ulong lastTerm, ulong lastIndex) =>
        lastTerm > LastTerm || (lastTerm == LastTerm && lastIndex >= LastIndex);

    /// <summary>
    /// The highest place, at most <paramref name="index"/>, where this log may equal another one that has
    /// <paramref name="term"/> at <paramref name="index"/>: terms never fall, so all places above with a later term
    /// are out. The term returned is 0 where it is not known.
    /// </summary>
    public (ulong Index, ulong Term) GuessMatch(ulong index, ulong term)
    {
        if (index > LastIndex || index < BeforeIndex)
        {
            return (index, 0);
        }

        if (BeforeTerm > term)
        {
            return (BeforeIndex == 0 ? 0 : BeforeIndex - 1, 0);
        }

        (ulong low, ulong high) = (BeforeIndex, index);
        while (low < high)
        {
            ulong middle = high - ((high - low) / 2);
            if (this[middle].Term <= term)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return (low, low == BeforeIndex ? BeforeTerm : this[low].Term);
    }

    /// <summary>Entries from one index to another, both included, cut where they would pass the limit.</summary>
    /// <remarks>The first one always comes, however large: otherwise it could never be sent or applied.</remarks>
    public ImmutableArray<Entry> Slice(ulong from, ulong to, long bytesMax)
    {
        if (from > to)
        {
            return [];
        }

        Invariant.Holds(from >= FirstIndex && to <= LastIndex);
        int first = start + (int)(from - FirstIndex);
        int end = start + (int)(to - FirstIndex) + 1;
        long bytes = items[first].EncodedBytes;
        int next = first + 1;
        while (next < end && (bytes += items[next].EncodedBytes) <= bytesMax)
        {
            next++;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(items.AsSpan(first, next - first).ToArray());
    }

    private void Add(Entry entry)
    {
        if (start + count == items.Length)
        {
            MakeRoom();
        }

        items[start + count] = entry;
        count++;
    }

    /// <summary>Moves to the front if half of the array is free there, else to one of twice the size.</summary>
    private void MakeRoom()
    {
        Entry[] target = start >= items.Length / 2 ? items : new Entry[items.Length * 2];
        Array.Copy(items, start, target, 0, count);
        if (ReferenceEquals(target, items))
        {
            Array.Clear(items, count, items.Length - count);
        }

        items = target;
        start = 0;
    }
}
