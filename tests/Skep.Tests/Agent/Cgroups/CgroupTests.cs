using Skep.Agent;
using Skep.Agent.Cgroups;
using Skep.Docker.Engine;
using Skep.Docker.Validation;

namespace Skep.Tests.Agent.Cgroups;

public sealed class CgroupTests : IDisposable
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly string directory = Directory.CreateTempSubdirectory("skep-cgroups-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void A_machine_with_both_versions_is_used_as_v1()
    {
        CgroupLayout layout = CgroupLayout.Parse(
        [
            "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755",
            "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:7 - cgroup cgroup rw,cpu,cpuacct",
            "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory",
            "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw",
        ]);

        Assert.False(layout.IsUnified);
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct/a/b", layout.DirectoryOf("cpuacct", "/a/b"));
        Assert.Equal("/sys/fs/cgroup/memory/b", layout.DirectoryOf("memory", "/a/../../b"));
        Assert.Null(layout.DirectoryOf("pids", "/a"));
    }

    [Fact]
    public void A_machine_with_v2_only_has_one_tree()
    {
        CgroupLayout layout = CgroupLayout.Parse(["25 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate"]);

        Assert.True(layout.IsUnified);
        Assert.Equal("/sys/fs/cgroup/a", layout.DirectoryOf("memory", "/a"));
    }

    [Theory]
    [InlineData(null, "", "/skep-{0}/c")]
    [InlineData("/parent/", "", "/parent/c")]
    [InlineData("/parent", "own", "/own/c")]
    [InlineData(null, "../../etc", "/etc/c")]
    public void A_containers_group_is_below_its_parent(string? daemon, string own, string expected)
    {
        var instance = new Instance("/var/lib/x", "/run/x");
        Assert.Equal(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, instance.Id),
            CgroupPaths.For(instance, daemon, own, "c"));
    }

    [Fact]
    public void V1_counters_are_read()
    {
        CgroupLayout layout = V1("cpu", "cpuacct", "memory", "pids", "blkio");
        Write("cpuacct/c/cpuacct.usage", "53196647\n");
        Write("cpuacct/c/cpuacct.usage_percpu", "23071973 30124674 \n");
        Write("cpuacct/c/cpuacct.stat", "user 3\nsystem 2\n");
        Write("cpu/c/cpu.stat", "nr_periods 12\nnr_throttled 1\nthrottled_time 5\n");
        Write("memory/c/memory.usage_in_bytes", "1695744\n");
        Write("memory/c/memory.limit_in_bytes", "9223372036854771712\n");
        Write("memory/c/memory.stat", "cache 7\ninactive_file 8\ntotal_inactive_file 9\nnew_thing 1\n");
        Write("memory/c/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
        Write("pids/c/pids.current", "2\n");
        Write("pids/c/pids.max", "max\n");
        Write("blkio/c/blkio.throttle.io_service_bytes_recursive", "8:0 Read 4096\n8:0 Total 4096\nTotal 4096\n");

        CpuStats cpu = CgroupStats.Cpu(layout, "/c");
        MemoryStats memory = CgroupStats.Memory(layout, "/c", machineBytes: 1000);

        Assert.Equal((53196647ul, 30_000_000ul, 20_000_000ul), (cpu.Usage.Total, cpu.Usage.User, cpu.Usage.Kernel));
        Assert.Equal([23071973ul, 30124674ul], cpu.Usage.PerCpu);
        Assert.Equal(new ThrottlingStats { Periods = 12, ThrottledPeriods = 1, ThrottledTime = 5 }, cpu.Throttling);
        Assert.Equal((1695744ul, 1000ul), (memory.Usage, memory.Limit));
        Assert.Equal((7ul, 9ul), (memory.Details!["cache"], memory.Details["total_inactive_file"]));
        Assert.False(memory.Details.ContainsKey("new_thing"));
        Assert.Equal(3ul, CgroupStats.OomKillCount(layout, "/c"));
        Assert.Equal(new PidsStats { Current = 2 }, CgroupStats.Pids(layout, "/c"));
        Assert.Equal([new(8, 0, "Read", 4096), new(8, 0, "Total", 4096)],
            CgroupStats.Blkio(layout, "/c").ServiceBytes!);
    }

    [Fact]
    public void V2_counters_are_read()
    {
        var layout = new CgroupLayout
        {
            IsUnified = true, Trees = new Dictionary<string, string>(), UnifiedMount = directory,
        };
        Write("c/cpu.stat", "usage_usec 50\nuser_usec 30\nsystem_usec 20\nnr_periods 4\nthrottled_usec 1\n");
        Write("c/memory.current", "100\n");
        Write("c/memory.max", "max\n");
        Write("c/memory.stat", "anon 5\ninactive_file 6\n");
        Write("c/memory.events", "low 0\noom 2\noom_kill 1\n");
        Write("c/io.stat", "8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n");

        CpuStats cpu = CgroupStats.Cpu(layout, "/c");
        MemoryStats memory = CgroupStats.Memory(layout, "/c", machineBytes: 1000);

        Assert.Equal((50_000ul, 1000ul), (cpu.Usage.Total, cpu.Throttling.ThrottledTime));
        Assert.Null(cpu.Usage.PerCpu);
        Assert.Equal((100ul, 1000ul, 2ul), (memory.Usage, memory.Limit, memory.FailCount));
        Assert.Equal(6ul, memory.Details!["inactive_file"]);
        Assert.Equal(1ul, CgroupStats.OomKillCount(layout, "/c"));
        Assert.Equal([new(8, 0, "read", 10), new(8, 0, "write", 20)], CgroupStats.Blkio(layout, "/c").ServiceBytes!);
    }

    [Fact]
    public void A_container_that_is_gone_uses_nothing()
        => Assert.Equal(0ul, CgroupStats.Memory(V1("memory"), "/gone", 1000).Usage);

    [Fact]
    public void The_machines_counters_are_read()
    {
        Assert.Equal((280_000_000ul, 2u), MachineUsage.ParseCpu(
            ["cpu  1 2 3 4 5 6 7 8 9 0", "cpu0 1 1 1", "cpu1 1 1 1", "intr 5"]));
        Assert.Equal(2048ul, MachineUsage.ParseMemory(["MemTotal:       2 kB", "MemFree: 1 kB"]));
        IReadOnlyDictionary<string, NetworkStats> networks = MachineUsage.ParseNetworks(
        [
            "Inter-|   Receive                        |  Transmit",
            "    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0",
            "  eth0:1042 11 2 3 0 0 0 0 42 5 6 7 0 0 0 0",
        ]);
        Assert.Equal(
            new NetworkStats
            {
                ReceivedBytes = 1042, ReceivedPackets = 11, ReceiveErrors = 2, ReceiveDropped = 3,
                SentBytes = 42, SentPackets = 5, SendErrors = 6, SendDropped = 7,
            },
            Assert.Single(networks).Value);
    }

    [Fact]
    public void This_machine_can_be_probed()
    {
        CgroupLayout layout = CgroupLayout.Detect();
        KernelFacts kernel = KernelProbe.Probe(layout);

        Assert.True(kernel.IsAtLeast(4, 0));
        Assert.Contains("CAP_CHOWN", kernel.Capabilities);
        Assert.True(kernel.Seccomp);
        Assert.Equal(layout.IsUnified, kernel.CgroupUnified);
        Assert.NotEqual(0ul, MachineUsage.MemoryBytes());
    }

    [Fact]
    public void Groups_that_a_crash_left_behind_are_removed_unless_they_live()
    {
        CgroupLayout layout = CgroupLayout.Detect();
        string tree = layout.IsUnified ? layout.UnifiedMount! : layout.Trees["pids"];
        string parent = $"/skep-test-{Environment.ProcessId}";
        string alive = Id.Replace('0', 'f');
        try
        {
            Directory.CreateDirectory($"{tree}{parent}/{Id}/inner");
            Directory.CreateDirectory($"{tree}{parent}/{alive}");
            Directory.CreateDirectory($"{tree}{parent}/other");

            CgroupLeftovers.Remove(layout, parent, new HashSet<string> { alive });

            Assert.Equal([alive, "other"],
                Directory.EnumerateDirectories(tree + parent).Select(Path.GetFileName).Order(StringComparer.Ordinal)!);
        }
        finally
        {
            Assert.True(CgroupLeftovers.RemoveGroup(layout, parent));
        }
    }

    private CgroupLayout V1(params string[] controllers) => new()
    {
        IsUnified = false,
        Trees = controllers.ToDictionary(name => name, name => $"{directory}/{name}"),
    };

    private void Write(string path, string text)
    {
        string file = $"{directory}/{path}";
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
