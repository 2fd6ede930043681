using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Skep.Linux.Files;
using Skep.Swarm;

namespace Skep.SwarmMode;

/// <summary>How this machine takes part in its swarm: what a restart must know. Holds no secret.</summary>
internal sealed record NodeSettings
{
    /// <summary>Host and port.</summary>
    public required string ListenAddress { get; init; }

    /// <summary>Host and port; empty: what managers see.</summary>
    public required string AdvertiseAddress { get; init; }

    /// <summary>This machine's address, without a port.</summary>
    public required string LocalAddress { get; init; }

    /// <summary>The manager it joined through; empty for who made the swarm.</summary>
    public required string RemoteAddress { get; init; }

    /// <summary>Without a port; empty: the advertised address.</summary>
    public required string DataPathAddress { get; init; }

    /// <summary>A join has begun and has not ended.</summary>
    public bool IsJoining { get; init; }

    /// <summary>
    /// The swarm is being founded or restored: its first objects may not be durable, and nobody was told of it.
    /// </summary>
    public bool IsBeginning { get; init; }

    /// <summary>active, pause or drain: what a joining node asks to be.</summary>
    public required string Availability { get; init; }

    /// <summary>Managers last heard of, tried in this order after a restart.</summary>
    public ImmutableArray<KnownManager> Managers { get; init; } = [];

    /// <summary>The members of the quorum that took this manager in.</summary>
    public ImmutableArray<KnownMember> Members { get; init; } = [];

    /// <summary>The id they gave it, until it has made its log; then 0.</summary>
    public ulong GivenRaftId { get; init; }
}

/// <param name="Address">Host and port.</param>
internal sealed record KnownManager(string NodeId, string Address);

/// <param name="Address">Host and port.</param>
internal sealed record KnownMember(ulong RaftId, string NodeId, string Address);

[JsonSerializable(typeof(NodeSettings))]
[JsonSourceGenerationOptions(WriteIndented = true)]
internal sealed partial class NodeJson : JsonSerializerContext;

/// <summary>The folder of a node's swarm: settings, certificates, the manager's log.</summary>
internal sealed class NodeFolder(string path)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateFolder = Private | UnixFileMode.UserExecute;

    private readonly Lock gate = new();

    public string Path => path;

    public string Certificates => System.IO.Path.Combine(path, "certificates");

    public string Raft => System.IO.Path.Combine(path, "raft");

    public string Worker => System.IO.Path.Combine(path, "worker");

    public string Networks => System.IO.Path.Combine(path, "networks");

    /// <summary>The node's keys and certificates, in one file.</summary>
    public string KeyFile => System.IO.Path.Combine(Certificates, "node.keys");

    private string SettingsFile => System.IO.Path.Combine(path, "node.json");

    public void Create()
    {
        Directory.CreateDirectory(path, PrivateFolder);
        Directory.CreateDirectory(Certificates, PrivateFolder);
    }

    /// <returns>Null: this machine is in no swarm.</returns>
    public NodeSettings? Load()
    {
        if (!File.Exists(SettingsFile))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(SettingsFile), NodeJson.Default.NodeSettings);
        }
        catch (JsonException e)
        {
            throw new RefusedException(
                ErrorKind.Failed,
                $"{SettingsFile} cannot be read, so the daemon does not know its swarm: {e.Message}. Put the file " +
                $"back from a backup, or move the folder {path} away to start without a swarm",
                e);
        }
    }

    public void Save(NodeSettings settings)
    {
        lock (gate)
        {
            DurableFile.Replace(
                SettingsFile, JsonSerializer.SerializeToUtf8Bytes(settings, NodeJson.Default.NodeSettings), Private);
        }
    }

    /// <summary>
    /// Forgets the swarm. The settings go first, so that a crash in between leaves no half of a node.
    /// </summary>
    public void Clear()
    {
        lock (gate)
        {
            File.Delete(SettingsFile);
            foreach (string folder in Directory.EnumerateDirectories(path))
            {
                Directory.Delete(folder, recursive: true);
            }

            foreach (string file in Directory.EnumerateFiles(path))
            {
                File.Delete(file);
            }
        }
    }
}
