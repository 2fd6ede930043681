using System.Globalization;
using System.Text;

namespace Skep.Daemon.Metrics;

/// <summary>What is measured of the daemon at one moment.</summary>
public sealed record MetricsSample
{
    public required string Version { get; init; }

    /// <summary>Containers by state: running, paused, stopped.</summary>
    public required IReadOnlyDictionary<string, int> Containers { get; init; }

    public required int Images { get; init; }

    public required int EventListeners { get; init; }

    public required int Cpus { get; init; }

    public required long MachineMemoryBytes { get; init; }

    public required ProcessSample Process { get; init; }

    /// <summary>By part of the swarm's networks, what somebody else changed in the kernel and was repaired.</summary>
    public IReadOnlyDictionary<string, long> NetworkDrift { get; init; } = new Dictionary<string, long>();
}

/// <summary>What the kernel counts of this process.</summary>
public sealed record ProcessSample(
    TimeSpan Cpu, long ResidentBytes, long VirtualBytes, int OpenFiles, int Threads, DateTimeOffset Started);

/// <summary>Prometheus' text format, version 0.0.4. Names that Docker's engine has too mean the same.</summary>
public static class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(MetricsSample sample)
    {
        var text = new StringBuilder();
        Head(text, "engine_daemon_container_states_containers", "gauge", "The count of containers in various states");
        foreach ((string state, int count) in sample.Containers.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Line(text, $"engine_daemon_container_states_containers{{state=\"{state}\"}}", count);
        }

        Metric(text, "engine_daemon_engine_cpus_cpus", "gauge", "The number of cpus of the machine", sample.Cpus);
        Head(text, "engine_daemon_engine_info", "gauge", "The version of the engine");
        Line(text, $"engine_daemon_engine_info{{os_type=\"linux\",version=\"{sample.Version}\"}}", 1);
        Metric(
            text, "engine_daemon_engine_memory_bytes", "gauge", "The memory of the machine", sample.MachineMemoryBytes);
        Metric(text, "skep_images", "gauge", "The count of images", sample.Images);
        Metric(text, "skep_event_listeners", "gauge", "Clients that listen to events", sample.EventListeners);
        Head(text, "skep_network_drift_total", "counter", "Repairs of networks that were changed behind our back");
        foreach ((string part, long count) in sample.NetworkDrift.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Line(text, $"skep_network_drift_total{{part=\"{part}\"}}", count);
        }

        ProcessSample process = sample.Process;
        Metric(text, "process_cpu_seconds_total", "counter", "CPU time used", process.Cpu.TotalSeconds);
        Metric(text, "process_resident_memory_bytes", "gauge", "Resident memory", process.ResidentBytes);
        Metric(text, "process_virtual_memory_bytes", "gauge", "Virtual memory", process.VirtualBytes);
        Metric(text, "process_open_fds", "gauge", "Open file descriptors", process.OpenFiles);
        Metric(text, "process_threads", "gauge", "Threads", process.Threads);
        Metric(
            text, "process_start_time_seconds", "gauge", "Start of the process since the epoch",
            process.Started.ToUnixTimeMilliseconds() / 1000.0);
        return text.ToString();
    }

    private static void Metric(StringBuilder text, string name, string type, string help, double value)
    {
        Head(text, name, type, help);
        Line(text, name, value);
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static void Line(StringBuilder text, string name, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
}
