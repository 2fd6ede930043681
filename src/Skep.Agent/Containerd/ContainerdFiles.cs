using System.Globalization;
using System.Text;
using Skep.Swarm;

namespace Skep.Agent.Containerd;

/// <summary>Where a private containerd has its files, and its configuration.</summary>
internal sealed class ContainerdFiles
{
    // Kubernetes' half, snapshotters we never ask for, tracing, and the plugin that restarts containers on its own.
    private static readonly string[] DisabledPlugins =
    [
        "io.containerd.grpc.v1.cri",
        "io.containerd.snapshotter.v1.aufs",
        "io.containerd.snapshotter.v1.btrfs",
        "io.containerd.snapshotter.v1.zfs",
        "io.containerd.snapshotter.v1.devmapper",
        "io.containerd.snapshotter.v1.blockfile",
        "io.containerd.internal.v1.restart",
        "io.containerd.internal.v1.tracing",
        "io.containerd.tracing.processor.v1.otlp",
        "io.containerd.nri.v1.nri",
    ];

    public ContainerdFiles(Instance instance)
    {
        Root = Path.Combine(instance.DataRoot, "containerd");
        RunDirectory = Path.Combine(instance.ExecRoot, "containerd");
        LogPath = Path.Combine(instance.DataRoot, "containerd.log");
    }

    /// <summary>What survives a reboot: content, snapshots, the database.</summary>
    public string Root { get; }

    /// <summary>What a reboot ends.</summary>
    public string RunDirectory { get; }

    public string LogPath { get; }

    public string State => Path.Combine(RunDirectory, "state");

    public string Socket => Path.Combine(RunDirectory, "containerd.sock");

    public string PidFile => Path.Combine(RunDirectory, "containerd.pid");

    public string ConfigPath => Path.Combine(RunDirectory, "containerd.toml");

    /// <summary>Refuses paths that the kernel would refuse later with less of an explanation.</summary>
    public void CheckSocketPath()
    {
        // The shims' events go to a second socket, with this ending.
        string longest = Socket + ".ttrpc";
        int bytes = Encoding.UTF8.GetByteCount(longest);
        if (bytes > ContainerdLimits.SocketPathBytes)
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                $"the path of containerd's socket {longest} has {bytes} bytes, and the kernel takes "
                + $"{ContainerdLimits.SocketPathBytes}: choose a shorter --exec-root");
        }
    }

    /// <summary>Makes the directories: nobody but root may look into them.</summary>
    public void CreateDirectories()
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        foreach (string directory in new[] { Root, RunDirectory })
        {
            Directory.CreateDirectory(directory);
            File.SetUnixFileMode(directory, ownerOnly);
        }
    }

    /// <summary>Writes the configuration anew; a containerd that runs keeps the one it was started with.</summary>
    public void WriteConfig(ContainerdOptions options)
    {
        File.WriteAllText(ConfigPath + ".new", Config(options));
        File.Move(ConfigPath + ".new", ConfigPath, overwrite: true);
    }

    /// <summary>Moves a long log aside. Writers append, and so go on in the emptied file.</summary>
    public void BoundLog()
    {
        var log = new FileInfo(LogPath);
        if (log.Exists && log.Length > ContainerdLimits.LogFileBytes)
        {
            File.Copy(LogPath, LogPath + ".1", overwrite: true);
            File.Open(LogPath, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite).Dispose();
        }
    }

    internal string Config(ContainerdOptions options)
    {
        var text = new StringBuilder();
        text.Append("# Written at every start of the daemon: changes made here are lost.\n");
        text.Append("version = 2\n");
        text.Append(CultureInfo.InvariantCulture, $"root = {Quote(Root)}\n");
        text.Append(CultureInfo.InvariantCulture, $"state = {Quote(State)}\n");
        text.Append(CultureInfo.InvariantCulture, $"oom_score = {options.OomScoreAdjust}\n");
        string disabled = string.Join(", ", DisabledPlugins.Select(Quote));
        text.Append(CultureInfo.InvariantCulture, $"disabled_plugins = [{disabled}]\n");
        text.Append(CultureInfo.InvariantCulture, $"[grpc]\n  address = {Quote(Socket)}\n");
        text.Append(CultureInfo.InvariantCulture, $"[ttrpc]\n  address = {Quote(Socket + ".ttrpc")}\n");
        text.Append(CultureInfo.InvariantCulture, $"[debug]\n  level = {Quote(options.LogLevel)}\n");
        text.Append("[plugins.\"io.containerd.internal.v1.opt\"]\n");
        text.Append(CultureInfo.InvariantCulture, $"  path = {Quote(Path.Combine(Root, "opt"))}\n");
        text.Append("[plugins.\"io.containerd.monitor.v1.cgroups\"]\n  no_prometheus = true\n");
        return text.ToString();
    }

    // A basic string of TOML (toml.io, v1.0.0, "String").
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char character in text)
        {
            _ = character switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                _ when char.IsControl(character) =>
                    quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => quoted.Append(character),
            };
        }

        return quoted.Append('"').ToString();
    }
}
