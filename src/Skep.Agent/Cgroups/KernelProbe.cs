using System.Globalization;
using System.Runtime.InteropServices;
using Skep.Agent.Oci;
using Skep.Docker.Validation;

namespace Skep.Agent.Cgroups;

/// <summary>Finds out what this machine's kernel can do for containers. Reads /proc and /sys only.</summary>
public static class KernelProbe
{
    public static KernelFacts Probe(CgroupLayout layout)
    {
        KernelFacts facts = Machine();
        return layout.IsUnified ? WithControllersV2(facts, layout.UnifiedMount!) : WithControllersV1(facts, layout);
    }

    /// <summary>
    /// Whether the machine passes packets on. It may change while the daemon runs: the network part sets it.
    /// </summary>
    public static bool ForwardsIPv4() => ReadLine("/proc/sys/net/ipv4/ip_forward") == "1";

    private static KernelFacts Machine()
    {
        string release = ReadLine("/proc/sys/kernel/osrelease");
        var facts = new KernelFacts
        {
            Release = release,
            Architecture = GoArchitecture(RuntimeInformation.OSArchitecture),
            CpuCount = Environment.ProcessorCount,
            Capabilities = OwnCapabilities(File.ReadLines("/proc/self/status")),
            Seccomp = File.Exists("/proc/sys/kernel/seccomp/actions_avail"),
            AppArmor = AppArmorProfile.IsUsable(),
            CgroupNamespaces = File.Exists("/proc/self/ns/cgroup"),
            IPv4Forwarding = ForwardsIPv4(),
            PingGroupRange = File.Exists("/proc/sys/net/ipv4/ping_group_range"),
            UnprivilegedPortStart = File.Exists("/proc/sys/net/ipv4/ip_unprivileged_port_start"),
            ThermalThrottlePaths = ThermalThrottlePaths(),
        };
        return facts with { RecursiveReadOnly = facts.IsAtLeast(5, 12) };
    }

    private static KernelFacts WithControllersV1(KernelFacts facts, CgroupLayout layout)
    {
        bool Has(string controller, string file) => layout.Trees.TryGetValue(controller, out string? tree)
            && File.Exists($"{tree}/{file}");
        string? cpuset = layout.Trees.GetValueOrDefault("cpuset");
        return facts with
        {
            CgroupDevices = layout.Trees.ContainsKey("devices"),
            MemoryLimit = layout.Trees.ContainsKey("memory"),
            SwapLimit = Has("memory", "memory.memsw.limit_in_bytes"),
            MemoryReservation = Has("memory", "memory.soft_limit_in_bytes"),
            OomKillDisable = Has("memory", "memory.oom_control"),
            MemorySwappiness = Has("memory", "memory.swappiness"),
            KernelMemory = Has("memory", "memory.kmem.limit_in_bytes"),
            KernelMemoryTcp = Has("memory", "memory.kmem.tcp.limit_in_bytes"),
            CpuShares = Has("cpu", "cpu.shares"),
            CpuCfs = Has("cpu", "cpu.cfs_quota_us"),
            CpuRealtime = Has("cpu", "cpu.rt_period_us"),
            Cpuset = cpuset is not null,
            CpusetCpus = CgroupFiles.ReadText(cpuset, "cpuset.cpus").Trim(),
            CpusetMems = CgroupFiles.ReadText(cpuset, "cpuset.mems").Trim(),
            PidsLimit = layout.Trees.ContainsKey("pids"),
            BlkioWeight = Has("blkio", "blkio.weight"),
            BlkioWeightDevice = Has("blkio", "blkio.weight_device"),
            BlkioReadBps = Has("blkio", "blkio.throttle.read_bps_device"),
            BlkioWriteBps = Has("blkio", "blkio.throttle.write_bps_device"),
            BlkioReadIops = Has("blkio", "blkio.throttle.read_iops_device"),
            BlkioWriteIops = Has("blkio", "blkio.throttle.write_iops_device"),
        };
    }

    private static KernelFacts WithControllersV2(KernelFacts facts, string mount)
    {
        string[] controllers = ReadLine($"{mount}/cgroup.controllers").Split(' ');
        bool memory = controllers.Contains("memory");
        bool cpu = controllers.Contains("cpu");
        bool io = controllers.Contains("io");
        return facts with
        {
            CgroupUnified = true,
            CgroupDevices = true,
            MemoryLimit = memory,
            SwapLimit = memory && HasOwnFile(mount, "memory.swap.max"),
            MemoryReservation = memory,
            CpuShares = cpu,
            CpuCfs = cpu,
            Cpuset = controllers.Contains("cpuset"),
            CpusetCpus = ReadLine($"{mount}/cpuset.cpus.effective"),
            CpusetMems = ReadLine($"{mount}/cpuset.mems.effective"),
            PidsLimit = controllers.Contains("pids"),
            BlkioWeight = io,
            BlkioWeightDevice = io,
            BlkioReadBps = io,
            BlkioWriteBps = io,
            BlkioReadIops = io,
            BlkioWriteIops = io,
        };
    }

    /// <summary>The root group has no limits to look for: our own is asked.</summary>
    private static bool HasOwnFile(string mount, string name)
    {
        string? own = File.ReadLines("/proc/self/cgroup")
            .FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal));
        return own is not null && File.Exists($"{mount}{own[3..]}/{name}");
    }

    /// <summary>What this process has and may give to its children: effective and in the bounding set.</summary>
    internal static IReadOnlyList<string> OwnCapabilities(IEnumerable<string> status)
    {
        ulong mask = ulong.MaxValue;
        foreach (string line in status)
        {
            if (line.StartsWith("CapEff:", StringComparison.Ordinal)
                || line.StartsWith("CapBnd:", StringComparison.Ordinal))
            {
                mask &= ulong.Parse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
        }

        return Capabilities.FromMask(mask);
    }

    private static IReadOnlyList<string> ThermalThrottlePaths()
    {
        string possible = ReadLine("/sys/devices/system/cpu/possible");
        return NumberList.TryParse(possible, out IReadOnlySet<int> cpus, out _)
            ? [.. cpus.Order()
                .Select(cpu => $"/sys/devices/system/cpu/cpu{cpu}/thermal_throttle").Where(Directory.Exists)]
            : [];
    }

    private static string GoArchitecture(Architecture architecture) => architecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.X86 => "386",
        Architecture.Arm64 => "arm64",
        Architecture.Arm => "arm",
        _ => architecture.ToString().ToLowerInvariant(),
    };

    private static string ReadLine(string path)
    {
        string directory = Path.GetDirectoryName(path)!;
        return CgroupFiles.ReadText(directory, Path.GetFileName(path)).Split('\n')[0].Trim();
    }
}
