using Skep.Agent.Cgroups;
using Skep.Daemon;
using Skep.Daemon.Options;
using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Engine.Routing;

namespace Skep.Engine.Machine;

/// <summary>The bodies of /version and /info.</summary>
internal sealed class SystemReports(EngineServices services, ToolVersions programs)
{
    private readonly string id = EngineId.Load(services.Instance, services.Ids);
    private readonly MachineFacts machine = MachineFacts.Read();

    /// <summary>What this engine has of each kind.</summary>
    public static InfoPlugins Plugins { get; } = new()
    {
        Volume = ["local"],
        Network = ["bridge", "host", "null", "overlay"],
        Log = ["json-file"],
    };

    private DaemonOptions Options => services.Options;

    public async Task<SystemVersion> VersionAsync(CancellationToken stop)
    {
        (ToolVersion? runc, ToolVersion? init) = await programs.GetAsync(stop);
        KernelFacts kernel = services.Kernel;
        var components = new List<VersionedComponent>
        {
            Component(
                "Engine",
                ProgramVersion.Text,
                ("ApiVersion", ApiVersion.Newest.ToString()),
                ("Arch", kernel.Architecture),
                ("BuildTime", ""),
                ("Experimental", "false"),
                ("GitCommit", ProgramVersion.Commit),
                ("GoVersion", ""),
                ("KernelVersion", kernel.Release),
                ("MinAPIVersion", ApiVersion.Oldest.ToString()),
                ("Os", "linux")),
        };
        Add(components, "containerd", Containerd);
        Add(components, "runc", runc);
        Add(components, "docker-init", init);
        return new SystemVersion
        {
            Components = components,
            Version = ProgramVersion.Text,
            ApiVersion = ApiVersion.Newest.ToString(),
            MinApiVersion = ApiVersion.Oldest.ToString(),
            GitCommit = ProgramVersion.Commit,
            Os = "linux",
            Arch = kernel.Architecture,
            KernelVersion = kernel.Release,
        };
    }

    public async Task<SystemInfo> InfoAsync(ApiVersion version, CancellationToken stop)
    {
        (ToolVersion? runc, ToolVersion? init) = await programs.GetAsync(stop);
        SystemInfo info = Daemon(version, Commit(runc), Commit(init));
        InfoSwarm swarm = await SwarmReport.InfoAsync(services.Swarm, services.Time, stop);
        return WithObjects(WithKernel(info, version)) with
        {
            Swarm = swarm,
            Warnings = swarm.Warnings is null ? info.Warnings : [.. info.Warnings ?? [], .. swarm.Warnings],
        };
    }

    // What was chosen when the daemon was started, and what it runs on.
    private SystemInfo Daemon(ApiVersion version, InfoCommit runc, InfoCommit init) => new()
    {
        Id = id,
        Name = MachineFacts.HostName,
        Driver = Options.Snapshotter,
        DriverStatus = [["driver-type", "io.containerd.snapshotter.v1"]],
        Plugins = Plugins,
        Debug = services.Log.Least == Swarm.Severity.Debug,
        SystemTime = services.Time.GetUtcNow(),
        LoggingDriver = Options.Containers.LogDriver,
        CgroupDriver = "cgroupfs",
        CgroupVersion = services.Kernel.CgroupUnified ? "2" : "1",
        KernelVersion = services.Kernel.Release,
        OperatingSystem = machine.OperatingSystem,
        OsVersion = machine.OsVersion,
        OsType = "linux",
        Architecture = machine.Architecture,
        IndexServerAddress = "https://index.docker.io/v1/",
        RegistryConfig = RegistryReport.Of(Options.Registries),
        DockerRootDir = services.Instance.DataRoot,
        HttpProxy = ProxyReport.Of("HTTP_PROXY"),
        HttpsProxy = ProxyReport.Of("HTTPS_PROXY"),
        NoProxy = ProxyReport.Of("NO_PROXY"),
        Labels = Options.Labels,
        ServerVersion = ProgramVersion.Text,
        Runtimes = RuntimesOf(version),
        DefaultRuntime = Options.Containers.Runtime,
        Swarm = new InfoSwarm { LocalNodeState = "inactive" },
        LiveRestoreEnabled = Options.LiveRestore,
        InitBinary = Path.GetFileName(services.InitPath ?? "docker-init"),
        ContainerdCommit = Commit(Containerd),
        RuncCommit = runc,
        InitCommit = init,
        SecurityOptions = SecurityOf(services.Kernel, Options.Containers),
        DefaultAddressPools = [.. Options.Network.AddressPools.Select(pool =>
            new InfoAddressPool { Base = pool.Range.ToString(), Size = pool.SubnetBits })],
        Containerd = version.IsAtLeast(1, 46) ? ContainerdAddress : null,
        Warnings = InfoWarnings.Of(services.Kernel, Options),
    };

    private SystemInfo WithKernel(SystemInfo info, ApiVersion version)
    {
        KernelFacts kernel = services.Kernel;
        return info with
        {
            MemoryLimit = kernel.MemoryLimit,
            SwapLimit = kernel.SwapLimit,
            KernelMemory = version.IsAtLeast(1, 42) ? null : kernel.KernelMemory,
            KernelMemoryTcp = kernel.KernelMemoryTcp,
            CpuCfsPeriod = kernel.CpuCfs,
            CpuCfsQuota = kernel.CpuCfs,
            CpuShares = kernel.CpuShares,
            CpuSet = kernel.Cpuset,
            PidsLimit = kernel.PidsLimit,
            OomKillDisable = kernel.OomKillDisable,
            IPv4Forwarding = KernelProbe.ForwardsIPv4(),
            BridgeNfIptables = MachineFacts.IsOn("/proc/sys/net/bridge/bridge-nf-call-iptables"),
            BridgeNfIp6tables = MachineFacts.IsOn("/proc/sys/net/bridge/bridge-nf-call-ip6tables"),
            CpuCount = kernel.CpuCount,
            MemTotal = machine.MemoryBytes,
        };
    }

    // What changes from one moment to the next.
    private SystemInfo WithObjects(SystemInfo info)
    {
        (int running, int paused, int stopped) = services.Containers.Count();
        return info with
        {
            Containers = running + paused + stopped,
            ContainersRunning = running,
            ContainersPaused = paused,
            ContainersStopped = stopped,
            Images = services.Images.Count,
            NFd = MachineFacts.DescriptorCount,
            NGoroutines = MachineFacts.ThreadCount,
            NEventsListener = services.Events.ListenerCount,
        };
    }

    private InfoContainerd ContainerdAddress => new()
    {
        Address = services.Containerd.SocketPath,
        Namespaces = new InfoContainerdNamespaces { Containers = services.Instance.Name },
    };

    private ToolVersion Containerd => new(services.Containerd.Version, services.Containerd.Revision);

    private Dictionary<string, InfoRuntime> RuntimesOf(ApiVersion version)
    {
        var status = version.IsAtLeast(1, 44) ? new Dictionary<string, string>() : null;
        Dictionary<string, InfoRuntime> runtimes = Options.Containers.Runtimes.ToDictionary(
            pair => pair.Key, pair => new InfoRuntime { Path = pair.Value, Status = status });

        // These two are always there: they mean the runc that is found.
        runtimes.TryAdd("runc", new InfoRuntime { Path = "runc", Status = status });
        runtimes.TryAdd("io.containerd.runc.v2", new InfoRuntime { Path = "runc", Status = status });
        return runtimes;
    }

    private static List<string> SecurityOf(KernelFacts kernel, ContainerDefaults defaults)
    {
        var options = new List<string>();
        if (kernel.AppArmor)
        {
            options.Add("name=apparmor");
        }

        if (kernel.Seccomp)
        {
            options.Add($"name=seccomp,profile={defaults.SeccompProfileName}");
        }

        string cgroupns = defaults.CgroupnsMode ?? (kernel.CgroupUnified ? "private" : "host");
        if (kernel.CgroupNamespaces && cgroupns == "private")
        {
            options.Add("name=cgroupns");
        }

        return options;
    }

    private static InfoCommit Commit(ToolVersion? program) =>
        new() { Id = program?.Commit ?? "", Expected = program?.Commit ?? "" };

    private static void Add(List<VersionedComponent> components, string name, ToolVersion? program)
    {
        if (program is not null)
        {
            components.Add(Component(name, program.Number, ("GitCommit", program.Commit)));
        }
    }

    private static VersionedComponent Component(
        string name, string version, params ReadOnlySpan<(string Key, string Value)> details)
    {
        var map = new Dictionary<string, string>();
        foreach ((string key, string value) in details)
        {
            map[key] = value;
        }

        return new VersionedComponent { Name = name, Version = version, Details = map };
    }
}
