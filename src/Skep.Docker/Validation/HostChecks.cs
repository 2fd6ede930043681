using System.Net;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>
/// Whether the machine's part of a request makes sense, in the groups and the order in which Docker looks.
/// </summary>
internal static class HostChecks
{
    /// <summary>What Docker refuses while it reads the request.</summary>
    public static void CheckPlatform(HostConfig host, KernelFacts kernel)
    {
        Refuse(host.Isolation.Length > 0 && !host.Isolation.Equals("default", StringComparison.OrdinalIgnoreCase),
            $"Invalid isolation: {GoText.Quote(host.Isolation)} - linux only supports 'default'");
        Refuse(host.IOMaximumBandwidth != 0,
            "invalid option: QoS maximum bandwidth configuration is not supported on linux");
        Refuse(host.IOMaximumIOps != 0, "invalid option: QoS maximum IOPs configuration is not supported on linux");
        Refuse((host.CpuRealtimePeriod != 0 || host.CpuRealtimeRuntime != 0) && !kernel.CpuRealtime,
            "kernel does not support CPU real-time scheduler");
        Refuse(host.CpuRealtimePeriod != 0 && host.CpuRealtimeRuntime > host.CpuRealtimePeriod,
            "cpu real-time runtime cannot be higher than cpu real-time period");
        Refuse(host.CpuShares < 0, $"invalid CPU shares ({host.CpuShares}): value must be a positive integer");
    }

    public static void Check(HostConfig host, KernelFacts kernel)
    {
        Refuse(host.AutoRemove && !RestartPolicyChecks.IsNone(host.RestartPolicy),
            "can't create 'AutoRemove' container with restart policy");
        foreach (string extra in host.ExtraHosts ?? [])
        {
            CheckExtraHost(extra);
        }

        PortNumbers.Check(host.PortBindings);
        RestartPolicyChecks.Check(host.RestartPolicy);
        CheckCapabilities("CapAdd", host.CapAdd, kernel);
        CheckCapabilities("CapDrop", host.CapDrop, kernel);
        Refuse(host.Annotations?.ContainsKey("") ?? false,
            "invalid Annotations: the empty string is not permitted as an annotation key");
    }

    public static void CheckKernel(HostConfig host, KernelFacts kernel, List<string> warnings)
    {
        NamespaceModes.Check(host);
        Refuse(host.ShmSize < 0, "SHM size can not be less than 0");
        Refuse(host.OomScoreAdj is < -1000 or > 1000,
            $"Invalid value {host.OomScoreAdj}, range for oom score adj is [-1000, 1000]");
        bool ownStack = host.NetworkMode is not ("host" or "none");
        if (!kernel.IPv4Forwarding && ownStack)
        {
            warnings.Add("IPv4 forwarding is disabled. Networking will not work.");
        }

        if (host.NetworkMode == "host" && host.PortBindings is { Count: > 0 })
        {
            warnings.Add("Published ports are discarded when using host network mode");
        }

        if (host.CgroupnsMode == "private" && !kernel.CgroupNamespaces)
        {
            warnings.Add("Your kernel does not support cgroup namespaces.  Cgroup namespace setting discarded.");
        }

        _ = SecurityOptions.Parse(host.SecurityOpt);
        foreach (string rule in host.DeviceCgroupRules ?? [])
        {
            _ = DeviceCgroupRule.Parse(rule);
        }

        LimitNames.Check(host);
        LogOptions.Check(host.LogConfig);
        Unsupported.Check(host);
    }

    private static void CheckExtraHost(string text)
    {
        int colon = text.IndexOf(':');
        Refuse(colon <= 0, $"bad format for add-host: {GoText.Quote(text)}");
        string address = text[(colon + 1)..];
        string bare = address.StartsWith('[') && address.EndsWith(']') ? address[1..^1] : address;
        Refuse(address != "host-gateway" && !IPAddress.TryParse(bare.Trim(), out _),
            $"invalid IP address in add-host: {GoText.Quote(address)}");
    }

    private static void CheckCapabilities(string what, IReadOnlyList<string>? names, KernelFacts kernel)
    {
        try
        {
            _ = Capabilities.Normalize(names, kernel.Capabilities);
        }
        catch (RefusedException refusal)
        {
            throw new RefusedException(refusal.Kind, $"invalid {what}: {refusal.Message}", refusal);
        }
    }

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
        {
            throw new RefusedException(ErrorKind.Invalid, message);
        }
    }
}
