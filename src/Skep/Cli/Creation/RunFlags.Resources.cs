using System.CommandLine;
using Skep.Cli.Grammar;

namespace Skep.Cli.Creation;

internal sealed partial class RunFlags
{
    private readonly ResourceFlags resources = new(command);

    private readonly Option<string[]> blkioWeightDevice = command.Flag(Flags.List("blkio-weight-device", null,
        "Block IO weight (relative device weight)", Checked(DeviceFlags.Weight)));

    private readonly Option<string[]> deviceReadBps = command.Flag(Flags.List("device-read-bps", null,
        "Limit read rate (bytes per second) from a device", Checked(DeviceFlags.BytesRate)));

    private readonly Option<string[]> deviceReadIops = command.Flag(Flags.List("device-read-iops", null,
        "Limit read rate (IO per second) from a device", Checked(DeviceFlags.OperationsRate)));

    private readonly Option<string[]> deviceWriteBps = command.Flag(Flags.List("device-write-bps", null,
        "Limit write rate (bytes per second) to a device", Checked(DeviceFlags.BytesRate)));

    private readonly Option<string[]> deviceWriteIops = command.Flag(Flags.List("device-write-iops", null,
        "Limit write rate (IO per second) to a device", Checked(DeviceFlags.OperationsRate)));

    private readonly Option<string[]> device = command.Flag(Flags.List(
        "device", null, "Add a host device to the container"));

    private readonly Option<string[]> deviceCgroupRule = command.Flag(Flags.List(
        "device-cgroup-rule", null, "Add a rule to the cgroup allowed devices list", DeviceFlags.CheckRule));

    private readonly Option<string[]> gpus = command.Flag(Flags.List("gpus", null,
        "GPU devices to add to the container ('all' to pass all GPUs)", Checked(DeviceFlags.Gpus), "gpu-request"));

    private readonly Option<long> memorySwappiness = command.Flag(Flags.Number(
        "memory-swappiness", null, "Tune container memory swappiness (0 to 100)", -1));

    private readonly Option<bool> oomKillDisable = command.Flag(Flags.Switch(
        "oom-kill-disable", null, "Disable OOM Killer"));

    private readonly Option<long> oomScoreAdj = command.Flag(Flags.Number(
        "oom-score-adj", null, "Tune host's OOM preferences (-1000 to 1000)"));

    private readonly Option<string> cgroupParent = command.Flag(Flags.Text(
        "cgroup-parent", null, "Optional parent cgroup for the container"));

    private readonly Option<long> shmSize = command.Flag(Flags.Make(
        "shm-size", null, "bytes", "Size of /dev/shm", ByteSize.Parse));

    private readonly Option<string[]> ulimit = command.Flag(Flags.List(
        "ulimit", null, "Ulimit options", Checked(UlimitFlag.Parse), "ulimit"));

    private static Func<string, string> Checked<T>(Func<string, T> parse) => text =>
    {
        parse(text);
        return text;
    };
}

/// <summary>The limits that run, create and update share.</summary>
internal sealed class ResourceFlags(DockerCommand command)
{
    public readonly Option<long> BlkioWeight = command.Flag(Flags.Number("blkio-weight", null,
        "Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)", type: "uint16"));

    public readonly Option<long> CpuPeriod = command.Flag(Flags.Number(
        "cpu-period", null, "Limit CPU CFS (Completely Fair Scheduler) period"));

    public readonly Option<long> CpuQuota = command.Flag(Flags.Number(
        "cpu-quota", null, "Limit CPU CFS (Completely Fair Scheduler) quota"));

    public readonly Option<long> CpuRealtimePeriod = command.Flag(Flags.Number("cpu-rt-period", null,
        $"Limit {(command.Name == "update" ? "the " : "")}CPU real-time period in microseconds"));

    public readonly Option<long> CpuRealtimeRuntime = command.Flag(Flags.Number("cpu-rt-runtime", null,
        $"Limit {(command.Name == "update" ? "the " : "")}CPU real-time runtime in microseconds"));

    public readonly Option<long> CpuShares = command.Flag(Flags.Number(
        "cpu-shares", 'c', "CPU shares (relative weight)"));

    public readonly Option<long> Cpus = command.Flag(Flags.Make(
        "cpus", null, "decimal", "Number of CPUs", CpuCount.Parse));

    public readonly Option<string> CpusetCpus = command.Flag(Flags.Text(
        "cpuset-cpus", null, "CPUs in which to allow execution (0-3, 0,1)"));

    public readonly Option<string> CpusetMems = command.Flag(Flags.Text(
        "cpuset-mems", null, "MEMs in which to allow execution (0-3, 0,1)"));

    public readonly Option<long> KernelMemory = command.Flag(Hidden(Flags.Make(
        "kernel-memory", null, "bytes", "Kernel memory limit", ByteSize.Parse), command));

    public readonly Option<long> Memory = command.Flag(Flags.Make(
        "memory", 'm', "bytes", "Memory limit", ByteSize.Parse));

    public readonly Option<long> MemoryReservation = command.Flag(Flags.Make(
        "memory-reservation", null, "bytes", "Memory soft limit", ByteSize.Parse));

    public readonly Option<long> MemorySwap = command.Flag(Flags.Make("memory-swap", null, "bytes",
        "Swap limit equal to memory plus swap: "
        + (command.Name == "update" ? "-1 to enable unlimited swap" : "'-1' to enable unlimited swap"),
        ByteSize.ParseSwap));

    public readonly Option<long> PidsLimit = command.Flag(Flags.Number(
        "pids-limit", null, "Tune container pids limit (set -1 for unlimited)"));

    private static Option<long> Hidden(Option<long> option, DockerCommand command) =>
        command.Name == "update" ? Flags.Hide(option) : option;
}
