using System.Collections.Concurrent;
using System.Globalization;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Faults;

/// <summary>The daemon ends, in order or not: what runs goes on, and what was half done is finished or gone.</summary>
public class DaemonDeathTests
{
    [SkepFact]
    public async Task Containers_ports_and_logs_go_on_when_the_daemon_restarts_or_is_killed()
    {
        await using SingleHost single = await SingleHost.StartAsync();
        await single.SayAsync("docker run -d --name web -h web -p 8080:80 web:1");
        await single.SayAsync(
            "docker run -d --name count test sh -c 'i=0; while :; do echo $i; i=$((i+1)); sleep 0.05; done'");
        string before = await single.SayAsync("docker inspect -f '{{.State.Pid}} {{.State.StartedAt}}' web count");

        await single.Host.StopEngineAsync();
        Assert.Equal("web v1", await single.FetchAsync("127.0.0.1:8080"));
        await single.Host.StartEngineAsync();
        await single.Host.KillEngineAsync();
        Assert.Equal("web v1", await single.FetchAsync("127.0.0.1:8080"));
        await single.Host.StartEngineAsync();

        Assert.Equal(before, await single.SayAsync(
            "docker inspect -f '{{.State.Pid}} {{.State.StartedAt}}' web count"));
        Assert.Equal("web v1", await single.FetchAsync("127.0.0.1:8080"));
        Assert.Equal("here", await single.SayAsync("docker exec count echo here"));
        await AssertNoGapAsync(single, "count");
        await single.SayAsync("docker stop -t 1 web count && docker rm web count");
    }

    [SkepFact]
    public async Task What_exits_while_the_daemon_is_dead_is_told_afterwards()
    {
        await using SingleHost single = await SingleHost.StartAsync();
        await single.SayAsync("docker run -d --name brief test sh -c 'sleep 2; exit 6'");
        await single.SayAsync("docker run -d --name gone --rm test sleep 2");
        await single.SayAsync("docker run -d --name again --restart always test sh -c 'echo up; sleep 2'");
        await single.Host.KillEngineAsync();
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
        await single.Host.StartEngineAsync();
        await single.UntilAsync("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' brief", "exited 6");
        await single.UntilAsync("docker ps -a --format '<{{.Names}}>' | grep -c gone; true", "0");
        await single.UntilAsync("docker logs again | wc -l", "2");
    }

    [SkepFact]
    public async Task Killed_again_and_again_under_load_it_loses_nothing_and_leaves_nothing()
    {
        await using SingleHost single = await SingleHost.StartAsync();
        await single.SayAsync("docker run --rm -p 8081:80 test true");
        string clean = await HostState.ReadAsync(single.Host);
        await single.SayAsync("docker run -d --name web -h web -p 8080:80 web:1");
        string first = await single.SayAsync("docker inspect -f '{{.State.Pid}}' web");
        var kept = new ConcurrentBag<string>();
        using var end = new CancellationTokenSource();
        Task load = Task.WhenAll(
            LoadAsync(single.Host, worker: 1, kept, end.Token), LoadAsync(single.Host, worker: 2, kept, end.Token));
        var random = new Random(7);
        int killCount = Soak.Or(6, 50);
        for (int round = 0; round < killCount; round++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 1500)), TimeProvider.System);
            await single.Host.KillEngineAsync();
            Assert.Equal("web v1", await single.FetchAsync("127.0.0.1:8080"));
            await single.Host.StartEngineAsync();
        }

        await end.CancelAsync();
        await load;
        Assert.Equal(first, await single.SayAsync("docker inspect -f '{{.State.Pid}}' web"));
        string[] present = (await single.SayAsync("docker ps -aq --no-trunc")).Split('\n');
        Assert.Empty(kept.Except(present));
        await single.SayAsync("docker ps -aq | xargs docker rm -f");
        await single.SayAsync("docker run --rm -p 8081:80 test true");
        Assert.Equal("", await single.SayAsync("docker ps -aq"));
        await single.ReturnsToAsync(clean);
    }

    [SkepFact]
    public async Task After_a_power_failure_policies_decide_what_runs()
    {
        await using SingleHost single = await SingleHost.StartAsync();
        await single.SayAsync("docker network create --subnet 10.77.9.0/24 town && docker volume create keeps");
        await single.SayAsync("docker run -d --name always --restart always --network town -h always -p 8080:80 web:1");
        await single.SayAsync(
            "docker run -d --name never -v keeps:/k test sh -c 'echo kept >/k/f; sync; exec sleep 1000'");
        await single.UntilAsync("docker exec never cat /k/f", "kept");
        await single.Host.RebootAsync();
        await single.UntilAsync("docker inspect -f '{{.State.Status}}' always", "running");
        Assert.Equal("exited", await single.SayAsync("docker inspect -f '{{.State.Status}}' never"));
        Assert.Equal("always v1", await single.FetchAsync("127.0.0.1:8080"));
        await single.SayAsync("docker start never");
        Assert.Equal("kept", await single.SayAsync("docker exec never cat /k/f"));
    }

    [SkepFact]
    public async Task Shut_down_it_leaves_no_trace_in_the_kernel()
    {
        await using SingleHost single = await SingleHost.StartAsync();
        await single.SayAsync(
            "docker network create town && docker volume create --opt type=tmpfs --opt device=tmpfs quick");
        await single.SayAsync("docker run -d --network town -p 8080:80 -v quick:/q --health-cmd true web:1");
        await single.SayAsync("docker run -d --restart always --tmpfs /t -v $SHARE:/s test sleep 1000");
        await single.Host.Inside(
            Path.Combine(Engine.OutFolder, "skep"), "-H", "unix://" + single.Host.Socket, "system", "shutdown")
            .CheckAsync();
        await Eventually.TrueAsync("the daemon has ended", TimeSpan.FromSeconds(60), () => !single.Host.IsEngineUp);
        await single.ReturnsToAsync("link eth0\nlink lo\n");
    }

    /// <summary>
    /// Runs containers one after the other; those that the daemon said it created and that stay are noted.
    /// </summary>
    private static async Task LoadAsync(TestHost host, int worker, ConcurrentBag<string> kept, CancellationToken end)
    {
        for (int number = 0; !end.IsCancellationRequested; number++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"load-{worker}-{number}");
            Finished run = number % 3 == 0
                ? await host.Docker("run", "-d", "--name", name, "test", "sleep", "1000").RunAsync()
                : await host.Docker("run", "--rm", "-p", "80", "--name", name, "test", "true").RunAsync();
            if (number % 3 == 0 && run.ExitCode == 0)
            {
                kept.Add(run.Text);
            }
        }
    }

    /// <summary>The container counts: no number may be missing or twice in its log.</summary>
    private static async Task AssertNoGapAsync(SingleHost single, string container)
    {
        string[] lines = (await single.SayAsync($"docker logs {container}")).Split('\n');
        Assert.Equal(Enumerable.Range(0, lines.Length).Select(number => $"{number}"), lines);
    }
}
