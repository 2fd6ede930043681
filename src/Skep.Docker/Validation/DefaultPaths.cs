namespace Skep.Docker.Validation;

/// <summary>Paths of /proc and /sys that a container must not see, or not write.</summary>
/// <remarks>Each entry answers an attack or a leak that was reported against Docker.</remarks>
public static class DefaultPaths
{
    private static readonly string[] AlwaysMasked =
    [
        "/proc/asound",
        "/proc/acpi",
        "/proc/interrupts",
        "/proc/kcore",
        "/proc/keys",
        "/proc/latency_stats",
        "/proc/timer_list",
        "/proc/timer_stats",
        "/proc/sched_debug",
        "/proc/scsi",
        "/sys/firmware",
        "/sys/devices/virtual/powercap",
    ];

    public static IReadOnlyList<string> Readonly { get; } =
    [
        "/proc/bus",
        "/proc/fs",
        "/proc/irq",
        "/proc/sys",
        "/proc/sysrq-trigger",
    ];

    public static IReadOnlyList<string> Masked(KernelFacts kernel)
        => [.. AlwaysMasked, .. kernel.ThermalThrottlePaths];
}
