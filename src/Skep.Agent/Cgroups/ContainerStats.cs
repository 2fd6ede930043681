using System.Globalization;
using Skep.Docker.Engine;

namespace Skep.Agent.Cgroups;

/// <summary>A running container to be measured.</summary>
public sealed record StatsTarget
{
    public required string Id { get; init; }

    /// <summary>With Docker's leading slash.</summary>
    public required string Name { get; init; }

    public required string CgroupsPath { get; init; }

    /// <summary>Of its first process.</summary>
    public required int Pid { get; init; }

    /// <summary>False with the machine's own network: those counters are not the container's.</summary>
    public required bool HasOwnNetwork { get; init; }
}

/// <summary>Measures containers. Without state: whoever streams keeps the reading before.</summary>
public sealed class ContainerStats(CgroupLayout layout, TimeProvider time)
{
    private readonly ulong machineBytes = MachineUsage.MemoryBytes();

    /// <param name="previous">The reading before, for usage in percent; null: this is the first.</param>
    public Stats Read(StatsTarget target, Stats? previous)
    {
        (ulong systemUsage, uint cpuCount) = MachineUsage.Cpu();
        CpuStats cpu = CgroupStats.Cpu(layout, target.CgroupsPath) with
        {
            SystemUsage = systemUsage,
            OnlineCpus = cpuCount,
        };
        return new Stats
        {
            Id = target.Id,
            Name = target.Name,
            Read = time.GetUtcNow().UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture),
            PreviousRead = previous?.Read ?? Stats.NoTime,
            Pids = CgroupStats.Pids(layout, target.CgroupsPath),
            Blkio = CgroupStats.Blkio(layout, target.CgroupsPath),
            Cpu = cpu,
            PreviousCpu = previous?.Cpu ?? new CpuStats(),
            Memory = CgroupStats.Memory(layout, target.CgroupsPath, machineBytes),
            Networks = target.HasOwnNetwork ? MachineUsage.Networks(target.Pid) : null,
        };
    }

    /// <summary>How many processes of a container the kernel killed for want of memory, so far.</summary>
    public ulong OomKillCount(string cgroupsPath) => CgroupStats.OomKillCount(layout, cgroupsPath);
}
