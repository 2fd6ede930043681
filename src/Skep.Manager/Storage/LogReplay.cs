using Skep.Raft;

namespace Skep.Manager.Storage;

/// <summary>What the records say when they are taken one after the other.</summary>
internal sealed class LogReplay(string folder)
{
    private readonly List<Entry> entries = [];
    private bool hasBegun;

    public StorageIdentity? Identity { get; private set; }

    public HardState? HardState { get; private set; }

    public SnapshotMeta? Newest { get; private set; }

    /// <summary>The snapshot before the newest, as long as the log still leads from it to there.</summary>
    public SnapshotMeta? Older { get; private set; }

    public ulong LastIndex { get; private set; }

    /// <summary>All entries that the segments still hold and that later ones did not replace.</summary>
    public IReadOnlyList<Entry> Entries => entries;

    /// <param name="previous">Where the segment before ended; null for the first one there is.</param>
    public void Begin(LogRecord.Head head, SegmentEnd? previous)
    {
        if (previous is null)
        {
            Identity = head.Identity;
            LastIndex = head.LastIndex;
            hasBegun = true;
            return;
        }

        Require(head.Identity == Identity, "a segment belongs to another node");
        Require(
            head.PreviousNumber == previous.Number && head.PreviousBytes == previous.Bytes
            && head.PreviousTag == previous.LastTag,
            $"segment {previous.Number:x16} is not the one that segment {previous.Number + 1:x16} was written after");
        Require(head.LastIndex == LastIndex, "a segment does not go on where the one before ended");
    }

    public void Take(LogRecord record)
    {
        Require(hasBegun, "a segment begins without its head");
        switch (record)
        {
            case LogRecord.Appended appended:
                Append(appended.Entry);
                break;
            case LogRecord.State state:
                HardState = state.HardState;
                break;
            case LogRecord.Mark { IsInstalled: true } mark:
                entries.Clear();
                LastIndex = mark.Meta.Index;
                (Older, Newest) = (null, mark.Meta);
                break;
            case LogRecord.Mark mark when Newest is null || mark.Meta.Index > Newest.Index:
                (Older, Newest) = (Newest, mark.Meta);
                break;
            case LogRecord.Mark:
                // Repeated at the front of a segment.
                break;
            default:
                Require(false, "a segment has a second head");
                break;
        }
    }

    /// <summary>The entries after an index.</summary>
    /// <returns>Null when the log does not hold all of them.</returns>
    public IReadOnlyList<Entry>? After(ulong index)
    {
        if (index >= LastIndex)
        {
            return [];
        }

        return entries.Count > 0 && entries[0].Index <= index + 1
            ? entries[(int)(index + 1 - entries[0].Index)..]
            : null;
    }

    private void Append(Entry entry)
    {
        // An entry replaces what stood at its place and behind it; a place left out was lost (checklist 25).
        Require(
            entry.Index <= LastIndex + 1,
            $"entry {entry.Index} follows entry {LastIndex}; what was between them is gone");
        Require(
            HardState is null || entry.Index > HardState.Commit || entry.Index > LastIndex,
            $"entry {entry.Index} replaces one that was committed");
        if (entries.Count > 0)
        {
            int keep = entry.Index > entries[0].Index ? (int)(entry.Index - entries[0].Index) : 0;
            entries.RemoveRange(keep, entries.Count - keep);
        }

        entries.Add(entry);
        LastIndex = entry.Index;
    }

    private void Require(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            throw StorageRefusedException.Damaged(folder, otherwise);
        }
    }
}

/// <summary>Where a segment ended: what the next one must name.</summary>
internal sealed record SegmentEnd(ulong Number, long Bytes, UInt128 LastTag);
