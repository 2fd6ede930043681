using Skep.SwarmMode;

namespace Skep.Engine.Metrics;

/// <summary>The page of GET /metrics. Names that Docker's engine has too mean the same.</summary>
/// <remarks>Pure. A new figure is named in docs/operations.md; its labels take values from a bounded set.</remarks>
public static class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(MetricsSample sample)
    {
        var page = new MetricsPage();
        WriteEngine(page, sample);
        WriteNode(page, sample.Node);
        NetworkMetrics.Write(page, sample.Node.Networks, sample.NetworkDrift);
        if (sample.Node.Manager is { } manager)
        {
            RaftMetrics.Write(page, manager);
            StoreMetrics.Write(page, manager);
            LeaderMetrics.Write(page, manager);
            ServiceMetrics.Write(page, manager.Store);
        }

        WriteProcess(page, sample.Process);
        return page.ToString();
    }

    private static void WriteEngine(MetricsPage page, MetricsSample sample)
    {
        page.Gauges(
            "engine_daemon_container_states_containers", "The count of containers in various states", "state",
            sample.Containers);
        page.Gauge("engine_daemon_engine_cpus_cpus", "The number of cpus of the machine", sample.Cpus);
        page.Head("engine_daemon_engine_info", "gauge", "The version of the engine");
        page.Line("engine_daemon_engine_info", [("os_type", "linux"), ("version", sample.Version)], 1);
        page.Gauge("engine_daemon_engine_memory_bytes", "The memory of the machine", sample.MachineMemoryBytes);
        page.Gauge("skep_images", "The count of images", sample.Images);
        page.Gauge("skep_event_listeners", "Clients that listen to events", sample.EventListeners);
    }

    private static void WriteNode(MetricsPage page, NodeSample node)
    {
        SwarmStatus status = node.Status;
        page.Gauges(
            "skep_node_state", "1 at the state of this machine in a swarm", "state",
            Enum.GetValues<LocalNodeState>().Select(
                state => KeyValuePair.Create(state.ToString().ToLowerInvariant(), state == status.State ? 1 : 0)));
        if (status.NodeId.Length > 0)
        {
            page.Head("swarm_node_info", "gauge", "Information related to the swarm");
            page.Line("swarm_node_info", [("node_id", status.NodeId)], 1);
        }

        page.Gauge("swarm_node_manager", "Whether this node is a manager or not", status.IsManager ? 1 : 0);
    }

    private static void WriteProcess(MetricsPage page, ProcessSample process)
    {
        page.Counter("process_cpu_seconds_total", "CPU time used", process.Cpu.TotalSeconds);
        page.Gauge("process_resident_memory_bytes", "Resident memory", process.ResidentBytes);
        page.Gauge("process_virtual_memory_bytes", "Virtual memory", process.VirtualBytes);
        page.Gauge("process_open_fds", "Open file descriptors", process.OpenFiles);
        page.Gauge("process_threads", "Threads", process.Threads);
        page.Gauge(
            "process_start_time_seconds", "Start of the process since the epoch",
            process.Started.ToUnixTimeMilliseconds() / 1000.0);
    }
}
