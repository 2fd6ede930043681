using Skep.SystemTests.Faults;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Setup;

/// <summary>What ./up promises to somebody who has just fetched the sources, on a host that stays as it was.</summary>
public class UpTests
{
    private const StringSplitOptions RemoveEmpty = StringSplitOptions.RemoveEmptyEntries;

    [SkepFact]
    public async Task Up_makes_a_swarm_with_a_page_twice_does_no_harm_and_down_leaves_nothing()
    {
        await using SingleHost single = await SingleHost.StartAsync();
        string before = await HostState.ReadAsync(single.Host);

        Finished first = await UpAsync(single.Host);
        string tasks = await TasksAsync(single.Host, "run/skep.sock");
        Finished second = await UpAsync(single.Host);

        Assert.Contains("http://127.0.0.1:8123/ answers: Version 1 of this page comes from task demo_web.", first.Text);
        Assert.Contains("by the name api: hello from node host1", first.Text);
        Assert.Matches("demo_web +replicated +3/3 +skep-demo:1 +\\*:8123->80/tcp", first.Text);
        Assert.Contains("answers: Version 1 of this page", second.Text);
        Assert.Equal(5, tasks.Split('\n').Length);
        Assert.Equal(tasks, await TasksAsync(single.Host, "run/skep.sock"));
        string metrics = await MetricsAsync(single.Host, "run/skep.sock");
        Assert.Contains("\nskep_service_tasks_desired{service=\"demo_web\"} 3\n", metrics);
        Assert.Contains("\nskep_service_tasks_running{service=\"demo_web\"} 3\n", metrics);
        Assert.Contains("\nswarm_manager_leader 1\n", metrics);
        string memory = (await File.ReadAllLinesAsync("/proc/meminfo"))[0].Split(' ', RemoveEmpty)[1];
        Assert.Contains($"\nengine_daemon_engine_memory_bytes {long.Parse(memory) * 1024}\n", metrics);

        await UpAsync(single.Host, "--down");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Home(single.Host)));
        await single.ReturnsToAsync(before);
        Assert.Contains("is left", (await UpAsync(single.Host, "--down")).Text);
    }

    [SkepFact]
    public async Task Up_with_three_nodes_has_the_page_at_each_of_them_and_down_takes_them_all_away()
    {
        await using SingleHost single = await SingleHost.StartAsync();

        // As a daemon of this machine has them: its hosts inherit the mount and cover it with their own /run.
        await single.Host.Inside(
            "sh", "-c", "mkdir -p /run/skep/secrets && mount -t tmpfs none /run/skep/secrets").CheckAsync();
        string before = await HostState.ReadAsync(single.Host);

        Finished up = await UpAsync(single.Host, "--nodes", "3");

        Assert.Matches("host1 +Ready +Active +Leader", up.Text);
        Assert.Matches("host2 +Ready +Active +Reachable", up.Text);
        Assert.Matches("host3 +Ready +Active +Reachable", up.Text);
        Assert.Matches("demo_agent +global +3/3", up.Text);
        for (int node = 1; node <= 3; node++)
        {
            Assert.Contains($"http://10.213.77.{node}:8123/ answers: Version 1 of this page", up.Text);
        }

        await UpAsync(single.Host, "--down");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Home(single.Host)));
        Assert.DoesNotContain("skep-", (await single.Host.Inside("ip", "netns", "list").CheckAsync()).Text);
        await single.ReturnsToAsync(before);
    }

    [SkepFact]
    public async Task A_folder_that_the_hosts_did_not_make_stays()
    {
        string folder = Directory.CreateTempSubdirectory("skep-hosts").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "own"), "");
        string hosts = Path.Combine(Engine.SourceFolder, "demo/hosts");

        Finished down = await new Command(hosts, "down", folder).RunAsync();
        Finished up = await new Command(hosts, "up", folder, "1", "/bin/true").RunAsync();

        Assert.Equal((1, $"hosts: {folder} was not made by 'hosts up'\n"), (down.ExitCode, down.Errors));
        Assert.Equal((1, $"hosts: {folder} holds something else\n"), (up.ExitCode, up.Errors));
        Assert.Equal([Path.Combine(folder, "own")], Directory.EnumerateFileSystemEntries(folder));
        Directory.Delete(folder, recursive: true);
    }

    private static string Home(TestHost host) => Path.Combine(host.Folder, "up");

    private static Task<Finished> UpAsync(TestHost host, params IReadOnlyList<string> words) =>
        (host.Inside(
            [
                "env", "SKEP_HOME=" + Home(host), "SKEP_PORT=8123",
                "SKEP_PROGRAM=" + Path.Combine(Engine.OutFolder, "skep"),
                Path.Combine(Engine.SourceFolder, "up"), .. words,
            ]) with { Timeout = TimeSpan.FromMinutes(4) }).CheckAsync();

    private static async Task<string> MetricsAsync(TestHost host, string socket) => (await new Command(
        "curl", "-s", "--unix-socket", Path.Combine(Home(host), socket), "http://localhost/metrics").CheckAsync())
        .Output;

    private static async Task<string> TasksAsync(TestHost host, string socket) => (await new Command(
        "docker", "-H", $"unix://{Path.Combine(Home(host), socket)}", "stack", "ps", "-q", "demo").CheckAsync()).Text;
}
