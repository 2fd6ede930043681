using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Swarm;

namespace Skep.Tests.Docker.Validation;

public class ContainerChecksTests
{
    private const long MiB = 1024 * 1024;

    public static TheoryData<HostConfig, string> RefusedHosts => new()
    {
        { new() { Memory = MiB }, "Minimum memory limit allowed is 6MB" },
        {
            new() { Memory = 10 * MiB, MemorySwap = 9 * MiB },
            "Minimum memoryswap limit should be larger than memory limit, see usage"
        },
        {
            new() { MemorySwap = 64 * MiB },
            "You should always set the Memory limit when using Memoryswap limit, see usage"
        },
        { new() { MemorySwappiness = 200 }, "Invalid value: 200, valid memory swappiness range is 0-100" },
        { new() { MemoryReservation = MiB }, "Minimum memory reservation allowed is 6MB" },
        {
            new() { Memory = 10 * MiB, MemoryReservation = 20 * MiB },
            "Minimum memory limit can not be less than memory reservation limit, see usage"
        },
        {
            new() { NanoCpus = 1_000_000_000, CpuPeriod = 100_000 },
            "Conflicting options: Nano CPUs and CPU Period cannot both be set"
        },
        {
            new() { NanoCpus = 1_000_000_000, CpuQuota = 100_000 },
            "Conflicting options: Nano CPUs and CPU Quota cannot both be set"
        },
        {
            new() { NanoCpus = 50_000_000_000 },
            "Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available"
        },
        {
            new() { CpuPeriod = 5 },
            "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)"
        },
        { new() { CpuQuota = 5 }, "CPU cfs quota can not be less than 1ms (i.e. 1000)" },
        { new() { CpuShares = -3 }, "invalid CPU shares (-3): value must be a positive integer" },
        { new() { CpusetCpus = "7" }, "Requested CPUs are not available - requested 7, available: 0-1" },
        { new() { CpusetCpus = "x" }, "Invalid value x for cpuset cpus: invalid format: x" },
        { new() { CpusetMems = "3" }, "Requested memory nodes are not available - requested 3, available: 0" },
        { new() { CpuRealtimeRuntime = 5 }, "kernel does not support CPU real-time scheduler" },
        { new() { BlkioWeight = 5 }, "Range of blkio weight is from 10 to 1000" },
        { new() { OomScoreAdj = 3000 }, "Invalid value 3000, range for oom score adj is [-1000, 1000]" },
        { new() { ShmSize = -1 }, "SHM size can not be less than 0" },
        { new() { RestartPolicy = new() { Name = "foo" } }, "invalid restart policy 'foo'" },
        {
            new() { RestartPolicy = new() { Name = "always", MaximumRetryCount = 3 } },
            "maximum retry count cannot be used with restart policy 'always'"
        },
        {
            new() { RestartPolicy = new() { Name = "on-failure", MaximumRetryCount = -1 } },
            "maximum retry count cannot be negative"
        },
        {
            new() { AutoRemove = true, RestartPolicy = new() { Name = "always" } },
            "can't create 'AutoRemove' container with restart policy"
        },
        { new() { CapAdd = ["FOO"] }, "invalid CapAdd: unknown capability: \"CAP_FOO\"" },
        { new() { CapDrop = ["nope"] }, "invalid CapDrop: unknown capability: \"CAP_NOPE\"" },
        { new() { Isolation = "hyperv" }, "Invalid isolation: \"hyperv\" - linux only supports 'default'" },
        { new() { SecurityOpt = ["foo"] }, "invalid --security-opt 1: \"foo\"" },
        { new() { SecurityOpt = ["foo=bar"] }, "invalid --security-opt 2: \"foo=bar\"" },
        { new() { IpcMode = "foo" }, "invalid IPC mode: foo" },
        { new() { PidMode = "container:" }, "invalid PID mode: container:" },
        { new() { UtsMode = "foo" }, "invalid UTS mode: foo" },
        { new() { CgroupnsMode = "foo" }, "invalid cgroup namespace mode: foo" },
        { new() { NetworkMode = "container:" }, "Invalid network mode: invalid container format container:<name|id>" },
        { new() { NetworkMode = "container:x", Dns = ["1.1.1.1"] }, "conflicting options: dns and the network mode" },
        {
            new() { NetworkMode = "container:x", PublishAllPorts = true },
            "conflicting options: port publishing and the container type network mode"
        },
        { new() { ExtraHosts = ["foo"] }, "bad format for add-host: \"foo\"" },
        { new() { ExtraHosts = ["foo:bar"] }, "invalid IP address in add-host: \"bar\"" },
        { new() { DeviceCgroupRules = ["c 1:3"] }, "invalid device cgroup rule format: 'c 1:3'" },
        { new() { DeviceCgroupRules = ["c 1:3 q"] }, "invalid device cgroup rule format: 'c 1:3 q'" },
        { new() { Ulimits = [new("foo", 1, 1)] }, "invalid ulimit type: foo" },
        { new() { Sysctls = new Dictionary<string, string> { ["vm.x"] = "1" } }, "sysctl 'vm.x' is not allowed" },
        { new() { Runtime = "foo" }, "unknown or invalid runtime name: foo" },
        {
            new() { LogConfig = new() { Type = "foo" } },
            "error looking up logging plugin foo: plugin \"foo\" not found"
        },
        { Log("foo", "1"), "unknown log opt 'foo' for json-file log driver" },
        { Log("mode", "x"), "logger: logging mode not supported: x" },
        {
            new()
            {
                PortBindings = new Dictionary<string, IReadOnlyList<PortBinding>?> { ["99999/tcp"] = null },
            },
            "invalid port specification: \"99999\""
        },
        {
            new()
            {
                PortBindings = new Dictionary<string, IReadOnlyList<PortBinding>?>
                {
                    ["80/tcp"] = [new() { HostPort = "90-80" }],
                },
            },
            "invalid port specification: \"90-80\""
        },
    };

    public static TheoryData<ContainerConfig, string> RefusedConfigs => new()
    {
        { new() { StopSignal = "FOO" }, "Invalid signal: FOO" },
        { new() { StopSignal = "0" }, "Invalid signal: 0" },
        { new() { Env = ["=a"] }, "invalid environment variable: =a" },
        {
            new() { WorkingDir = "foo" }, "the working directory 'foo' is invalid, it needs to be an absolute path"
        },
        {
            new() { Healthcheck = new() { Interval = 1000 } }, "Interval in Healthcheck cannot be less than 1ms"
        },
        { new() { Healthcheck = new() { Retries = -1 } }, "Retries in Healthcheck cannot be negative" },
    };

    [Theory, MemberData(nameof(RefusedHosts))]
    public void A_wrong_host_config_is_refused_in_dockers_words(HostConfig host, string message)
        => AssertRefused(message, () => ContainerChecks.Check(new ContainerConfig(), host, TestKernel.Full));

    [Theory, MemberData(nameof(RefusedConfigs))]
    public void A_wrong_config_is_refused_in_dockers_words(ContainerConfig config, string message)
        => AssertRefused(message, () => ContainerChecks.Check(config, new HostConfig(), TestKernel.Full));

    [Fact]
    public void A_hostname_conflicts_with_a_namespace_that_is_not_the_containers()
    {
        var config = new ContainerConfig { Hostname = "y" };
        AssertRefused("conflicting options: hostname and the UTS mode",
            () => ContainerChecks.Check(config, new HostConfig { UtsMode = "host" }, TestKernel.Full));
        AssertRefused("conflicting options: hostname and the network mode",
            () => ContainerChecks.Check(config, new HostConfig { NetworkMode = "container:x" }, TestKernel.Full));
    }

    [Fact]
    public void What_the_kernel_does_not_have_is_taken_out_with_a_warning()
    {
        var asked = new HostConfig
        {
            Memory = 64 * MiB, MemoryReservation = 32 * MiB, CpuShares = 10, PidsLimit = 5, BlkioWeight = 500,
            CpusetCpus = "0",
        };

        CheckedContainer result = ContainerChecks.Check(new ContainerConfig(), asked, TestKernel.Bare);

        Assert.Equal(
            new HostConfig() with { MemorySwap = -1 },
            result.Host with { LogConfig = new(), RestartPolicy = new() });
        Assert.Contains("Your kernel does not support memory limit capabilities or the cgroup is not mounted. "
            + "Limitation discarded.", result.Warnings);
        Assert.Contains("Your kernel does not support Block I/O weight or the cgroup is not mounted. "
            + "Weight discarded.", result.Warnings);
        Assert.Equal(6, result.Warnings.Count);
    }

    [Fact]
    public void Published_ports_on_the_machines_network_only_warn()
    {
        var asked = new HostConfig
        {
            NetworkMode = "host",
            PortBindings = new Dictionary<string, IReadOnlyList<PortBinding>?> { ["80/tcp"] = [] },
        };

        Assert.Equal(["Published ports are discarded when using host network mode"],
            ContainerChecks.Check(new ContainerConfig(), asked, TestKernel.Full).Warnings);
    }

    [Fact]
    public void The_working_directory_is_cleaned()
    {
        var config = new ContainerConfig { WorkingDir = "/a//b/../c/." };

        Assert.Equal("/a/c", ContainerChecks.Check(config, new HostConfig(), TestKernel.Full).Config.WorkingDir);
    }

    [Fact]
    public void An_update_may_name_swap_without_memory()
    {
        var update = new UpdateContainerRequest { MemorySwap = 64 * MiB };

        Assert.Empty(ContainerChecks.CheckUpdate(update, TestKernel.Full).Warnings);
    }

    private static HostConfig Log(string option, string value) => new()
    {
        LogConfig = new() { Type = "json-file", Config = new Dictionary<string, string> { [option] = value } },
    };

    private static void AssertRefused(string message, Action action)
    {
        RefusedException refusal = Assert.Throws<RefusedException>(action);
        Assert.Equal(message, refusal.Message);
        Assert.Equal(ErrorKind.Invalid, refusal.Kind);
    }
}
