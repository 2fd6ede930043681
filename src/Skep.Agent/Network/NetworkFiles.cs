using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skep.Agent.Network.Overlay;
using Skep.Linux.Files;

namespace Skep.Agent.Network;

/// <summary>
/// Networks below the data root, where they survive everything, and live sandboxes below the exec root.
/// </summary>
internal sealed class NetworkFiles(Instance instance)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string Networks => Path.Combine(instance.DataRoot, "networks");

    private string Sandboxes => Path.Combine(instance.ExecRoot, "sandboxes");

    // What the swarm's networks looked like when the live sandboxes were put on them.
    private string Overlays => Path.Combine(instance.ExecRoot, "overlays");

    private string Namespaces => Path.Combine(instance.ExecRoot, "netns");

    public string NamespaceOf(string containerId) => Path.Combine(Namespaces, containerId);

    public void MakeDirectories()
    {
        Directory.CreateDirectory(Networks);
        Directory.CreateDirectory(Sandboxes);
        Directory.CreateDirectory(Overlays);
        Directory.CreateDirectory(Namespaces);
    }

    /// <exception cref="SyncFailedException">The disk did not take it. The process must end.</exception>
    public void Save(NetworkRecord network) => DurableFile.Replace(
        FileOf(Networks, network.Id),
        JsonSerializer.SerializeToUtf8Bytes(network, NetworkJson.Default.NetworkRecord),
        OwnerOnly);

    public void RemoveNetwork(string id)
    {
        File.Delete(FileOf(Networks, id));
        DurableFile.SyncDirectory(Networks);
    }

    /// <summary>In one step, but not durable: a reboot ends the sandbox anyway.</summary>
    public void Save(SandboxRecord sandbox) => Replace(
        FileOf(Sandboxes, sandbox.Request.ContainerId),
        JsonSerializer.SerializeToUtf8Bytes(sandbox, NetworkJson.Default.SandboxRecord));

    /// <summary>As the sandboxes that are on it: not durable.</summary>
    public void SaveOverlay(NetworkRecord network) => Replace(
        FileOf(Overlays, network.Id),
        JsonSerializer.SerializeToUtf8Bytes(network, NetworkJson.Default.NetworkRecord));

    public void RemoveOverlay(string id) => File.Delete(FileOf(Overlays, id));

    public IReadOnlyList<NetworkRecord> LoadOverlays() => Load(Overlays, NetworkJson.Default.NetworkRecord);

    public void RemoveSandbox(string containerId) => File.Delete(FileOf(Sandboxes, containerId));

    public IReadOnlyList<NetworkRecord> LoadNetworks() => Load(Networks, NetworkJson.Default.NetworkRecord);

    public IReadOnlyList<SandboxRecord> LoadSandboxes() => Load(Sandboxes, NetworkJson.Default.SandboxRecord);

    /// <summary>Container ids of which there is a namespace, or at least the file for its mount.</summary>
    public IReadOnlyList<string> ListNamespaces() =>
    [
        .. Directory.EnumerateFiles(Namespaces).Select(f => Path.GetFileName(f)!)
            .Where(name => !OverlayLinks.IsOfNetwork(name)),
    ];

    private static void Replace(string path, byte[] content)
    {
        string aside = path + ".new";
        File.WriteAllBytes(aside, content);
        File.Move(aside, path, overwrite: true);
    }

    private static string FileOf(string directory, string id) => Path.Combine(directory, id + ".json");

    /// <summary>
    /// Reads all records; one that cannot be read is set aside, so that it does not stop the daemon for ever.
    /// </summary>
    private static List<T> Load<T>(string directory, JsonTypeInfo<T> type)
        where T : class
    {
        var records = new List<T>();
        foreach (string path in Directory.EnumerateFiles(directory, "*.json").Order(StringComparer.Ordinal))
        {
            try
            {
                if (new FileInfo(path).Length > NetworkLimits.RecordBytes)
                {
                    throw new JsonException("too long");
                }

                byte[] text = File.ReadAllBytes(path);
                records.Add(JsonSerializer.Deserialize(text, type) ?? throw new JsonException("null"));
            }
            catch (JsonException)
            {
                File.Move(path, path + ".unreadable", overwrite: true);
            }
        }

        return records;
    }
}
