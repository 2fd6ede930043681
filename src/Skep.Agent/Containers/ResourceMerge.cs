using Skep.Docker.Engine;

namespace Skep.Agent.Containers;

/// <summary>Puts changed limits over old ones: a zero in the change leaves what was. Pure.</summary>
internal static class ResourceMerge
{
    public static HostConfig Apply(HostConfig old, Resources change, RestartPolicy? policy) => old with
    {
        CpuShares = Or(change.CpuShares, old.CpuShares),
        Memory = Or(change.Memory, old.Memory),
        NanoCpus = Or(change.NanoCpus, old.NanoCpus),
        BlkioWeight = change.BlkioWeight != 0 ? change.BlkioWeight : old.BlkioWeight,
        CpuPeriod = Or(change.CpuPeriod, old.CpuPeriod),
        CpuQuota = Or(change.CpuQuota, old.CpuQuota),
        CpuRealtimePeriod = Or(change.CpuRealtimePeriod, old.CpuRealtimePeriod),
        CpuRealtimeRuntime = Or(change.CpuRealtimeRuntime, old.CpuRealtimeRuntime),
        CpusetCpus = change.CpusetCpus.Length > 0 ? change.CpusetCpus : old.CpusetCpus,
        CpusetMems = change.CpusetMems.Length > 0 ? change.CpusetMems : old.CpusetMems,
        MemoryReservation = Or(change.MemoryReservation, old.MemoryReservation),
        MemorySwap = Or(change.MemorySwap, old.MemorySwap),
        PidsLimit = change.PidsLimit ?? old.PidsLimit,
        RestartPolicy = policy is { Name.Length: > 0 } ? policy : old.RestartPolicy,
    };

    /// <summary>The limits to tell a running container: all of them, since a cgroup knows no "as before".</summary>
    public static Resources Changed(HostConfig old, Resources change) => Apply(old, change, policy: null);

    private static long Or(long changed, long old) => changed != 0 ? changed : old;
}
