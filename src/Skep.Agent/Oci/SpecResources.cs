using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Swarm;

namespace Skep.Agent.Oci;

/// <summary>What the kernel's cgroups hold a container to.</summary>
internal static class SpecResources
{
    /// <summary>Microseconds; the period that a number of CPUs is counted in.</summary>
    private const long CpuPeriod = 100_000;

    private const long BillionthsOfCpu = 1_000_000_000;

    public static ResourcesSpec Build(
        Resources resources, KernelFacts kernel, IReadOnlyDictionary<string, DeviceNumber> disks) => new()
    {
        Memory = Memory(resources, kernel),
        Cpu = Cpu(resources),
        Pids = Pids(resources.PidsLimit),
        BlockIo = BlockIo(resources, disks),
    };

    public static CpuSpec? Cpu(Resources resources)
    {
        if (resources.CpuShares < 0)
        {
            throw new RefusedException(ErrorKind.Invalid,
                $"invalid CPU shares ({resources.CpuShares}): value must be a positive integer");
        }

        bool counted = resources.NanoCpus > 0;
        var cpu = new CpuSpec
        {
            Shares = resources.CpuShares == 0 ? null : (ulong)resources.CpuShares,
            Period = resources.CpuPeriod != 0 ? (ulong)resources.CpuPeriod : counted ? (ulong)CpuPeriod : null,
            Quota = resources.CpuQuota != 0
                ? resources.CpuQuota
                : counted ? (long)((Int128)resources.NanoCpus * CpuPeriod / BillionthsOfCpu) : null,
            RealtimePeriod = resources.CpuRealtimePeriod == 0 ? null : (ulong)resources.CpuRealtimePeriod,
            RealtimeRuntime = resources.CpuRealtimeRuntime == 0 ? null : resources.CpuRealtimeRuntime,
            Cpus = resources.CpusetCpus.Length == 0 ? null : resources.CpusetCpus,
            Mems = resources.CpusetMems.Length == 0 ? null : resources.CpusetMems,
        };
        return cpu == new CpuSpec() ? null : cpu;
    }

    /// <summary>To the API 0 and below mean no limit; to runc -1 does.</summary>
    public static PidsSpec? Pids(long? limit)
        => limit is not long count ? null : new PidsSpec(count <= 0 ? -1 : count);

    private static MemorySpec? Memory(Resources resources, KernelFacts kernel)
    {
        var memory = new MemorySpec
        {
            Limit = Positive(resources.Memory),
            Reservation = Positive(resources.MemoryReservation),
            Swap = resources.MemorySwap == -1 && resources.Memory > 0 && kernel.SwapLimit
                ? -1
                : Positive(resources.MemorySwap),

            // cgroup v2 has neither, and runc refuses what it cannot set.
            Swappiness = kernel.CgroupUnified ? null : (ulong?)resources.MemorySwappiness,
            DisableOomKiller = kernel.CgroupUnified || !kernel.OomKillDisable ? null : resources.OomKillDisable,
        };
        return memory == new MemorySpec() ? null : memory;
    }

    private static BlockIoSpec? BlockIo(Resources resources, IReadOnlyDictionary<string, DeviceNumber> disks)
    {
        var blockIo = new BlockIoSpec
        {
            Weight = resources.BlkioWeight == 0 ? null : resources.BlkioWeight,
            WeightDevice = resources.BlkioWeightDevice is not { Count: > 0 } weights
                ? null
                : [.. weights.Select(weight => Weight(weight, Number(weight.Path, disks)))],
            ThrottleReadBpsDevice = Throttles(resources.BlkioDeviceReadBps, disks),
            ThrottleWriteBpsDevice = Throttles(resources.BlkioDeviceWriteBps, disks),
            ThrottleReadIopsDevice = Throttles(resources.BlkioDeviceReadIOps, disks),
            ThrottleWriteIopsDevice = Throttles(resources.BlkioDeviceWriteIOps, disks),
        };
        return blockIo == new BlockIoSpec() ? null : blockIo;
    }

    private static WeightDeviceSpec Weight(WeightDevice weight, DeviceNumber disk)
        => new(disk.Major, disk.Minor, weight.Weight);

    private static IReadOnlyList<ThrottleDeviceSpec>? Throttles(
        IReadOnlyList<ThrottleDevice>? throttles, IReadOnlyDictionary<string, DeviceNumber> disks)
        => throttles is not { Count: > 0 } ? null : [.. throttles.Select(throttle =>
        {
            DeviceNumber disk = Number(throttle.Path, disks);
            return new ThrottleDeviceSpec(disk.Major, disk.Minor, throttle.Rate);
        })];

    private static DeviceNumber Number(string path, IReadOnlyDictionary<string, DeviceNumber> disks)
        => disks.TryGetValue(path, out DeviceNumber number)
            ? number
            : throw new RefusedException(ErrorKind.Invalid, $"stat {path}: no such file or directory");

    private static long? Positive(long bytes) => bytes > 0 ? bytes : null;
}
