using Skep.Linux.Files;
using Skep.Raft;

namespace Skep.Manager.Storage;

/// <summary>What consensus must not forget: log, votes, snapshots. Encrypted, and durable when it says so.</summary>
/// <remarks>
/// One thread at a time, except for <see cref="WriteSnapshot"/> and <see cref="LoadSnapshotData"/>, which any thread
/// may call. <see cref="DiskFullException"/> leaves everything as it was: the same call may be made again when there
/// is room. <see cref="SyncFailedException"/> must end the process. docs/internals/storage.md says how it works.
/// </remarks>
public sealed partial class RaftStorage : IDisposable
{
    private readonly IDisk disk;
    private readonly StorageFolder folder;
    private readonly IDisposable lease;
    private readonly FrameBuffer frame = new();

    /// <summary>Segments that are not written any more, oldest first.</summary>
    private readonly List<ClosedSegment> closed = [];

    /// <summary>Null until there is something to write: a start alone writes nothing.</summary>
    private SegmentWriter? writer;
    private volatile StorageKeys keys;
    private ulong lastIndex;
    private ulong highestInWriter;

    /// <summary>What consensus said last, and what of it stands on the disk.</summary>
    private HardState? hardState;
    private HardState? writtenState;

    private RaftStorage(IDisk disk, StorageFolder folder, IDisposable lease, StorageKeys keys, RecoveredState recovered)
    {
        this.disk = disk;
        this.folder = folder;
        this.lease = lease;
        this.keys = keys;
        Recovered = recovered;
        Reserve = new DiskReserve(disk, folder);
    }

    /// <summary>What the disk remembered when it was opened.</summary>
    public RecoveredState Recovered { get; }

    public StorageIdentity Identity => Recovered.Identity;

    public DiskReserve Reserve { get; }

    /// <summary>Saves what a Ready asks for, with one sync. Durable when it returns.</summary>
    /// <remarks>
    /// A commit index that moved, alone, waits for the next save: it is only a hint that consensus finds again.
    /// </remarks>
    /// <param name="newState">Null: unchanged.</param>
    /// <param name="entries">They replace what stands at their index and behind it.</param>
    public void Save(HardState? newState, IReadOnlyList<Entry> entries) => Save(newState, entries, false);

    /// <param name="keepsCommit">The commit index must not wait: who acts on it cannot be asked again.</param>
    public void Save(HardState? newState, IReadOnlyList<Entry> entries, bool keepsCommit)
    {
        CheckContinuity(entries);
        bool isNoted = entries.Count == 0 && !(keepsCommit && (newState ?? hardState) != writtenState)
            && (newState is null || (newState.Term == writtenState?.Term && newState.Vote == writtenState.Vote));
        if (!isNoted)
        {
            HardState? state = newState ?? hardState;
            SegmentWriter segment = Writable();
            frame.Clear();
            foreach (Entry entry in entries)
            {
                frame.Add(entry);
            }

            if (state is not null && state != writtenState)
            {
                frame.Add(state);
            }

            segment.Write(frame);
            writtenState = state;
        }

        hardState = newState ?? hardState;
        if (entries.Count > 0)
        {
            lastIndex = entries[^1].Index;
            highestInWriter = Math.Max(highestInWriter, lastIndex);
        }
    }

    /// <summary>From now on everything is written with the newest of these keys.</summary>
    /// <remarks>
    /// The older key is needed as long as <see cref="NeedsOlderKey"/>. A snapshot at or above
    /// <see cref="OlderKeyUpTo"/>, and <see cref="ReleaseUpTo"/> after it, end that.
    /// </remarks>
    public void RotateKey(StorageKeys newKeys)
    {
        Invariant.Holds(newKeys.Find(keys.Newest.Id) is not null || !UsesKey(keys.Newest.Id));
        keys = newKeys;
        if (writer is not null && writer.KeyId != keys.Newest.Id)
        {
            CloseWriter();
        }
    }

    /// <summary>Whether something on the disk can only be read with the older key.</summary>
    public bool NeedsOlderKey =>
        (writer is not null && writer.KeyId != keys.Newest.Id)
        || closed.Exists(segment => segment.KeyId != keys.Newest.Id)
        || snapshots.Exists(snapshot => snapshot.KeyId != keys.Newest.Id);

    /// <summary>The last index that stands in a segment of an older key; 0: none does.</summary>
    public ulong OlderKeyUpTo =>
        closed.Where(segment => segment.KeyId != keys.Newest.Id).Select(segment => segment.HighestIndex)
            .DefaultIfEmpty(0UL).Max();

    /// <summary>Bytes of all segments.</summary>
    public long LogBytes => closed.Sum(segment => segment.Bytes) + (writer?.Bytes ?? 0);

    public void Dispose()
    {
        CloseWriter();
        lease.Dispose();
    }

    private bool UsesKey(ulong id) =>
        writer?.KeyId == id || closed.Exists(segment => segment.KeyId == id)
        || snapshots.Exists(snapshot => snapshot.KeyId == id);

    private void CheckContinuity(IReadOnlyList<Entry> entries)
    {
        for (int index = 0; index < entries.Count; index++)
        {
            Invariant.Holds(index == 0
                ? entries[0].Index <= lastIndex + 1 && entries[0].Index > (Newest?.Index ?? 0)
                : entries[index].Index == entries[index - 1].Index + 1);
        }
    }

    /// <summary>The segment to write to: a new one after a start, a rotation, or enough bytes.</summary>
    private SegmentWriter Writable()
    {
        if (writer is not null && writer.Bytes < Limits.SegmentBytes)
        {
            return writer;
        }

        return BeginSegment(() => { });
    }

    /// <param name="more">Adds to the segment's first frame: durable together with the segment itself.</param>
    private SegmentWriter BeginSegment(Action more)
    {
        frame.Clear();
        SegmentEnd? previous = writer is not null
            ? new SegmentEnd(writer.Number, writer.Bytes, writer.LastTag)
            : closed.Count > 0 ? closed[^1].End : null;
        frame.Add(new LogRecord.Head(
            Identity, previous?.Number ?? 0, previous?.Bytes ?? 0, previous?.LastTag ?? 0, lastIndex));
        if (hardState is not null)
        {
            frame.Add(hardState);
        }

        foreach (WrittenSnapshot snapshot in snapshots)
        {
            frame.Add(snapshot.Meta, isInstalled: false);
        }

        more();
        ulong number = (previous?.Number ?? 0) + 1;
        SegmentWriter begun = SegmentWriter.Create(disk, folder, number, keys.Newest, frame);
        CloseWriter();
        writer = begun;
        highestInWriter = 0;
        writtenState = hardState;
        return begun;
    }

    private void CloseWriter()
    {
        if (writer is null)
        {
            return;
        }

        closed.Add(new ClosedSegment(
            new SegmentEnd(writer.Number, writer.Bytes, writer.LastTag), writer.KeyId, highestInWriter));
        writer.Close();
        writer = null;
    }

    /// <param name="HighestIndex">Of any entry in it; 0: it holds none.</param>
    private sealed record ClosedSegment(SegmentEnd End, ulong KeyId, ulong HighestIndex)
    {
        public long Bytes => End.Bytes;
    }
}
