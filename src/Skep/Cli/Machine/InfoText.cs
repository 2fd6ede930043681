using System.Text;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Tables;

namespace Skep.Cli.Machine;

/// <summary>The server's part of docker info, line by line in docker's order.</summary>
internal sealed class InfoText(JsonElement info)
{
    private readonly StringBuilder text = new();

    public static string Of(JsonElement info, string user, bool isDebug)
    {
        var page = new InfoText(info);
        page.Counts();
        page.Plugins();
        page.Swarm();
        page.Runtimes();
        page.Machine(isDebug);
        page.Registries(user);
        return page.text.Append('\n').ToString();
    }

    private void Counts()
    {
        Line(" Containers:", $"{info.Number("Containers")}");
        Line("  Running:", $"{info.Number("ContainersRunning")}");
        Line("  Paused:", $"{info.Number("ContainersPaused")}");
        Line("  Stopped:", $"{info.Number("ContainersStopped")}");
        Line(" Images:", $"{info.Number("Images")}");
        Known(" Server Version:", "ServerVersion");
        Known(" Storage Driver:", "Driver");
        foreach (JsonElement pair in info.Items("DriverStatus"))
        {
            Line($"  {pair[0].GetString()}:", pair[1].GetString()!);
        }

        Known(" Logging Driver:", "LoggingDriver");
        Known(" Cgroup Driver:", "CgroupDriver");
        Known(" Cgroup Version:", "CgroupVersion");
    }

    private void Plugins()
    {
        JsonElement plugins = info.Member("Plugins");
        text.Append(" Plugins:\n");
        Line("  Volume:", string.Join(' ', plugins.Texts("Volume")));
        Line("  Network:", string.Join(' ', plugins.Texts("Network")));
        if (plugins.Texts("Authorization") is { Count: > 0 } authorization)
        {
            Line("  Authorization:", string.Join(' ', authorization));
        }

        Line("  Log:", string.Join(' ', plugins.Texts("Log")));
        Lines(" CDI spec directories:", info.Texts("CDISpecDirs"));
    }

    private void Swarm()
    {
        JsonElement swarm = info.Member("Swarm");
        string state = swarm.Text("LocalNodeState");
        Line(" Swarm:", state);
        if (state is "inactive" or "locked" or "")
        {
            return;
        }

        bool isManager = swarm.Flag("ControlAvailable");
        Line("  NodeID:", swarm.Text("NodeID"));
        if (swarm.Text("Error") is { Length: > 0 } error)
        {
            Line("  Error:", error);
        }

        Line("  Is Manager:", isManager ? "true" : "false");
        if (isManager && swarm.Member("Cluster") is { ValueKind: JsonValueKind.Object } cluster)
        {
            Cluster(swarm, cluster);
        }

        Line("  Node Address:", swarm.Text("NodeAddr"));
        List<string> managers = [.. swarm.Items("RemoteManagers").Select(manager => manager.Text("Addr")).Order()];
        if (managers.Count > 0)
        {
            text.Append("  Manager Addresses:\n");
            managers.ForEach(manager => text.Append($"   {manager}\n"));
        }
    }

    private void Cluster(JsonElement swarm, JsonElement cluster)
    {
        JsonElement spec = cluster.Member("Spec");
        JsonElement raft = spec.Member("Raft");
        Line("  ClusterID:", cluster.Text("ID"));
        Line("  Managers:", $"{swarm.Number("Managers")}");
        Line("  Nodes:", $"{swarm.Number("Nodes")}");
        if (cluster.Texts("DefaultAddrPool") is { Count: > 0 } pools)
        {
            Line("  Default Address Pool:", string.Concat(pools.Select(pool => pool + "  ")));
            Line("  SubnetSize:", $"{cluster.Number("SubnetSize")}");
        }

        if (cluster.Number("DataPathPort") is > 0 and var port)
        {
            Line("  Data Path Port:", $"{port}");
        }

        text.Append("  Orchestration:\n");
        Line("   Task History Retention Limit:",
            $"{spec.Member("Orchestration").Number("TaskHistoryRetentionLimit")}");
        text.Append("  Raft:\n");
        Line("   Snapshot Interval:", $"{raft.Number("SnapshotInterval")}");
        Line("   Number of Old Snapshots to Retain:", $"{raft.Number("KeepOldSnapshots")}");
        Line("   Heartbeat Tick:", $"{raft.Number("HeartbeatTick")}");
        Line("   Election Tick:", $"{raft.Number("ElectionTick")}");
        text.Append("  Dispatcher:\n");
        Line("   Heartbeat Period:", Duration(spec.Member("Dispatcher").Number("HeartbeatPeriod")));
        text.Append("  CA Configuration:\n");
        Line("   Expiry Duration:", Duration(spec.Member("CAConfig").Number("NodeCertExpiry")));
        Line("   Force Rotate:", $"{spec.Member("CAConfig").Number("ForceRotate")}");
        Bool("  Autolock Managers:", spec.Member("EncryptionConfig").Flag("AutoLockManagers"));
        Bool("  Root Rotation In Progress:", cluster.Flag("RootRotationInProgress"));
    }

    private void Runtimes()
    {
        IEnumerable<string> runtimes = info.Member("Runtimes").Members().Select(runtime => runtime.Name);
        if (runtimes.Any())
        {
            Line(" Runtimes:", string.Join(' ', runtimes.Order(StringComparer.Ordinal)));
            Line(" Default Runtime:", info.Text("DefaultRuntime"));
        }

        Line(" Init Binary:", info.Text("InitBinary"));
        Line(" containerd version:", info.Member("ContainerdCommit").Text("ID"));
        Line(" runc version:", info.Member("RuncCommit").Text("ID"));
        Line(" init version:", info.Member("InitCommit").Text("ID"));
        IReadOnlyList<string> options = info.Texts("SecurityOptions");
        text.Append(options.Count > 0 ? " Security Options:\n" : "");
        foreach (string option in options)
        {
            // "name=seccomp,profile=default"
            foreach (string[] pair in option.Split(',').Select(part => part.Split('=', 2)))
            {
                text.Append(pair switch
                {
                    ["name", var name] => $"  {name}\n",
                    ["profile", var profile] => $"   Profile: {profile}\n",
                    _ => "",
                });
            }
        }
    }

    private void Machine(bool isDebug)
    {
        Known(" Kernel Version:", "KernelVersion");
        Known(" Operating System:", "OperatingSystem");
        Known(" OSType:", "OSType");
        Known(" Architecture:", "Architecture");
        Line(" CPUs:", $"{info.Number("NCPU")}");
        Line(" Total Memory:", Human.BinarySize(info.Number("MemTotal")));
        Known(" Name:", "Name");
        Known(" ID:", "ID");
        Line(" Docker Root Dir:", info.Text("DockerRootDir"));
        Bool(" Debug Mode:", info.Flag("Debug"));
        if (isDebug || info.Flag("Debug"))
        {
            Line("  File Descriptors:", $"{info.Number("NFd")}");
            Line("  Goroutines:", $"{info.Number("NGoroutines")}");
            Line("  System Time:", info.Text("SystemTime"));
            Line("  EventsListeners:", $"{info.Number("NEventsListener")}");
        }
    }

    private void Registries(string user)
    {
        Known(" HTTP Proxy:", "HttpProxy");
        Known(" HTTPS Proxy:", "HttpsProxy");
        Known(" No Proxy:", "NoProxy");
        if (user.Length > 0)
        {
            Line(" Username:", user);
        }

        Lines(" Labels:", info.Texts("Labels"));
        Bool(" Experimental:", info.Flag("ExperimentalBuild"));
        JsonElement registries = info.Member("RegistryConfig");
        Lines(" Insecure Registries:",
        [
            .. registries.Member("IndexConfigs").Members().Where(index => !index.Value.Flag("Secure"))
                .Select(index => index.Value.Text("Name")),
            .. registries.Texts("InsecureRegistryCIDRs"),
        ]);
        Lines(" Registry Mirrors:", registries.Texts("Mirrors"));
        Bool(" Live Restore Enabled:", info.Flag("LiveRestoreEnabled"));
        if (info.Items("DefaultAddressPools").Any())
        {
            text.Append(" Default Address Pools:\n");
            foreach (JsonElement pool in info.Items("DefaultAddressPools"))
            {
                text.Append($"   Base: {pool.Text("Base")}, Size: {pool.Number("Size")}\n");
            }
        }
    }

    private static string Duration(long nanoseconds) => Human.Duration(TimeSpan.FromTicks(nanoseconds / 100));

    private void Bool(string label, bool value) => Line(label, value ? "true" : "false");

    private void Known(string label, string name)
    {
        if (info.Text(name) is { Length: > 0 } value)
        {
            Line(label, value);
        }
    }

    private void Line(string label, string value) => text.Append(label).Append(' ').Append(value).Append('\n');

    private void Lines(string title, IReadOnlyList<string> items)
    {
        text.Append(items.Count > 0 ? $"{title}\n" : "");
        foreach (string item in items)
        {
            text.Append($"  {item}\n");
        }
    }
}
