using Skep.Engine.Metrics;
using Skep.Manager.Consensus;
using Skep.Manager.Measuring;
using Skep.Raft;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.SwarmMode;
using Skep.Tests.Store;

namespace Skep.Tests.Engine.Metrics;

public class MetricsTextTests
{
    [Fact]
    public void A_sample_is_written_in_Prometheus_text_format()
    {
        string text = MetricsText.Write(Sample(null));

        string[] lines = text.Split('\n');
        Assert.Contains("# TYPE engine_daemon_container_states_containers gauge", lines);
        Assert.Contains("skep_network_drift_total{part=\"overlay\"} 7", lines);
        Assert.Contains("engine_daemon_container_states_containers{state=\"running\"} 2", lines);
        Assert.Contains("engine_daemon_engine_info{os_type=\"linux\",version=\"1.2.3\"} 1", lines);
        Assert.Contains("process_cpu_seconds_total 1.5", lines);
        Assert.Contains("process_start_time_seconds 1.5", lines);
        Assert.EndsWith("\n", text);
    }

    [Fact]
    public void A_machine_outside_a_swarm_says_so_and_has_no_figures_of_a_manager()
    {
        string[] lines = MetricsText.Write(Sample(null)).Split('\n');

        Assert.Contains("skep_node_state{state=\"inactive\"} 1", lines);
        Assert.Contains("skep_node_state{state=\"active\"} 0", lines);
        Assert.Contains("swarm_node_manager 0", lines);
        Assert.DoesNotContain(lines, line => line.Contains("raft") || line.Contains("swarm_manager"));
    }

    [Fact]
    public void A_leader_shows_its_log_its_store_its_decisions_and_its_nodes()
    {
        string[] lines = MetricsText.Write(Sample(Manager(SmallSwarm()))).Split('\n');

        Assert.Contains("swarm_manager_leader 1", lines);
        Assert.Contains("skep_raft_role{role=\"leader\"} 1", lines);
        Assert.Contains("skep_raft_role{role=\"follower\"} 0", lines);
        Assert.Contains("skep_raft_term 4", lines);
        Assert.Contains("skep_raft_has_leader 1", lines);
        Assert.Contains("skep_raft_applied_index 11", lines);
        Assert.Contains("skep_raft_follower_lag_entries{raft_id=\"ab\"} 3", lines);
        Assert.Contains("skep_raft_follower_active{raft_id=\"ab\"} 1", lines);
        Assert.Contains("swarm_manager_nodes{state=\"ready\"} 1", lines);
        Assert.Contains("swarm_manager_nodes{state=\"down\"} 0", lines);
        Assert.Contains("swarm_manager_tasks_total{state=\"running\"} 2", lines);
        Assert.Contains("swarm_manager_services_total 1", lines);
        Assert.Contains("skep_scheduler_decisions_total 5", lines);
        Assert.Contains("skep_scheduler_failed_total 8", lines);
        Assert.Contains("skep_dispatcher_sessions 3", lines);
        Assert.Contains("skep_dispatcher_heartbeats_total 40", lines);
        Assert.Contains("skep_claims_refused_keys_total 6", lines);
        Assert.Contains("skep_claims_dropped_log_lines_total 7", lines);
    }

    [Fact]
    public void A_service_shows_what_it_should_have_beside_what_runs()
    {
        string[] lines = MetricsText.Write(Sample(Manager(SmallSwarm()))).Split('\n');

        Assert.Contains("skep_service_tasks_desired{service=\"web\"} 3", lines);
        Assert.Contains("skep_service_tasks_running{service=\"web\"} 2", lines);
        Assert.Contains("skep_service_update_paused{service=\"web\"} 1", lines);
        Assert.Contains("skep_services_left_out 0", lines);
    }

    [Fact]
    public void Services_beyond_the_bound_are_counted_and_have_no_lines()
    {
        IEnumerable<StoreObject> many = Enumerable.Range(0, MetricsLimits.Services + 2)
            .Select(number => Service($"s{number:0000}"));

        string[] lines = MetricsText.Write(Sample(Manager(Stores.With(many)))).Split('\n');

        Assert.Contains("skep_services_left_out 2", lines);
        Assert.Equal(
            MetricsLimits.Services, lines.Count(line => line.StartsWith("skep_service_tasks_desired{")));
        Assert.DoesNotContain("skep_service_tasks_desired{service=\"s1001\"} 3", lines);
    }

    [Fact]
    public void Durations_are_a_histogram_whose_steps_add_up()
    {
        string[] lines = MetricsText.Write(Sample(Manager(SmallSwarm()))).Split('\n');

        Assert.Contains("# TYPE skep_store_write_seconds histogram", lines);
        Assert.Contains("skep_store_write_seconds_bucket{le=\"0.001\"} 0", lines);
        Assert.Contains("skep_store_write_seconds_bucket{le=\"0.0025\"} 1", lines);
        Assert.Contains("skep_store_write_seconds_bucket{le=\"10\"} 2", lines);
        Assert.Contains("skep_store_write_seconds_bucket{le=\"+Inf\"} 3", lines);
        Assert.Contains("skep_store_write_seconds_sum 20.502", lines);
        Assert.Contains("skep_store_write_seconds_count 3", lines);
    }

    [Fact]
    public void Every_name_has_one_head_and_stands_behind_it()
    {
        string head = "";
        var heads = new HashSet<string>();
        string[] lines = MetricsText.Write(Sample(Manager(SmallSwarm()))).TrimEnd('\n').Split('\n');
        foreach (string line in lines)
        {
            if (line.StartsWith("# HELP "))
            {
                head = line.Split(' ')[2];
                Assert.True(heads.Add(head), head);
            }
            else if (!line.StartsWith('#'))
            {
                Assert.Matches($"^{head}(_bucket|_sum|_count)?({{| )", line);
            }
        }
    }

    [Fact]
    public void A_name_with_quotes_and_line_ends_stays_one_quoted_value()
    {
        var page = new MetricsPage();

        page.Line("name", [("a", "x\"y\\z\n"), ("b", new string('c', 1000))], 1);

        string cut = new('c', MetricsLimits.LabelCharacters);
        Assert.Equal($"name{{a=\"x\\\"y\\\\z\\n\",b=\"{cut}\"}} 1\n", page.ToString());
    }

    private static MetricsSample Sample(ManagerSample? manager) => new()
    {
        Version = "1.2.3",
        Containers = new Dictionary<string, int> { ["stopped"] = 1, ["running"] = 2 },
        Images = 3,
        EventListeners = 4,
        Cpus = 2,
        MachineMemoryBytes = 1024,
        Process = new ProcessSample(
            TimeSpan.FromSeconds(1.5), 10, 20, 30, 5, DateTimeOffset.FromUnixTimeMilliseconds(1500)),
        Node = new NodeSample(SwarmStatus.Inactive, NetworkState.Empty, manager),
        NetworkDrift = new Dictionary<string, long> { ["overlay"] = 7 },
    };

    private static ManagerSample Manager(StoreSnapshot store)
    {
        var writes = new DurationCounts();
        writes.Note(TimeSpan.FromMilliseconds(2));
        writes.Note(TimeSpan.FromMilliseconds(500));
        writes.Note(TimeSpan.FromSeconds(20));
        DurationSample none = new DurationCounts().Read();
        return new ManagerSample
        {
            Status = new DriverStatus(
                1, RaftRole.Leader, new Leadership(4, true, 1), MemberList.Empty, [], false, null, 0),
            Raft = new RaftSample(11, 11, 12, 10, 2, [new FollowerSample(0xab, 9, true)]),
            Store = store,
            Writes = writes.Read(),
            WritesRefused = 0,
            Leader = new LeaderSample(none, 5, 0, 0, 8, none),
            Dispatch = new DispatchSample(3, 3, 40, 12),
            Claims = new ClaimSample(6, 7),
        };
    }

    private static StoreSnapshot SmallSwarm() => Stores.With(
        Stores.Worker("node"),
        Service("web") with { UpdateStatus = new UpdateStatus { State = UpdateState.Paused } },
        Task("one", TaskState.Running),
        Task("two", TaskState.Running),
        Task("three", TaskState.Pending));

    private static Service Service(string name) => new()
    {
        Id = new("id-" + name),
        Spec = new() { Annotations = new() { Name = name }, Mode = new ReplicatedService { Replicas = 3 } },
    };

    private static SwarmTask Task(string id, TaskState state) => new()
    {
        Id = new(id),
        ServiceId = new("id-web"),
        Slot = 1,
        DesiredState = TaskState.Running,
        Status = new() { State = state },
    };
}
