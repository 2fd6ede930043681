using System.Net;
using Skep.Daemon.Options;
using Skep.Docker.Validation;

namespace Skep.Engine.Machine;

/// <summary>What /info warns of: what the kernel lacks, and doors that stand open.</summary>
internal static class InfoWarnings
{
    /// <returns>Null when there is nothing to warn of, as Docker has it.</returns>
    public static IReadOnlyList<string>? Of(KernelFacts kernel, DaemonOptions options)
    {
        var warnings = new List<string>();
        foreach (HostAddress host in options.Hosts.Where(host => host.IsTcp && options.Tls is null))
        {
            warnings.Add(
                $"WARNING: API is accessible on http://{new IPEndPoint(host.Address!, host.Port)} without encryption.\n"
                + "         Access to the remote API is equivalent to root access on the host. Serve it with TLS.");
        }

        AddIfNot(kernel.MemoryLimit, "memory limit");
        AddIfNot(kernel.SwapLimit, "swap limit");
        AddIfNot(kernel.CpuCfs, "cpu cfs quota");
        AddIfNot(kernel.CpuCfs, "cpu cfs period");
        AddIfNot(kernel.CpuShares, "cpu shares");
        AddIfNot(kernel.Cpuset, "cpuset");
        AddIfNot(kernel.PidsLimit, "pids limit");
        AddIfNot(kernel.BlkioReadBps, "blkio throttle.read_bps_device");
        AddIfNot(kernel.BlkioWriteBps, "blkio throttle.write_bps_device");
        if (!kernel.IPv4Forwarding)
        {
            warnings.Add("WARNING: IPv4 forwarding is disabled");
        }

        return warnings.Count == 0 ? null : warnings;

        void AddIfNot(bool isThere, string what)
        {
            if (!isThere)
            {
                warnings.Add($"WARNING: No {what} support");
            }
        }
    }
}
