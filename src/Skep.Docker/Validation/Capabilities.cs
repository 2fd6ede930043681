using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>Which of root's powers a container has.</summary>
public static class Capabilities
{
    private const string All = "ALL";

    /// <summary>Every capability there is, by the kernel's number.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID",
        "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST",
        "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO",
        "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE",
        "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE",
        "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM",
        "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ];

    /// <summary>What a container has that asked for nothing.</summary>
    public static IReadOnlyList<string> Default { get; } =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID",
        "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL",
        "CAP_AUDIT_WRITE",
    ];

    /// <summary>The names that a mask of the kernel's stands for (/proc/self/status).</summary>
    public static IReadOnlyList<string> FromMask(ulong mask)
        => [.. Known.Where((_, number) => (mask & (1UL << number)) != 0)];

    /// <summary>The set for a container: the default, changed by what it adds and drops.</summary>
    /// <param name="available">What this process may give away.</param>
    public static IReadOnlyList<string> For(
        IReadOnlyList<string>? add, IReadOnlyList<string>? drop, bool privileged, IReadOnlyList<string> available)
    {
        if (privileged)
        {
            return available;
        }

        IReadOnlyList<string> adds = Normalize(add, available);
        IReadOnlyList<string> drops = Normalize(drop, available);
        if (adds.Contains(All))
        {
            return [.. available.Where(name => !drops.Contains(name))];
        }

        return drops.Contains(All)
            ? [.. adds.Distinct()]
            : [.. Default.Where(name => !drops.Contains(name)).Concat(adds).Distinct()];
    }

    /// <summary>Upper case, with "CAP_"; a name that the kernel does not know, or may not give, is refused.</summary>
    public static IReadOnlyList<string> Normalize(IReadOnlyList<string>? names, IReadOnlyList<string> available)
    {
        var normal = new List<string>();
        foreach (string given in names ?? [])
        {
            string name = given.ToUpperInvariant();
            if (name == All)
            {
                normal.Add(name);
                continue;
            }

            name = name.StartsWith("CAP_", StringComparison.Ordinal) ? name : "CAP_" + name;
            if (!Known.Contains(name))
            {
                throw new RefusedException(ErrorKind.Invalid, $"unknown capability: \"{name}\"");
            }

            if (!available.Contains(name))
            {
                throw new RefusedException(ErrorKind.Invalid,
                    $"capability not supported by your kernel or not available in the current environment: \"{name}\"");
            }

            normal.Add(name);
        }

        return normal;
    }
}
