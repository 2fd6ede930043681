using System.Threading.Channels;
using Skep.Linux;
using Skep.Linux.Files;
using Skep.Manager.Storage;
using Skep.Raft;

namespace Skep.Manager.Consensus;

// Snapshots: the immutable store is encoded and written beside the loop; the loop only names the result in the log.
public sealed partial class RaftDriver
{
    private readonly Channel<SnapshotJob> snapshotJobs = Channel.CreateBounded<SnapshotJob>(1);
    private readonly List<PendingRotation> rotations = [];
    private ulong snapshotIndex;
    private long bytesSinceSnapshot;
    private long lastSnapshotBytes;
    private bool isWritingSnapshot;
    private bool isSnapshotWanted;

    /// <summary>What is to be written now. Whoever takes it calls <see cref="WriteSnapshot"/> on any thread.</summary>
    internal ChannelReader<SnapshotJob> SnapshotJobs => snapshotJobs.Reader;

    /// <summary>Encodes and writes; the loop is told the result. A failed sync is thrown on.</summary>
    internal void WriteSnapshot(SnapshotJob job)
    {
        WrittenSnapshot? written = null;
        long bytes = 0;
        try
        {
            ReadOnlyMemory<byte> data = job.Encode();
            bytes = data.Length;
            written = storage.WriteSnapshot(new Snapshot(job.Meta, data));
        }
        catch (DiskFullException)
        {
            // The log still has everything; the next snapshot is tried when it is due again.
            log.Warn("The disk has no room for a snapshot", ("index", job.Meta.Index));
        }

        queue.AddReport(new SnapshotWritten(job.Meta, written, bytes));
    }

    /// <summary>
    /// So many entries, and as many bytes of them as the last snapshot has: however large the store is, no more than
    /// two bytes are encoded for one that is written. What the core may keep in memory ends that.
    /// </summary>
    private bool IsSnapshotDue =>
        (applied - snapshotIndex >= options.SnapshotEntries && bytesSinceSnapshot >= lastSnapshotBytes)
        || bytesSinceSnapshot >= Limits.SnapshotBytes;

    private void StartSnapshot()
    {
        bool isDue = isSnapshotWanted || core.WantsSnapshot || IsSnapshotDue;
        if (!isDue || isWritingSnapshot || applied == snapshotIndex)
        {
            return;
        }

        var meta = new SnapshotMeta(applied, appliedTerm, members.Configuration);
        if (snapshotJobs.Writer.TryWrite(new SnapshotJob(meta, Store.Committed, members)))
        {
            isSnapshotWanted = false;
            isWritingSnapshot = true;
            bytesSinceSnapshot = 0;
        }
    }

    private void Take(SnapshotWritten result)
    {
        isWritingSnapshot = false;
        if (result.Written is null || result.Meta.Index <= snapshotIndex)
        {
            return;
        }

        try
        {
            storage.MarkSnapshot(result.Written);
        }
        catch (DiskFullException)
        {
            log.Warn("The disk has no room to name a snapshot", ("index", result.Meta.Index));
            return;
        }

        snapshotIndex = result.Meta.Index;
        lastSnapshotBytes = result.Bytes;
        core.Compact(result.Meta, options.KeptEntries);
        storage.ReleaseUpTo(result.Meta.Index);
        log.Info("Saved a snapshot", ("index", snapshotIndex));
        EndRotations();
    }

    /// <summary>A snapshot on its way out gets its bytes; null when there is none for this receiver yet.</summary>
    private Message? WithSnapshotData(Message message)
    {
        SnapshotMeta meta = message.Snapshot!.Meta;
        if (meta.Members.Contains(message.To))
        {
            try
            {
                return message with { Snapshot = new Snapshot(meta, storage.LoadSnapshotData(meta)) };
            }
            catch (Exception broken) when (broken is InvalidDataException or FileNotFoundException or ErrnoException)
            {
                log.Error("A snapshot of this manager cannot be read", ("why", broken.Message));
            }
        }

        // Broken, or older than the receiver's membership, for which the receiver would refuse it (checklist 28): one
        // is made for it now, and the core offers that when it asks again.
        isSnapshotWanted = true;
        core.ReportSnapshot(message.To, false);
        return null;
    }

    /// <summary>The leader's snapshot takes the place of everything here; it is durable already.</summary>
    private void Restore(Snapshot snapshot)
    {
        DecodedSnapshot decoded = SnapshotJob.Decode(snapshot);
        members = decoded.Members;
        applied = snapshot.Meta.Index;
        appliedTerm = snapshot.Meta.Term;
        snapshotIndex = applied;
        bytesSinceSnapshot = 0;
        lastSnapshotBytes = snapshot.Data.Length;
        Store.Restore(decoded.Store);
        links.SetPeers(PeersOf(members));
        PaceFor(members);
        log.Info("Installed a snapshot of the leader", ("index", applied), ("members", members.Configuration));
        if (members.Removed.Contains(RaftId))
        {
            removed.TrySetResult();
        }

        EndRotations();
    }

    private void Take(PendingRotation rotation)
    {
        storage.RotateKey(rotation.Keys);
        rotations.Add(rotation);
        EndRotations();

        // A swarm that is quiet has no entry that would bring it about.
        StartSnapshot();
    }

    /// <summary>
    /// The older key is given up once a snapshot of the newer one covers all that was written with it.
    /// </summary>
    private void EndRotations()
    {
        if (rotations.Count == 0)
        {
            return;
        }

        storage.ReleaseUpTo(snapshotIndex);
        if (storage.NeedsOlderKey)
        {
            isSnapshotWanted = true;
            return;
        }

        rotations.ForEach(rotation => rotation.Complete(rotation.Keys));
        rotations.Clear();
    }
}
