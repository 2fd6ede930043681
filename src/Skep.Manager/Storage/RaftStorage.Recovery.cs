using System.Collections.Immutable;
using Skep.Linux.Files;
using Skep.Raft;

namespace Skep.Manager.Storage;

/// <remarks>
/// Opening first reads and judges everything, and changes nothing while it does: a log that is refused stays as it
/// was found. Only then the unfinished write of a crash is cut off (a copy is kept) and left-over files go.
/// </remarks>
public sealed partial class RaftStorage
{
    public static bool Exists(IDisk disk, string folder) => new StorageFolder(folder).SegmentNumbers(disk).Count > 0;

    /// <summary>Makes the log of a member that never had one.</summary>
    /// <exception cref="StorageRefusedException">There is one, or another process is at it.</exception>
    public static RaftStorage Create(IDisk disk, string folder, StorageKeys keys, StorageIdentity identity)
    {
        var place = new StorageFolder(folder);
        disk.CreateDirectory(place.Log);
        disk.CreateDirectory(place.Snapshots);
        disk.CreateDirectory(place.Broken);
        IDisposable lease = Lease(disk, place);
        try
        {
            if (place.SegmentNumbers(disk).Count > 0)
            {
                throw new StorageRefusedException(StorageFault.Exists, $"There is a log in {folder} already.");
            }

            DeleteUnfinished(disk, place);
            var nothing = new RecoveredState(identity, HardState.Empty, null, [], []);
            var storage = new RaftStorage(disk, place, lease, keys, nothing);
            storage.BeginSegment(() => { });
            storage.Reserve.TryHold();
            return storage;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Opens the log of a member that has one, and reads what it remembers.</summary>
    /// <exception cref="StorageRefusedException">
    /// It is missing, damaged, another's, or cannot be read with these keys. Nothing was changed.
    /// </exception>
    public static RaftStorage Open(IDisk disk, string folder, StorageKeys keys, string clusterId, string nodeId)
    {
        var place = new StorageFolder(folder);
        if (place.SegmentNumbers(disk).Count == 0)
        {
            throw new StorageRefusedException(
                StorageFault.Missing,
                $"This node is a manager, but its log in {folder} is gone. It may have forgotten a vote and must not "
                + "go on as the same member: demote and remove it on another manager and let it join again.");
        }

        IDisposable lease = Lease(disk, place);
        try
        {
            Recovery recovery = Recovery.Read(disk, place, keys);
            StorageIdentity owner = recovery.Replay.Identity!;
            if (owner.ClusterId != clusterId || owner.NodeId != nodeId)
            {
                throw new StorageRefusedException(
                    StorageFault.OtherNode,
                    $"The log in {folder} is that of node {owner.NodeId} of cluster {owner.ClusterId}; "
                    + $"this is node {nodeId} of cluster {clusterId}.");
            }

            return Adopt(disk, place, lease, keys, recovery);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    private static IDisposable Lease(IDisk disk, StorageFolder place) =>
        disk.TryLock(place.Lock) ?? throw new StorageRefusedException(
            StorageFault.InUse, $"Another process has the log in {place.Root} open.");

    private static RaftStorage Adopt(
        IDisk disk, StorageFolder place, IDisposable lease, StorageKeys keys, Recovery recovery)
    {
        RecoveredSnapshot? found = recovery.ChooseSnapshot();
        (HardState state, IReadOnlyList<Entry> entries) = recovery.Finish(found);
        ImmutableArray<string> notes = recovery.CleanUp();
        DeleteUnfinished(disk, place);

        var recovered = new RecoveredState(recovery.Replay.Identity!, state, found?.Snapshot, entries, notes);
        var storage = new RaftStorage(disk, place, lease, keys, recovered)
        {
            hardState = state,
            writtenState = state,
            lastIndex = recovery.Replay.LastIndex,
        };
        storage.closed.AddRange(recovery.Segments.Select(
            segment => new ClosedSegment(segment.End, segment.KeyId, segment.HighestIndex)));
        storage.snapshots.AddRange(recovery.Kept.Select(kept => new WrittenSnapshot(kept.Meta, kept.KeyId)));
        storage.DeleteStraySnapshots();
        storage.Reserve.TryHold();
        return storage;
    }

    /// <summary>Snapshots that the log does not name: a crash came right after the write.</summary>
    private void DeleteStraySnapshots()
    {
        foreach ((string path, _, _) in folder.SnapshotFiles(disk))
        {
            if (!snapshots.Exists(snapshot => folder.Snapshot(snapshot.Meta) == path))
            {
                disk.Delete(path);
            }
        }
    }

    private static void DeleteUnfinished(IDisk disk, StorageFolder place)
    {
        foreach (string parent in new[] { place.Root, place.Log, place.Snapshots })
        {
            foreach (string name in disk.List(parent))
            {
                if (name.EndsWith(StorageFolder.Unfinished, StringComparison.Ordinal))
                {
                    disk.Delete(Path.Combine(parent, name));
                }
            }
        }
    }
}
