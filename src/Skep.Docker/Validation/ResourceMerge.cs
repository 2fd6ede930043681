using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>
/// A container's settings after POST /containers/{id}/update: what the request names changes, the rest stays.
/// </summary>
public static class ResourceMerge
{
    /// <param name="update">Checked (<see cref="ContainerChecks.CheckUpdate"/>).</param>
    public static HostConfig Apply(HostConfig current, Resources update, RestartPolicy? policy)
    {
        RefuseConflicts(current, update);
        CheckPolicy(current, policy);
        HostConfig changed = current with
        {
            BlkioWeight = update.BlkioWeight != 0 ? update.BlkioWeight : current.BlkioWeight,
            CpuShares = Named(update.CpuShares, current.CpuShares),
            NanoCpus = Named(update.NanoCpus, current.NanoCpus),
            CpuPeriod = Named(update.CpuPeriod, current.CpuPeriod),
            CpuQuota = Named(update.CpuQuota, current.CpuQuota),
            CpuRealtimePeriod = Named(update.CpuRealtimePeriod, current.CpuRealtimePeriod),
            CpuRealtimeRuntime = Named(update.CpuRealtimeRuntime, current.CpuRealtimeRuntime),
            CpusetCpus = update.CpusetCpus.Length > 0 ? update.CpusetCpus : current.CpusetCpus,
            CpusetMems = update.CpusetMems.Length > 0 ? update.CpusetMems : current.CpusetMems,
            Memory = Named(update.Memory, current.Memory),
            MemorySwap = Named(update.MemorySwap, current.MemorySwap),
            MemoryReservation = Named(update.MemoryReservation, current.MemoryReservation),
            PidsLimit = update.PidsLimit is null ? current.PidsLimit : update.PidsLimit,
        };
        return policy is { Name.Length: > 0 } ? changed with { RestartPolicy = policy } : changed;

        static long Named(long asked, long present) => asked != 0 ? asked : present;
    }

    private static void RefuseConflicts(HostConfig current, Resources update)
    {
        (bool Wrong, string Message)[] conflicts =
        [
            (update.NanoCpus > 0 && current.CpuPeriod > 0,
                "Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set"),
            (update.NanoCpus > 0 && current.CpuQuota > 0,
                "Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set"),
            (update.CpuPeriod > 0 && current.NanoCpus > 0,
                "Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set"),
            (update.CpuQuota > 0 && current.NanoCpus > 0,
                "Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set"),
            (update.Memory != 0 && update.Memory > current.MemorySwap && update.MemorySwap == 0,
                "Memory limit should be smaller than already set memoryswap limit, "
                + "update the memoryswap at the same time"),
        ];
        foreach ((bool wrong, string message) in conflicts)
        {
            if (wrong)
            {
                throw new RefusedException(ErrorKind.Conflict, message);
            }
        }
    }

    /// <summary>A container that removes itself at its end cannot also start again.</summary>
    private static void CheckPolicy(HostConfig current, RestartPolicy? policy)
    {
        if (current.AutoRemove && policy is { Name.Length: > 0 } && !RestartPolicyChecks.IsNone(policy))
        {
            throw new RefusedException(ErrorKind.Conflict,
                "Restart policy cannot be updated because AutoRemove is enabled for the container");
        }
    }
}
