using System.Text;
using Skep.Raft;

namespace Skep.Tests.Raft;

/// <summary>A core with a disk that survives crashes and a state that is the list of what was applied.</summary>
/// <remarks>The disk is what was saved by <see cref="Save"/>; nothing else is there after a crash.</remarks>
internal sealed class RaftMember
{
    private readonly RaftOptions options;
    private readonly RaftMutant mutant;
    private HardState diskHardState = HardState.Empty;
    private Snapshot? diskSnapshot;
    private List<Entry> diskEntries = [];

    public RaftMember(RaftOptions options, ConfState conf, RaftMutant mutant)
    {
        this.options = options;
        this.mutant = mutant;
        if (!conf.Voters.IsEmpty)
        {
            // A cluster begins behind a common first snapshot, so that it needs no first configuration change.
            diskSnapshot = new Snapshot(new SnapshotMeta(1, 1, conf), default);
            diskHardState = new HardState(1, 0, 1);
        }

        Core = null!;
        Restart();
    }

    public ulong Id => options.Id;

    public RaftCore Core { get; private set; }

    public bool IsDown { get; private set; }

    /// <summary>What was applied, in order, with its index: the state.</summary>
    public List<(ulong Index, ulong Term, string Text)> Applied { get; private set; } = [];

    public List<ReadState> Reads { get; } = [];

    public List<Entry> DiskEntries => diskEntries;

    public HardState DiskHardState => diskHardState;

    public ulong DiskSnapshotIndex => diskSnapshot?.Meta.Index ?? 0;

    public Ready? UnderWay { get; private set; }

    public RoleState? LastRole { get; private set; }

    public ulong SnapshotsInstalled { get; private set; }

    public void Crash()
    {
        IsDown = true;
        UnderWay = null;
    }

    public void Restart()
    {
        IsDown = false;
        UnderWay = null;
        Reads.Clear();
        Applied = ReadState(diskSnapshot);
        Core = new RaftCore(
            options, diskHardState, diskSnapshot?.Meta.Members ?? ConfState.Empty, diskSnapshot?.Meta, diskEntries,
            applied: diskSnapshot?.Meta.Index ?? 0, mutant);
    }

    /// <summary>Does one Ready in the order it asks for.</summary>
    public IReadOnlyList<Message> DoReady()
    {
        Take();
        Save();
        IReadOnlyList<Message> messages = Messages();
        Apply();
        Finish();
        return messages;
    }

    public void Take() => UnderWay = Core.TakeReady();

    public void Save()
    {
        Ready ready = UnderWay!;
        if (ready.Snapshot is { } installed)
        {
            diskSnapshot = installed;
            diskEntries = [];
            SnapshotsInstalled++;
        }

        if (!ready.Entries.IsEmpty)
        {
            diskEntries.RemoveAll(it => it.Index >= ready.Entries[0].Index);
            diskEntries.AddRange(ready.Entries);
        }

        diskHardState = ready.HardState ?? diskHardState;
    }

    /// <summary>A snapshot goes out with its bytes; a newer one than the core named does as well.</summary>
    public IReadOnlyList<Message> Messages() => [.. UnderWay!.Messages.Select(it =>
        it.Kind == MessageKind.Snapshot ? it with { Snapshot = diskSnapshot } : it)];

    public void Apply()
    {
        Ready ready = UnderWay!;
        LastRole = ready.Role ?? LastRole;
        Reads.AddRange(ready.Reads);
        if (ready.Snapshot is { } installed)
        {
            Applied = ReadState(installed);
        }

        foreach (Entry entry in ready.Committed)
        {
            string text = "";
            if (entry.Kind == EntryKind.Normal)
            {
                text = Encoding.UTF8.GetString(entry.Data.Span);
            }
            else
            {
                ConfChange change = ConfChangeWire.Read(entry);
                Core.ApplyConfChange(change);
                text = change.ToString();
            }

            Applied.Add((entry.Index, entry.Term, text));
        }
    }

    public void Finish()
    {
        Ready ready = UnderWay!;
        UnderWay = null;
        Core.Advance(ready);
    }

    /// <summary>Saves a snapshot of what is applied, and forgets the entries under it.</summary>
    public void TakeSnapshot(ulong keepEntries)
    {
        if (Applied.Count == 0)
        {
            return;
        }

        (ulong index, ulong term, _) = Applied[^1];
        var meta = new SnapshotMeta(index, term, Core.Status.Members);
        diskSnapshot = new Snapshot(meta, WriteState());
        diskEntries.RemoveAll(it => it.Index <= index);
        Core.Compact(meta, keepEntries);
    }

    private byte[] WriteState() =>
        Encoding.UTF8.GetBytes(string.Join('\n', Applied.Select(it => $"{it.Index} {it.Term} {it.Text}")));

    private static List<(ulong Index, ulong Term, string Text)> ReadState(Snapshot? snapshot)
    {
        if (snapshot is null || snapshot.Data.IsEmpty)
        {
            return [];
        }

        return [.. Encoding.UTF8.GetString(snapshot.Data.Span).Split('\n').Select(line =>
        {
            string[] parts = line.Split(' ', 3);
            return (ulong.Parse(parts[0]), ulong.Parse(parts[1]), parts[2]);
        })];
    }
}
