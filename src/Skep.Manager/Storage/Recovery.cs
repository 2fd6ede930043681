using System.Collections.Immutable;
using Skep.Linux.Files;
using Skep.Raft;

namespace Skep.Manager.Storage;

/// <summary>A segment as it was read.</summary>
/// <param name="HighestIndex">Of any entry in it; 0: it holds none.</param>
internal sealed record RecoveredSegment(SegmentEnd End, ulong KeyId, ulong HighestIndex);

/// <summary>A snapshot as it was read.</summary>
internal sealed record RecoveredSnapshot(Snapshot Snapshot, ulong KeyId);

/// <summary>Reads a log from its files and judges them. Only <see cref="CleanUp"/> changes anything.</summary>
internal sealed class Recovery
{
    private readonly IDisk disk;
    private readonly StorageFolder folder;
    private readonly StorageKeys keys;
    private readonly List<RecoveredSegment> segments = [];
    private readonly List<(SnapshotMeta Meta, ulong KeyId)> kept = [];

    /// <summary>The newest snapshot, when it had to be passed over.</summary>
    private SnapshotMeta? passedOver;
    private string? passedOverWhy;

    /// <summary>What a crash left unfinished at the end of the last segment.</summary>
    private byte[] tornTail = [];
    private string? tornWhy;
    private bool hasRoomToTrim;

    private Recovery(IDisk disk, StorageFolder folder, StorageKeys keys)
    {
        this.disk = disk;
        this.folder = folder;
        this.keys = keys;
        Replay = new LogReplay(folder.Root);
    }

    public LogReplay Replay { get; }

    public IReadOnlyList<RecoveredSegment> Segments => segments;

    /// <summary>The snapshots that can be used, oldest first.</summary>
    public IReadOnlyList<(SnapshotMeta Meta, ulong KeyId)> Kept => kept;

    public static Recovery Read(IDisk disk, StorageFolder folder, StorageKeys keys)
    {
        // A process that was killed may have left a name that is in memory only.
        disk.SyncDirectory(folder.Log);
        var recovery = new Recovery(disk, folder, keys);
        IReadOnlyList<ulong> numbers = folder.SegmentNumbers(disk);
        for (int index = 0; index < numbers.Count; index++)
        {
            if (index > 0 && numbers[index] != numbers[index - 1] + 1)
            {
                throw StorageRefusedException.Damaged(
                    folder.Root, $"segment {numbers[index - 1] + 1:x16} is missing");
            }

            recovery.ReadSegment(numbers[index], isLast: index == numbers.Count - 1);
        }

        return recovery;
    }

    /// <summary>The newest snapshot that is whole and from which the log goes on.</summary>
    public RecoveredSnapshot? ChooseSnapshot()
    {
        if (Replay.Newest is not { } newest)
        {
            return null;
        }

        RecoveredSnapshot? older = Replay.Older is null ? null : TryRead(Replay.Older, out _);
        if (TryRead(newest, out string why) is { } found)
        {
            if (older is not null)
            {
                kept.Add((older.Snapshot.Meta, older.KeyId));
            }

            kept.Add((newest, found.KeyId));
            return found;
        }

        if (older is null || Replay.After(older.Snapshot.Meta.Index) is null)
        {
            throw StorageRefusedException.Damaged(folder.Snapshot(newest), 0, why);
        }

        (passedOver, passedOverWhy) = (newest, why);
        kept.Add((older.Snapshot.Meta, older.KeyId));
        return older;
    }

    public (HardState State, IReadOnlyList<Entry> Entries) Finish(RecoveredSnapshot? snapshot)
    {
        SnapshotMeta? meta = snapshot?.Snapshot.Meta;
        IReadOnlyList<Entry> entries = Replay.After(meta?.Index ?? 0)
            ?? throw StorageRefusedException.Damaged(folder.Root, $"the entries after {meta?.Index ?? 0} are gone");
        HardState state = Replay.HardState ?? HardState.Empty;
        ulong last = Replay.LastIndex;
        if (state.Commit > last || meta?.Index > last)
        {
            ulong committed = Math.Max(state.Commit, meta?.Index ?? 0);
            throw StorageRefusedException.Damaged(
                folder.Root, $"it ends at entry {last}, but entry {committed} was committed");
        }

        // The snapshot may be further than the state that was saved last. In its term nobody got our vote, or the
        // state would say so.
        if (meta is not null && meta.Term > state.Term)
        {
            state = new HardState(meta.Term, 0, state.Commit);
        }

        return (state with { Commit = Math.Max(state.Commit, meta?.Index ?? 0) }, entries);
    }

    /// <summary>Cuts off what a crash left and puts aside what is not used.</summary>
    public ImmutableArray<string> CleanUp()
    {
        List<string> notes = [];
        string last = folder.Segment(segments[^1].End.Number);
        if (tornWhy is not null)
        {
            string aside = Path.Combine(
                folder.Broken, $"{Path.GetFileName(last)}-{segments[^1].End.Bytes:x8}");
            notes.Add($"{last} ends in a write that was not finished ({tornWhy}): {KeepAside(aside, tornTail)}.");
        }

        if (tornWhy is not null || hasRoomToTrim)
        {
            disk.Truncate(last, segments[^1].End.Bytes);
        }

        if (passedOver is not null)
        {
            PutAsidePassedOver(notes);
        }

        return [.. notes];
    }

    private void ReadSegment(ulong number, bool isLast)
    {
        string path = folder.Segment(number);
        byte[] bytes = isLast ? disk.ReadDurably(path) : disk.Read(path);
        using SegmentReader reader = SegmentReader.Open(bytes, path, keys);
        if (reader.Header.Number != number)
        {
            throw StorageRefusedException.Damaged(path, 0, $"it is segment {reader.Header.Number:x16}");
        }

        ulong highest = 0;
        bool isHead = true;
        while (true)
        {
            switch (reader.Next())
            {
                case FrameRead.Frame read:
                    highest = Math.Max(highest, TakeFrame(read, isHead, path));
                    isHead = false;
                    continue;
                case FrameRead.Torn torn when isLast && !isHead:
                    tornWhy = torn.Why;
                    tornTail = reader.Rest();
                    break;
                case FrameRead.Torn torn:
                    throw StorageRefusedException.Damaged(path, reader.Offset, torn.Why);
                case FrameRead.Damaged damaged:
                    throw StorageRefusedException.Damaged(path, reader.Offset, damaged.Why);
                default:
                    hasRoomToTrim = reader.FileBytes > reader.Offset;
                    break;
            }

            break;
        }

        if (isHead)
        {
            throw StorageRefusedException.Damaged(path, reader.Offset, "it holds nothing");
        }

        segments.Add(new RecoveredSegment(
            new SegmentEnd(number, reader.Offset, reader.LastTag), reader.Header.KeyId, highest));
    }

    private ulong TakeFrame(FrameRead.Frame read, bool isHead, string path)
    {
        ulong highest = 0;
        try
        {
            var records = new LogRecordReader(read.Records);
            while (records.Next() is { } record)
            {
                if (isHead && record is LogRecord.Head head)
                {
                    Replay.Begin(head, segments.Count > 0 ? segments[^1].End : null);
                    isHead = false;
                    continue;
                }

                Replay.Take(record);
                highest = record is LogRecord.Appended appended ? Math.Max(highest, appended.Entry.Index) : highest;
            }
        }
        catch (FormatException e)
        {
            throw StorageRefusedException.Damaged(path, read.Offset, e.Message);
        }

        return highest;
    }

    private RecoveredSnapshot? TryRead(SnapshotMeta meta, out string why)
    {
        try
        {
            why = "";
            (Snapshot snapshot, ulong keyId) = SnapshotFile.Read(disk, folder, keys, Replay.Identity!, meta);
            return new RecoveredSnapshot(snapshot, keyId);
        }
        catch (InvalidDataException e)
        {
            why = e.Message;
        }
        catch (IOException e) when (e is not SyncFailedException)
        {
            why = e.Message;
        }

        return null;
    }

    private void PutAsidePassedOver(List<string> notes)
    {
        string path = folder.Snapshot(passedOver!);
        notes.Add($"{path} cannot be used ({passedOverWhy}): going on from the snapshot before it.");
        if (disk.Exists(path))
        {
            MakeRoomAside();
            disk.Rename(path, Path.Combine(folder.Broken, Path.GetFileName(path)));
            disk.SyncDirectory(folder.Snapshots);
        }
    }

    private string KeepAside(string aside, byte[] content)
    {
        try
        {
            MakeRoomAside();
            disk.WriteDurably(aside, content);
            return $"cut off, and kept as {aside}";
        }
        catch (DiskFullException)
        {
            return "cut off; there was no room to keep it";
        }
    }

    private void MakeRoomAside()
    {
        IReadOnlyList<string> names = disk.List(folder.Broken);
        for (int index = 0; index <= names.Count - Limits.BrokenFilesKept; index++)
        {
            disk.Delete(Path.Combine(folder.Broken, names[index]));
        }
    }
}
