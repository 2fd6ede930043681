using Skep.Manager.Storage;
using Skep.Raft;
using Skep.Swarm;
using Skep.Swarm.Store;

namespace Skep.Manager.Consensus;

// From what the disk remembers to a driver that can step.
public sealed partial class RaftDriver
{
    // Removed by entries that are still to be applied: they are never called, lest we wait for the dead.
    private readonly HashSet<ulong> removedLater;

    /// <summary>Goes on where this member stopped, or begins with an empty log as one that joins.</summary>
    /// <exception cref="InvalidDataException">The snapshot's content makes no sense.</exception>
    public static RaftDriver Open(DriverOptions options, RaftStorage storage, IPeerLinks links, Log log)
    {
        RecoveredState disk = storage.Recovered;
        DecodedSnapshot? decoded = disk.Snapshot is { } snapshot ? SnapshotJob.Decode(snapshot) : null;
        var start = new DriverStart(
            decoded?.Store ?? StoreSnapshot.Empty,
            decoded?.Members ?? MemberList.Told(options.KnownMembers),
            disk.Snapshot?.Meta.Index ?? 0,
            disk.Snapshot?.Meta.Term ?? 0,
            disk.Snapshot?.Data.Length ?? 0,
            RemovedLater(disk));
        return new RaftDriver(options, options.NewCore(Settings(options), disk), storage, links, log, start);
    }

    /// <summary>Begins a new swarm whose only manager is this one.</summary>
    public static RaftDriver Begin(
        DriverOptions options, Member self, RaftStorage storage, IPeerLinks links, Log log)
    {
        Invariant.Holds(self.RaftId == options.RaftId);
        RaftDriver driver = Open(options, storage, links, log);
        driver.core.Bootstrap(new ConfChange(0, ConfChangeKind.AddNode, self.RaftId, MemberWire.Write(self)));
        return driver;
    }

    internal static RaftCore NewCore(RaftOptions settings, RecoveredState disk) => new(
        settings,
        disk.HardState,
        disk.Snapshot?.Meta.Members ?? ConfState.Empty,
        disk.Snapshot?.Meta,
        disk.Entries,
        disk.Snapshot?.Meta.Index ?? 0);

    private static RaftOptions Settings(DriverOptions options) => new()
    {
        Id = options.RaftId,
        ElectionTicks = Limits.FastElectionTicks,
        HeartbeatTicks = Limits.HeartbeatTicks,
        PreVote = true,
        CheckQuorum = true,
        HoldsCommits = true,
        Random = options.Random,
    };

    private static HashSet<ulong> RemovedLater(RecoveredState disk)
    {
        HashSet<ulong> removed = [];
        foreach (Entry entry in disk.Entries)
        {
            if (entry.Index <= disk.HardState.Commit && entry.Kind == EntryKind.ConfChange
                && ConfChangeWire.Read(entry) is { Kind: ConfChangeKind.RemoveNode } change)
            {
                removed.Add(change.Member);
            }
        }

        return removed;
    }

    /// <summary>What a driver starts from: the snapshot's state, and what the log behind it says early.</summary>
    private sealed record DriverStart(
        StoreSnapshot Store,
        MemberList Members,
        ulong Applied,
        ulong AppliedTerm,
        long SnapshotBytes,
        HashSet<ulong> RemovedLater);
}
