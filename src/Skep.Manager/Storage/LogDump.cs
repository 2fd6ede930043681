using System.Globalization;
using Skep.Linux.Files;
using Skep.Raft;

namespace Skep.Manager.Storage;

/// <summary>Shows a member's log for support: every record of every segment, and where something is wrong.</summary>
/// <remarks>
/// It only reads, and takes no lock: of a log in use it shows what stands there at that moment. It goes on behind
/// damage as far as it can. Contents are not shown: entries hold secrets, and a dump is made to be passed on.
/// </remarks>
public sealed class LogDump
{
    private readonly IDisk disk;
    private readonly StorageFolder folder;
    private readonly StorageKeys keys;
    private readonly Action<string> line;
    private int faultCount;

    private LogDump(IDisk disk, StorageFolder folder, StorageKeys keys, Action<string> line)
    {
        this.disk = disk;
        this.folder = folder;
        this.keys = keys;
        this.line = line;
    }

    /// <param name="line">Takes the dump line by line.</param>
    /// <returns>How many files could not be read to their end.</returns>
    public static int Write(IDisk disk, string folder, StorageKeys keys, Action<string> line)
    {
        var dump = new LogDump(disk, new StorageFolder(folder), keys, line);
        foreach ((string path, ulong term, ulong index) in dump.folder.SnapshotFiles(disk))
        {
            dump.Snapshot(path, term, index);
        }

        foreach (ulong number in dump.folder.SegmentNumbers(disk))
        {
            dump.Segment(dump.folder.Segment(number));
        }

        return dump.faultCount;
    }

    private void Snapshot(string path, ulong term, ulong index)
    {
        string name = Path.GetFileName(path);
        try
        {
            byte[] bytes = disk.Read(path);
            (StorageIdentity owner, Snapshot snapshot) = SnapshotFile.Open(bytes, keys);
            line($"snapshot {name} {Place(snapshot.Meta)} {snapshot.Data.Length} bytes of {Member(owner)}");
            if (snapshot.Meta.Index != index || snapshot.Meta.Term != term)
            {
                Fault(name, 0, "it is not what its name says");
            }
        }
        catch (InvalidDataException e)
        {
            Fault(name, 0, e.Message);
        }
    }

    private void Segment(string path)
    {
        string name = Path.GetFileName(path);
        try
        {
            using SegmentReader reader = SegmentReader.Open(disk.Read(path), name, keys);
            line($"segment {name} {reader.FileBytes} bytes, data key {reader.Header.KeyId:x16}");
            Frames(reader, name);
        }
        catch (StorageRefusedException e)
        {
            faultCount++;
            line($"! {e.Message}");
        }
    }

    private void Frames(SegmentReader reader, string name)
    {
        while (true)
        {
            switch (reader.Next())
            {
                case FrameRead.Frame frame:
                    line(string.Create(
                        CultureInfo.InvariantCulture, $" frame at {frame.Offset}, {frame.Records.Length} bytes"));
                    Records(frame.Records);
                    continue;
                case FrameRead.Torn torn:
                    Fault(name, reader.Offset, "unfinished write: " + torn.Why);
                    return;
                case FrameRead.Damaged damaged:
                    Fault(name, reader.Offset, "damaged: " + damaged.Why);
                    return;
                default:
                    return;
            }
        }
    }

    private void Records(ReadOnlyMemory<byte> frame)
    {
        var records = new LogRecordReader(frame);
        while (records.Next() is { } record)
        {
            line("  " + record switch
            {
                LogRecord.Head head =>
                    $"head {Member(head.Identity)}, after segment {head.PreviousNumber:x16} and entry {head.LastIndex}",
                LogRecord.State(var state) => $"state term {state.Term} vote {state.Vote:x} commit {state.Commit}",
                LogRecord.Mark { IsInstalled: true } mark => $"installed {Place(mark.Meta)}",
                LogRecord.Mark mark => $"saved {Place(mark.Meta)}",
                LogRecord.Appended(var entry) =>
                    $"entry {entry.Index} term {entry.Term} {entry.Data.Length} bytes {EntryText.Of(entry)}",
                _ => "a record of another kind",
            });
        }
    }

    private void Fault(string name, long offset, string what)
    {
        faultCount++;
        line($"! {name} at byte {offset}: {what}");
    }

    private static string Member(StorageIdentity owner) =>
        $"node {owner.NodeId} cluster {owner.ClusterId} member {owner.RaftId:x}";

    private static string Place(SnapshotMeta meta) => $"snapshot {meta.Index} term {meta.Term} {meta.Members}";
}
