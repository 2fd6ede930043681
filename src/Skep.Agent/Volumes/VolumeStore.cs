using System.Text.Json;
using Skep.Linux.Files;
using Skep.Linux.Mounts;

namespace Skep.Agent.Volumes;

/// <summary>Volumes on the disk: volumes/NAME/_data holds the data, volumes/NAME/volume.json what was asked.</summary>
/// <remarks>
/// A volume appears and disappears by one rename, so that a crash leaves it whole or not at all: ".new-" and ".old-"
/// before a name mark what is on its way. A volume's own name never begins with a dot. Modes are Docker's.
/// </remarks>
internal sealed class VolumeStore
{
    private const string RecordFile = "volume.json", DataDirectory = "_data", FillingFile = "filling";
    private const uint DirectoryMode = 0x1C1, DataMode = 0x1ED; // 0701, 0755

    private readonly string directory;
    private readonly SafeRoot root;

    public VolumeStore(string dataRoot)
    {
        directory = Path.Combine(dataRoot, "volumes");
        bool isNew = !Directory.Exists(directory);
        Directory.CreateDirectory(directory);
        if (isNew)
        {
            DurableFile.SyncDirectory(dataRoot);
        }

        root = SafeRoot.Open(directory);
        SetMode(".", DirectoryMode);
    }

    public string DataOf(string name) => Path.Combine(directory, name, DataDirectory);

    /// <summary>All volumes; what a crash has left half done is removed first.</summary>
    public IReadOnlyList<VolumeRecord> Load()
    {
        var records = new List<VolumeRecord>();
        foreach (string name in root.List())
        {
            if (name.StartsWith('.'))
            {
                KernelMounts.DetachBelow(Path.Combine(directory, name));
                root.RemoveTree(name);
                continue;
            }

            string record = Path.Combine(directory, name, RecordFile);
            if (File.Exists(record))
            {
                records.Add(JsonSerializer.Deserialize(File.ReadAllBytes(record), VolumeJson.Default.VolumeRecord)!);
                DropHalfFilled(name);
            }
            else if (root.FindFacts($"{name}/{DataDirectory}", LastLink.Keep) is { Kind: FileKind.Directory } facts)
            {
                // A directory that was put here by hand, from a Docker installation for example, is a volume.
                records.Add(new VolumeRecord { Name = name, CreatedAt = facts.Changed.ToDateTimeOffset() });
            }
        }

        return records;
    }

    /// <summary>Writes a new volume aside, ready for <see cref="Publish"/>.</summary>
    public void Prepare(VolumeRecord record, string aside)
    {
        root.MakeDirectory(aside, DirectoryMode);
        SetMode(aside, DirectoryMode);
        root.MakeDirectory($"{aside}/{DataDirectory}", DataMode);
        SetMode($"{aside}/{DataDirectory}", DataMode);
        DurableFile.Replace(
            Path.Combine(directory, aside, RecordFile),
            JsonSerializer.SerializeToUtf8Bytes(record, VolumeJson.Default.VolumeRecord),
            UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public void Publish(string aside, string name) =>
        Directory.Move(Path.Combine(directory, aside), Path.Combine(directory, name));

    public void Discard(string aside) => root.RemoveTree(aside);

    public void Sync() => DurableFile.SyncDirectory(directory);

    /// <summary>Takes the name away at once; <see cref="Discard"/> of the answer removes the data.</summary>
    public string Withdraw(string name, string aside)
    {
        Directory.Move(Path.Combine(directory, name), Path.Combine(directory, aside));
        return aside;
    }

    /// <summary>Fills an empty volume, or leaves it empty: half of an image's files is no volume.</summary>
    /// <remarks>A crash on the way leaves a mark, by which the next start knows.</remarks>
    public void Fill(string name, Action copy)
    {
        File.WriteAllBytes(Path.Combine(directory, name, FillingFile), []);
        bool isDone = false;
        try
        {
            copy();
            isDone = true;
        }
        finally
        {
            if (isDone)
            {
                File.Delete(Path.Combine(directory, name, FillingFile));
            }
            else
            {
                DropHalfFilled(name);
            }
        }
    }

    private void DropHalfFilled(string name)
    {
        if (!File.Exists(Path.Combine(directory, name, FillingFile)))
        {
            return;
        }

        using (SafeRoot data = root.OpenDirectory($"{name}/{DataDirectory}", LastLink.Keep))
        {
            foreach (string entry in data.List())
            {
                data.RemoveTree(entry);
            }
        }

        File.Delete(Path.Combine(directory, name, FillingFile));
    }

    // mkdir's mode is cut by the umask.
    private void SetMode(string path, uint mode)
    {
        using FileObject made = root.Get(path, LastLink.Keep);
        made.SetMode(mode);
    }
}
