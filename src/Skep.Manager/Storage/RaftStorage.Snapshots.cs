using Skep.Linux.Files;
using Skep.Raft;

namespace Skep.Manager.Storage;

/// <remarks>
/// Two snapshots stay: the newest, and the one before with the log that leads from it to the newest, in case the
/// newest turns out damaged. After a snapshot from the leader there is no such log, and only that one stays.
/// </remarks>
public sealed partial class RaftStorage
{
    private const int SnapshotsKept = 2;

    /// <summary>Those that the log names, oldest first; at most <see cref="SnapshotsKept"/>.</summary>
    private readonly List<WrittenSnapshot> snapshots = [];

    private SnapshotMeta? Newest => snapshots.Count > 0 ? snapshots[^1].Meta : null;

    /// <summary>Saves a snapshot of our own state. Durable when it returns.</summary>
    public void SaveSnapshot(Snapshot snapshot)
    {
        MarkSnapshot(WriteSnapshot(snapshot));
    }

    /// <summary>First half of <see cref="SaveSnapshot"/>, for any thread: the long one.</summary>
    public WrittenSnapshot WriteSnapshot(Snapshot snapshot)
    {
        DataKey key = keys.Newest;
        SnapshotFile.Write(disk, folder, key, Identity, snapshot);
        return new WrittenSnapshot(snapshot.Meta, key.Id);
    }

    /// <summary>Second half: the log names the snapshot from here on, before any later entry.</summary>
    public void MarkSnapshot(WrittenSnapshot written)
    {
        SnapshotMeta meta = written.Meta;
        Invariant.Holds(meta.Index > (Newest?.Index ?? 0) && meta.Index <= lastIndex);
        SegmentWriter segment = Writable();
        frame.Clear();
        if (hardState is not null && hardState != writtenState)
        {
            frame.Add(hardState);
        }

        frame.Add(meta, isInstalled: false);
        segment.Write(frame);
        writtenState = hardState;
        snapshots.Add(written);
        ForgetOldSnapshots();
    }

    /// <summary>Puts the leader's snapshot in the place of everything the log holds. Durable when it returns.</summary>
    /// <param name="newState">Durable in the same step; null: unchanged.</param>
    public void InstallSnapshot(Snapshot snapshot, HardState? newState)
    {
        Invariant.Holds(snapshot.Meta.Index > (Newest?.Index ?? 0));
        WrittenSnapshot written = WriteSnapshot(snapshot);
        HardState? before = hardState;
        hardState = newState ?? hardState;
        try
        {
            // A segment appears whole or not at all: so does the exchange of the log for the snapshot.
            BeginSegment(() => frame.Add(snapshot.Meta, isInstalled: true));
        }
        catch (DiskFullException)
        {
            hardState = before;
            throw;
        }

        lastIndex = snapshot.Meta.Index;
        snapshots.Clear();
        snapshots.Add(written);
        DeleteSegments(_ => true);
        DeleteUnnamedSnapshots();
    }

    /// <summary>The bytes of a snapshot that was saved, for a follower that needs it.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or a newer one has taken its place.</exception>
    /// <exception cref="IOException">The disk could not read it.</exception>
    public ReadOnlyMemory<byte> LoadSnapshotData(SnapshotMeta meta) =>
        SnapshotFile.Read(disk, folder, keys, Identity, meta).Snapshot.Data;

    /// <summary>Gives back the room of entries up to an index, as far as no snapshot needs them any more.</summary>
    public void ReleaseUpTo(ulong index)
    {
        ForgetSnapshotsOfOlderKeys();
        ulong covered = Newest?.Index ?? 0;
        ulong limit = Math.Min(index, snapshots.Count > 0 ? snapshots[0].Meta.Index : 0);
        DeleteSegments(segment =>
            segment.HighestIndex <= limit || (segment.KeyId != keys.Newest.Id && segment.HighestIndex <= covered));
    }

    private void ForgetOldSnapshots()
    {
        while (snapshots.Count > SnapshotsKept)
        {
            snapshots.RemoveAt(0);
        }

        DeleteUnnamedSnapshots();
    }

    private void ForgetSnapshotsOfOlderKeys()
    {
        if (snapshots.Count > 1 && snapshots[^1].KeyId == keys.Newest.Id
            && snapshots.RemoveAll(snapshot => snapshot.KeyId != keys.Newest.Id) > 0)
        {
            DeleteUnnamedSnapshots();
        }
    }

    /// <summary>Newer ones stay: another thread may have written one that is about to be named.</summary>
    private void DeleteUnnamedSnapshots()
    {
        bool isChanged = false;
        foreach ((string path, _, ulong index) in folder.SnapshotFiles(disk))
        {
            if (index < Newest!.Index && !snapshots.Exists(snapshot => folder.Snapshot(snapshot.Meta) == path))
            {
                disk.Delete(path);
                isChanged = true;
            }
        }

        if (isChanged)
        {
            disk.SyncDirectory(folder.Snapshots);
        }
    }

    /// <summary>Deletes segments from the oldest on, as long as they may go; never the last one.</summary>
    private void DeleteSegments(Predicate<ClosedSegment> mayGo)
    {
        while (closed.Count > (writer is null ? 1 : 0) && mayGo(closed[0]))
        {
            // One by one, each durably: a crash must not leave a hole in the row.
            disk.Delete(folder.Segment(closed[0].End.Number));
            disk.SyncDirectory(folder.Log);
            closed.RemoveAt(0);
        }
    }
}

/// <summary>A snapshot that is on the disk.</summary>
/// <param name="KeyId">Of the data key that opens it.</param>
public sealed record WrittenSnapshot(SnapshotMeta Meta, ulong KeyId);
