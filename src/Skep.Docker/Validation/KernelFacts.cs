namespace Skep.Docker.Validation;

/// <summary>
/// What the machine's kernel can do for containers. Everything decided about a request is decided from this.
/// </summary>
/// <remarks>
/// Found once when the daemon starts (<c>Skep.Agent.Cgroups.KernelProbe</c>); the same words serve /info.
/// </remarks>
public sealed record KernelFacts
{
    /// <summary>"6.18.44".</summary>
    public required string Release { get; init; }

    /// <summary>Go's word: "amd64", "arm64".</summary>
    public required string Architecture { get; init; }

    public required int CpuCount { get; init; }

    /// <summary>Only cgroup v2 is there. A machine with both is a v1 machine.</summary>
    public bool CgroupUnified { get; init; }

    /// <summary>Names "CAP_CHOWN" that this process may give away, in the kernel's order.</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    public bool Seccomp { get; init; }
    public bool AppArmor { get; init; }
    public bool CgroupNamespaces { get; init; }
    public bool CgroupDevices { get; init; }

    public bool MemoryLimit { get; init; }
    public bool SwapLimit { get; init; }
    public bool MemoryReservation { get; init; }
    public bool MemorySwappiness { get; init; }
    public bool OomKillDisable { get; init; }
    public bool KernelMemory { get; init; }
    public bool KernelMemoryTcp { get; init; }

    public bool CpuShares { get; init; }
    public bool CpuCfs { get; init; }
    public bool CpuRealtime { get; init; }
    public bool Cpuset { get; init; }

    /// <summary>CPUs that may be asked for: "0-3,6".</summary>
    public string CpusetCpus { get; init; } = "";

    public string CpusetMems { get; init; } = "";
    public bool PidsLimit { get; init; }

    public bool BlkioWeight { get; init; }
    public bool BlkioWeightDevice { get; init; }
    public bool BlkioReadBps { get; init; }
    public bool BlkioWriteBps { get; init; }
    public bool BlkioReadIops { get; init; }
    public bool BlkioWriteIops { get; init; }

    public bool IPv4Forwarding { get; init; } = true;

    /// <summary>/proc/sys/net/ipv4/ping_group_range is there.</summary>
    public bool PingGroupRange { get; init; }

    /// <summary>/proc/sys/net/ipv4/ip_unprivileged_port_start is there.</summary>
    public bool UnprivilegedPortStart { get; init; }

    /// <summary>
    /// Directories /sys/devices/system/cpu/cpuN/thermal_throttle that exist: they tell of other work.
    /// </summary>
    public IReadOnlyList<string> ThermalThrottlePaths { get; init; } = [];

    /// <summary>A mount and all below it can be made read-only at once (mount_setattr, kernel 5.12).</summary>
    public bool RecursiveReadOnly { get; init; }

    /// <summary>Whether the kernel is at least this old; a release that cannot be read counts as new.</summary>
    public bool IsAtLeast(int major, int minor)
    {
        string[] parts = Release.Split('.', '-', '+', '_');
        if (parts.Length < 2 || !int.TryParse(parts[0], out int ownMajor) || !int.TryParse(parts[1], out int ownMinor))
        {
            return true;
        }

        return ownMajor != major ? ownMajor > major : ownMinor >= minor;
    }
}
