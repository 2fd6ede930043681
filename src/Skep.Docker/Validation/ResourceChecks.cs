using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>
/// Limits that make no sense are refused; limits that the kernel does not have are taken out, with a warning.
/// </summary>
internal static class ResourceChecks
{
    /// <summary>Bytes. Below this, what starts a container does not fit.</summary>
    private const long LeastMemory = 6 * 1024 * 1024;

    private const long BillionthsOfCpu = 1_000_000_000;

    /// <returns>The same kind of record that came in.</returns>
    public static Resources Check(Resources asked, KernelFacts kernel, bool isUpdate, List<string> warnings)
    {
        Resources resources = CheckMemory(asked, kernel, isUpdate, warnings);
        resources = CheckOther(resources, kernel, warnings);
        resources = CheckCpu(resources, kernel, warnings);
        CheckCpuset("cpus", resources.CpusetCpus, kernel.CpusetCpus, "Requested CPUs");
        CheckCpuset("mems", resources.CpusetMems, kernel.CpusetMems, "Requested memory nodes");
        return BlkioChecks.Check(resources, kernel, warnings);
    }

    private static Resources CheckMemory(Resources asked, KernelFacts kernel, bool isUpdate, List<string> warnings)
    {
        // -1 is what the CLI sends for "the machine's default".
        Resources resources = asked.MemorySwappiness == -1 ? asked with { MemorySwappiness = null } : asked;
        Refuse(resources.Memory != 0 && resources.Memory < LeastMemory, "Minimum memory limit allowed is 6MB");
        if (resources.Memory > 0 && !kernel.MemoryLimit)
        {
            warnings.Add(NotSupported("memory limit capabilities", "Limitation discarded."));
            resources = resources with { Memory = 0, MemorySwap = -1 };
        }

        if (resources.Memory > 0 && resources.MemorySwap != -1 && !kernel.SwapLimit)
        {
            warnings.Add(NotSupported("swap limit capabilities", "Memory limited without swap."));
            resources = resources with { MemorySwap = -1 };
        }

        Refuse(resources.Memory > 0 && resources.MemorySwap > 0 && resources.MemorySwap < resources.Memory,
            "Minimum memoryswap limit should be larger than memory limit, see usage");
        Refuse(resources is { Memory: 0, MemorySwap: > 0 } && !isUpdate,
            "You should always set the Memory limit when using Memoryswap limit, see usage");
        if (resources.MemorySwappiness is not null && !kernel.MemorySwappiness)
        {
            warnings.Add(NotSupported("memory swappiness capabilities", "Memory swappiness discarded."));
            resources = resources with { MemorySwappiness = null };
        }

        Refuse(resources.MemorySwappiness is < 0 or > 100,
            $"Invalid value: {resources.MemorySwappiness}, valid memory swappiness range is 0-100");
        if (resources.MemoryReservation > 0 && !kernel.MemoryReservation)
        {
            warnings.Add(NotSupported("memory soft limit capabilities", "Limitation discarded."));
            resources = resources with { MemoryReservation = 0 };
        }

        Refuse(resources.MemoryReservation is > 0 and < LeastMemory, "Minimum memory reservation allowed is 6MB");
        Refuse(resources is { Memory: > 0, MemoryReservation: > 0 } && resources.Memory < resources.MemoryReservation,
            "Minimum memory limit can not be less than memory reservation limit, see usage");
        return resources;
    }

    private static Resources CheckOther(Resources asked, KernelFacts kernel, List<string> warnings)
    {
        Resources resources = asked;
        if (resources.KernelMemory > 0)
        {
            // The kernel dropped it (5.4, and cgroup v2 never had it); API 1.42 ignores it.
            warnings.Add(NotSupported("kernel memory limit capabilities", "Limitation discarded."));
            resources = resources with { KernelMemory = 0 };
        }

        if (resources.OomKillDisable is bool disable && !kernel.OomKillDisable)
        {
            if (disable)
            {
                warnings.Add("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
            }

            resources = resources with { OomKillDisable = null };
        }

        if (resources is { OomKillDisable: true, Memory: 0 })
        {
            warnings.Add("OOM killer is disabled for the container, but no memory limit is set, "
                + "this can result in the system running out of resources.");
        }

        if (resources.PidsLimit is long limit && !kernel.PidsLimit)
        {
            if (limit > 0)
            {
                warnings.Add(NotSupported("PIDs limit capabilities", "PIDs limit discarded."));
            }

            resources = resources with { PidsLimit = null };
        }

        return resources;
    }

    private static Resources CheckCpu(Resources asked, KernelFacts kernel, List<string> warnings)
    {
        Resources resources = asked;
        Refuse(resources is { NanoCpus: > 0, CpuPeriod: > 0 },
            "Conflicting options: Nano CPUs and CPU Period cannot both be set");
        Refuse(resources is { NanoCpus: > 0, CpuQuota: > 0 },
            "Conflicting options: Nano CPUs and CPU Quota cannot both be set");
        Refuse(resources.NanoCpus > 0 && !kernel.CpuCfs,
            "NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler or the cgroup is not mounted");
        Refuse(resources.NanoCpus < 0 || resources.NanoCpus > kernel.CpuCount * BillionthsOfCpu,
            $"Range of CPUs is from 0.01 to {kernel.CpuCount}.00, as there are only {kernel.CpuCount} CPUs available");
        if (resources.CpuShares > 0 && !kernel.CpuShares)
        {
            warnings.Add(NotSupported("CPU shares", "Shares discarded."));
            resources = resources with { CpuShares = 0 };
        }

        if ((resources.CpuPeriod != 0 || resources.CpuQuota != 0) && !kernel.CpuCfs)
        {
            warnings.Add("Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.");
            resources = resources with { CpuPeriod = 0, CpuQuota = 0 };
        }

        Refuse(resources.CpuPeriod != 0 && resources.CpuPeriod is < 1000 or > 1_000_000,
            "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
        Refuse(resources.CpuQuota is > 0 and < 1000, "CPU cfs quota can not be less than 1ms (i.e. 1000)");
        if (resources.CpuPercent > 0)
        {
            warnings.Add("linux does not support CPU percent. Percent discarded.");
            resources = resources with { CpuPercent = 0 };
        }

        if ((resources.CpusetCpus.Length > 0 || resources.CpusetMems.Length > 0) && !kernel.Cpuset)
        {
            warnings.Add(NotSupported("cpuset", "Cpuset discarded."));
            resources = resources with { CpusetCpus = "", CpusetMems = "" };
        }

        return resources;
    }

    private static void CheckCpuset(string what, string asked, string available, string subject)
    {
        if (asked.Length == 0)
        {
            return;
        }

        if (!NumberList.TryParse(asked, out IReadOnlySet<int> numbers, out string problem))
        {
            throw Refused($"Invalid value {asked} for cpuset {what}: invalid format: {problem}");
        }

        bool known = NumberList.TryParse(available, out IReadOnlySet<int> existing, out _);
        Refuse(!known || !numbers.IsSubsetOf(existing),
            $"{subject} are not available - requested {asked}, available: {available}");
    }

    private static string NotSupported(string what, string effect)
        => $"Your kernel does not support {what} or the cgroup is not mounted. {effect}";

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
        {
            throw Refused(message);
        }
    }

    private static RefusedException Refused(string message) => new(ErrorKind.Invalid, message);
}
