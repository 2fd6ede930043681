using System.Text.Json;
using Skep.Linux.Files;
using Skep.Swarm;

namespace Skep.Agent.Containers;

/// <summary>Containers on disk: one directory each, with the record and what belongs to it.</summary>
/// <remarks>The caller sees to it that writes of one container do not overlap.</remarks>
internal sealed class ContainerStore(Instance instance, Log log)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string root = Path.Combine(instance.DataRoot, "containers");

    public string DirectoryOf(string id) => Path.Combine(root, id);

    public string LogPathOf(string id) => Path.Combine(root, id, id + "-json.log");

    /// <summary>Durable when it returns.</summary>
    public void Save(ContainerRecord record)
    {
        string directory = DirectoryOf(record.Id);
        bool isNew = !Directory.Exists(directory);
        Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
        DurableFile.Replace(
            RecordPath(record.Id),
            JsonSerializer.SerializeToUtf8Bytes(record, ContainerJson.Default.ContainerRecord),
            OwnerOnly);
        if (isNew)
        {
            DurableFile.SyncDirectory(root);
        }
    }

    public void Delete(string id)
    {
        // The record goes last: as long as it is there, the next start finishes the removal.
        string directory = DirectoryOf(id);
        if (!Directory.Exists(directory))
        {
            return;
        }

        foreach (string path in Directory.EnumerateFileSystemEntries(directory))
        {
            if (path != RecordPath(id))
            {
                DeleteEntry(path);
            }
        }

        File.Delete(RecordPath(id));
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>All records. A directory without a readable one is reported and left for somebody to look at.</summary>
    public IReadOnlyList<ContainerRecord> Load()
    {
        Directory.CreateDirectory(root, OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
        var records = new List<ContainerRecord>();
        foreach (string directory in Directory.EnumerateDirectories(root))
        {
            string id = Path.GetFileName(directory);
            if (!File.Exists(RecordPath(id)))
            {
                // A crash while it was made, or at the end of its removal: nothing of it is in use.
                Directory.Delete(directory, recursive: true);
                continue;
            }

            try
            {
                byte[] content = File.ReadAllBytes(RecordPath(id));
                records.Add(JsonSerializer.Deserialize(content, ContainerJson.Default.ContainerRecord)
                    ?? throw new JsonException("the record is null"));
            }
            catch (JsonException e)
            {
                log.Error(
                    "a container's record is damaged; it is left alone", ("container", id), ("reason", e.Message));
            }
        }

        return records;
    }

    private string RecordPath(string id) => Path.Combine(root, id, "container.json");

    private static void DeleteEntry(string path)
    {
        if (Directory.Exists(path) && !File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }
}
