using Skep.Daemon.Metrics;
using Xunit;

namespace Skep.Tests.Daemon;

public class MetricsTextTests
{
    [Fact]
    public void A_sample_is_written_in_Prometheus_text_format()
    {
        string text = MetricsText.Write(new MetricsSample
        {
            Version = "1.2.3",
            Containers = new Dictionary<string, int> { ["stopped"] = 1, ["running"] = 2 },
            Images = 3,
            EventListeners = 4,
            Cpus = 2,
            MachineMemoryBytes = 1024,
            Process = new ProcessSample(
                TimeSpan.FromSeconds(1.5), 10, 20, 30, 5, DateTimeOffset.FromUnixTimeMilliseconds(1500)),
            NetworkDrift = new Dictionary<string, long> { ["overlay"] = 7 },
        });

        string[] lines = text.Split('\n');
        Assert.Contains("# TYPE engine_daemon_container_states_containers gauge", lines);
        Assert.Contains("skep_network_drift_total{part=\"overlay\"} 7", lines);
        Assert.Contains("engine_daemon_container_states_containers{state=\"running\"} 2", lines);
        Assert.Contains("engine_daemon_engine_info{os_type=\"linux\",version=\"1.2.3\"} 1", lines);
        Assert.Contains("process_cpu_seconds_total 1.5", lines);
        Assert.Contains("process_start_time_seconds 1.5", lines);
        Assert.EndsWith("\n", text);
    }
}
