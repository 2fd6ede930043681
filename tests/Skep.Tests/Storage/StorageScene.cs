using System.Text;
using Skep.Linux.Files;
using Skep.Manager.Storage;
using Skep.Raft;
using Skep.Simulation.Disk;

namespace Skep.Tests.Storage;

/// <summary>A member's log in a folder of its own, with short words for what the tests do to it.</summary>
internal sealed class StorageScene : IDisposable
{
    public static readonly StorageIdentity Member = new("cluster1", "node1", 7);

    private readonly DirectoryInfo? root;

    private StorageScene(IDisk disk, string folder, DirectoryInfo? root)
    {
        Disk = disk;
        Folder = folder;
        this.root = root;
    }

    /// <summary>A folder on the machine's own disk; it goes with the scene.</summary>
    public static StorageScene OnDisk()
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("skep-log-");
        return new StorageScene(new LinuxDisk(), Path.Combine(root.FullName, "raft"), root);
    }

    public static StorageScene In(string folder) => new(new LinuxDisk(), folder, null);

    public static StorageScene InMemory(SimulatedDisk disk) => new(disk, "/raft", null);

    public static StorageScene InMemory() => InMemory(new SimulatedDisk(new Random(1), DiskFaults.Forgetful));

    public StorageKeys Keys { get; set; } = new(DataKey.Create());

    public IDisk Disk { get; }

    public string Folder { get; }

    public string LogFolder => Path.Combine(Folder, "log");

    public IReadOnlyList<string> Segments => Files("log");

    public IReadOnlyList<string> Snapshots => Files("snapshots");

    public IReadOnlyList<string> Broken => Files("broken");

    public RaftStorage Create() => RaftStorage.Create(Disk, Folder, Keys, Member);

    public RaftStorage Open() => RaftStorage.Open(Disk, Folder, Keys, Member.ClusterId, Member.NodeId);

    /// <summary>What a start finds. Nothing is written but what a start itself writes.</summary>
    public RecoveredState Look()
    {
        using RaftStorage storage = Open();
        return storage.Recovered;
    }

    public static Entry Entry(ulong index, ulong term = 1, string? data = null) =>
        new(term, index, EntryKind.Normal, Encoding.UTF8.GetBytes(data ?? $"entry {index} of term {term}"));

    public static IReadOnlyList<Entry> Entries(ulong from, ulong to, ulong term = 1, int bytes = 0)
    {
        List<Entry> entries = [];
        for (ulong index = from; index <= to; index++)
        {
            entries.Add(Entry(index, term, bytes == 0 ? null : new string((char)('a' + (index % 26)), bytes)));
        }

        return entries;
    }

    public static Snapshot Snapshot(ulong index, ulong term = 1, int bytes = 100)
    {
        var data = new byte[bytes];
        new Random((int)index).NextBytes(data);
        return new Snapshot(new SnapshotMeta(index, term, new ConfState([7, 8, 9], [10])), data);
    }

    /// <summary>Copies log and snapshots as they are now, to go back to.</summary>
    public SortedDictionary<string, byte[]> Remember()
    {
        SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal);
        foreach (string path in Segments.Concat(Snapshots))
        {
            files.Add(path, Disk.Read(path));
        }

        return files;
    }

    public void PutBack(IReadOnlyDictionary<string, byte[]> files)
    {
        foreach (string path in Segments.Concat(Snapshots).Concat(Broken).Except(files.Keys))
        {
            Disk.Delete(path);
        }

        foreach ((string path, byte[] content) in files)
        {
            Put(path, content);
        }
    }

    public void Put(string path, byte[] content)
    {
        using IDiskFile file = Disk.Create(path);
        file.Append(content);
        file.Sync();
    }

    /// <summary>Where each frame of a segment begins, and last where the next one would.</summary>
    public IReadOnlyList<int> FrameOffsets(string path)
    {
        using SegmentReader reader = SegmentReader.Open(Disk.Read(path), path, Keys);
        List<int> offsets = [reader.Offset];
        while (reader.Next() is FrameRead.Frame)
        {
            offsets.Add(reader.Offset);
        }

        return offsets;
    }

    public StorageFault Refusal() => Assert.Throws<StorageRefusedException>(Look).Fault;

    public void Dispose() => root?.Delete(recursive: true);

    private string[] Files(string folder) =>
        [.. Disk.List(Path.Combine(Folder, folder)).Select(name => Path.Combine(Folder, folder, name))];
}
