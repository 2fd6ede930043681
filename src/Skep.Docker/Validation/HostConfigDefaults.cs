using Skep.Docker.Engine;

namespace Skep.Docker.Validation;

/// <summary>What the daemon says for containers that say nothing.</summary>
public sealed record DaemonDefaults
{
    public static readonly DaemonDefaults Docker = new();

    /// <summary>Bytes of /dev/shm.</summary>
    public long ShmSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>"private" or "shareable".</summary>
    public string IpcMode { get; init; } = "private";

    /// <summary>"private" or "host"; null: private where the kernel has only cgroup v2.</summary>
    public string? CgroupnsMode { get; init; }

    public LogConfig LogConfig { get; init; } = new() { Type = "json-file" };
}

/// <summary>Fills in what a request left open, so that inspect shows what holds.</summary>
public static class HostConfigDefaults
{
    public const string Runtime = "runc";

    /// <param name="host">Already checked: limits that the kernel does not have are gone.</param>
    public static HostConfig Apply(HostConfig host, KernelFacts kernel, DaemonDefaults daemon) => host with
    {
        NetworkMode = Text(host.NetworkMode, "default"),
        RestartPolicy = host.RestartPolicy.Name.Length > 0
            ? host.RestartPolicy
            : host.RestartPolicy with { Name = "no" },
        Runtime = Text(host.Runtime, Runtime),
        LogConfig = Log(host.LogConfig, daemon.LogConfig),
        IpcMode = Text(host.IpcMode, daemon.IpcMode),
        CgroupnsMode = Text(host.CgroupnsMode, Cgroupns(host, kernel, daemon)),
        ShmSize = host.ShmSize == 0 ? daemon.ShmSize : host.ShmSize,
        MemorySwap = Swap(host),
        OomKillDisable = host.OomKillDisable ?? false,
        PidsLimit = host.PidsLimit > 0 ? host.PidsLimit : null,
        SecurityOpt = Security(host),
        ConsoleSize = host.ConsoleSize ?? [0, 0],
        MaskedPaths = host.MaskedPaths ?? (host.Privileged ? null : DefaultPaths.Masked(kernel)),
        ReadonlyPaths = host.ReadonlyPaths ?? (host.Privileged ? null : DefaultPaths.Readonly),
    };

    /// <summary>As much swap again as memory.</summary>
    private static long Swap(HostConfig host)
        => host is { Memory: > 0 and <= long.MaxValue / 2, MemorySwap: 0 } ? host.Memory * 2 : host.MemorySwap;

    private static string Cgroupns(HostConfig host, KernelFacts kernel, DaemonDefaults daemon)
    {
        // On v1 a privileged container is expected to see the machine's cgroups.
        if (host.Privileged && !kernel.CgroupUnified)
        {
            return "host";
        }

        return daemon.CgroupnsMode ?? (kernel.CgroupUnified ? "private" : "host");
    }

    private static LogConfig Log(LogConfig own, LogConfig daemon)
    {
        string type = Text(own.Type, daemon.Type);
        var options = new Dictionary<string, string>(own.Config ?? new Dictionary<string, string>());
        if (type == daemon.Type)
        {
            foreach ((string name, string value) in daemon.Config ?? new Dictionary<string, string>())
            {
                options.TryAdd(name, value);
            }
        }

        return new LogConfig { Type = type, Config = options };
    }

    /// <summary>Who shares the machine's processes is not confined by SELinux: it says so, as in Docker.</summary>
    private static IReadOnlyList<string>? Security(HostConfig host)
    {
        bool shares = host.Privileged || host.IpcMode == "host" || host.PidMode == "host";
        bool chosen = host.SecurityOpt?.Any(option => option.Split('=')[0] == "label") ?? false;
        return shares && !chosen ? [.. host.SecurityOpt ?? [], "label=disable"] : host.SecurityOpt;
    }

    private static string Text(string own, string otherwise) => own.Length > 0 ? own : otherwise;
}
