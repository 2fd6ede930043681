using System.Text;
using Skep.Linux.Files;
using Skep.Manager.Storage;
using Skep.Raft;

namespace Skep.Tests.Storage;

/// <summary>A member's log in a folder of its own, with short words for what the tests do to it.</summary>
internal sealed class StorageScene : IDisposable
{
    public static readonly StorageIdentity Member = new("cluster1", "node1", 7);

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("skep-log-");

    public StorageKeys Keys { get; set; } = new(DataKey.Create());

    public IDisk Disk { get; set; } = new LinuxDisk();

    public string Folder => Path.Combine(root.FullName, "raft");

    public string LogFolder => Path.Combine(Folder, "log");

    public string SnapshotFolder => Path.Combine(Folder, "snapshots");

    public IReadOnlyList<string> Segments => [.. Directory.GetFiles(LogFolder).Order(StringComparer.Ordinal)];

    public IReadOnlyList<string> Snapshots => [.. Directory.GetFiles(SnapshotFolder).Order(StringComparer.Ordinal)];

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

    /// <summary>Copies the folder as it is now, to go back to.</summary>
    public Dictionary<string, byte[]> Remember() =>
        Directory.GetFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path) is not ("lock" or "reserve"))
            .ToDictionary(path => path, File.ReadAllBytes);

    public void PutBack(Dictionary<string, byte[]> remembered)
    {
        foreach (string path in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories))
        {
            if (!remembered.ContainsKey(path) && Path.GetFileName(path) is not ("lock" or "reserve"))
            {
                File.Delete(path);
            }
        }

        foreach ((string path, byte[] content) in remembered)
        {
            File.WriteAllBytes(path, content);
        }
    }

    public void Dispose() => root.Delete(recursive: true);
}
