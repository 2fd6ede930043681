using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>Names of ulimits and of kernel settings that a container may have of its own.</summary>
/// <remarks>Docker leaves these to its CLI and to runc; other clients then learn of a mistake only at start.</remarks>
public static class LimitNames
{
    private static readonly string[] Ulimits =
    [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
        "rttime", "sigpending", "stack",
    ];

    /// <summary>Settings that belong to a namespace, so that a change stays in the container.</summary>
    private static readonly string[] Sysctls =
    [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax",
        "kernel.shmmni", "kernel.shm_rmid_forced",
    ];

    private static readonly string[] SysctlPrefixes = ["net.", "fs.mqueue."];

    public static void Check(HostConfig host)
    {
        foreach (Ulimit limit in host.Ulimits ?? [])
        {
            Refuse(!Ulimits.Contains(limit.Name), $"invalid ulimit type: {limit.Name}");
            Refuse(limit.Hard != -1 && (limit.Soft == -1 || limit.Soft > limit.Hard),
                $"ulimit soft limit must be less than or equal to hard limit: {limit.Soft} > {limit.Hard}");
        }

        foreach (string name in (host.Sysctls ?? new Dictionary<string, string>()).Keys)
        {
            Refuse(!IsAllowedSysctl(name), $"sysctl '{name}' is not allowed");
            Refuse(host.NetworkMode == "host" && name.StartsWith("net.", StringComparison.Ordinal),
                $"sysctl '{name}' not allowed in host network namespace");
        }
    }

    public static bool IsAllowedSysctl(string name)
        => Sysctls.Contains(name)
            || SysctlPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
        {
            throw new RefusedException(ErrorKind.Invalid, message);
        }
    }
}
