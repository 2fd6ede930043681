using Skep.Docker.Engine;

namespace Skep.Agent.Cgroups;

/// <summary>What one container's groups have used.</summary>
internal static class CgroupStats
{
    /// <summary>The kernel counts some times in hundredths of a second, on every architecture (USER_HZ).</summary>
    private const ulong NanosecondsPerTick = 10_000_000;

    private const ulong NanosecondsPerMicrosecond = 1000;

    /// <summary>Lines of memory.stat that Docker passes on; a newer kernel has more.</summary>
    private static readonly string[] MemoryV1 =
    [
        "cache", "rss", "rss_huge", "mapped_file", "dirty", "writeback", "pgpgin", "pgpgout", "pgfault", "pgmajfault",
        "inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable",
    ];

    private static readonly string[] MemoryV2 =
    [
        "anon", "file", "kernel_stack", "slab", "sock", "shmem", "file_mapped", "file_dirty", "file_writeback",
        "anon_thp", "inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable", "slab_reclaimable",
        "slab_unreclaimable", "pgfault", "pgmajfault", "workingset_refault", "workingset_activate",
        "workingset_nodereclaim", "pgrefill", "pgscan", "pgsteal", "pgactivate", "pgdeactivate", "pglazyfree",
        "pglazyfreed", "thp_fault_alloc", "thp_collapse_alloc",
    ];

    public static CpuStats Cpu(CgroupLayout layout, string path)
        => layout.IsUnified ? CpuV2(layout.DirectoryOf("", path)) : CpuV1(layout, path);

    /// <param name="machineBytes">Shown as the limit of a container that has none.</param>
    public static MemoryStats Memory(CgroupLayout layout, string path, ulong machineBytes)
    {
        string? directory = layout.DirectoryOf("memory", path);
        MemoryStats memory = layout.IsUnified ? MemoryOfV2(directory) : MemoryOfV1(directory);
        return memory.Limit > machineBytes && machineBytes > 0 ? memory with { Limit = machineBytes } : memory;
    }

    public static PidsStats Pids(CgroupLayout layout, string path)
    {
        string? directory = layout.DirectoryOf("pids", path);
        ulong limit = CgroupFiles.ReadNumber(directory, "pids.max");
        return new PidsStats
        {
            Current = CgroupFiles.ReadNumber(directory, "pids.current"),
            Limit = limit == ulong.MaxValue ? 0 : limit,
        };
    }

    public static BlkioStats Blkio(CgroupLayout layout, string path)
    {
        if (layout.IsUnified)
        {
            return new BlkioStats
            {
                ServiceBytes = BlkioLines.ParseV2(CgroupFiles.ReadText(layout.DirectoryOf("", path), "io.stat")),
            };
        }

        string? directory = layout.DirectoryOf("blkio", path);
        return new BlkioStats
        {
            ServiceBytes = BlkioLines.ParseV1(
                CgroupFiles.ReadText(directory, "blkio.throttle.io_service_bytes_recursive")),
            Serviced = BlkioLines.ParseV1(CgroupFiles.ReadText(directory, "blkio.throttle.io_serviced_recursive")),
            Queued = [],
            ServiceTime = [],
            WaitTime = [],
            Merged = [],
            Time = [],
            Sectors = [],
        };
    }

    /// <summary>How many processes of the container the kernel killed for want of memory.</summary>
    public static ulong OomKillCount(CgroupLayout layout, string path)
        => CgroupFiles.ReadTable(
            layout.DirectoryOf("memory", path), layout.IsUnified ? "memory.events" : "memory.oom_control")
            .GetValueOrDefault("oom_kill");

    private static CpuStats CpuV1(CgroupLayout layout, string path)
    {
        string? accounting = layout.DirectoryOf("cpuacct", path);
        Dictionary<string, ulong> modes = CgroupFiles.ReadTable(accounting, "cpuacct.stat");
        Dictionary<string, ulong> throttling = CgroupFiles.ReadTable(layout.DirectoryOf("cpu", path), "cpu.stat");
        return new CpuStats
        {
            Usage = new CpuUsage
            {
                Total = CgroupFiles.ReadNumber(accounting, "cpuacct.usage"),
                PerCpu =
                [
                    .. CgroupFiles.ReadText(accounting, "cpuacct.usage_percpu")
                        .Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(CgroupFiles.Number),
                ],
                User = modes.GetValueOrDefault("user") * NanosecondsPerTick,
                Kernel = modes.GetValueOrDefault("system") * NanosecondsPerTick,
            },
            Throttling = new ThrottlingStats
            {
                Periods = throttling.GetValueOrDefault("nr_periods"),
                ThrottledPeriods = throttling.GetValueOrDefault("nr_throttled"),
                ThrottledTime = throttling.GetValueOrDefault("throttled_time"),
            },
        };
    }

    private static CpuStats CpuV2(string? directory)
    {
        Dictionary<string, ulong> table = CgroupFiles.ReadTable(directory, "cpu.stat");
        return new CpuStats
        {
            Usage = new CpuUsage
            {
                Total = table.GetValueOrDefault("usage_usec") * NanosecondsPerMicrosecond,
                User = table.GetValueOrDefault("user_usec") * NanosecondsPerMicrosecond,
                Kernel = table.GetValueOrDefault("system_usec") * NanosecondsPerMicrosecond,
            },
            Throttling = new ThrottlingStats
            {
                Periods = table.GetValueOrDefault("nr_periods"),
                ThrottledPeriods = table.GetValueOrDefault("nr_throttled"),
                ThrottledTime = table.GetValueOrDefault("throttled_usec") * NanosecondsPerMicrosecond,
            },
        };
    }

    private static MemoryStats MemoryOfV1(string? directory)
    {
        Dictionary<string, ulong> table = CgroupFiles.ReadTable(directory, "memory.stat");
        IEnumerable<string> names = MemoryV1.Concat(MemoryV1.Select(name => "total_" + name))
            .Concat(["hierarchical_memory_limit", "hierarchical_memsw_limit"]);
        return new MemoryStats
        {
            Usage = CgroupFiles.ReadNumber(directory, "memory.usage_in_bytes"),
            MaxUsage = CgroupFiles.ReadNumber(directory, "memory.max_usage_in_bytes"),
            Limit = CgroupFiles.ReadNumber(directory, "memory.limit_in_bytes"),
            FailCount = CgroupFiles.ReadNumber(directory, "memory.failcnt"),
            Details = Pick(table, names),
        };
    }

    private static MemoryStats MemoryOfV2(string? directory) => new()
    {
        Usage = CgroupFiles.ReadNumber(directory, "memory.current"),
        Limit = CgroupFiles.ReadNumber(directory, "memory.max"),
        FailCount = CgroupFiles.ReadTable(directory, "memory.events").GetValueOrDefault("oom"),
        Details = Pick(CgroupFiles.ReadTable(directory, "memory.stat"), MemoryV2),
    };

    /// <summary>In alphabetical order, as Go writes a map.</summary>
    private static IReadOnlyDictionary<string, ulong> Pick(Dictionary<string, ulong> table, IEnumerable<string> names)
        => new SortedDictionary<string, ulong>(
            names.ToDictionary(name => name, name => table.GetValueOrDefault(name)), StringComparer.Ordinal);
}
