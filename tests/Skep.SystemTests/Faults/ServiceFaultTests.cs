using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Faults;

/// <summary>Tasks run on while daemons come and go, and what is secret stands on no disk.</summary>
[Collection(SwarmPairCollection.Name)]
public class ServiceFaultTests(SwarmPair engines)
{
    private const int Nodes = 3;
    private const int Replicas = 60;
    // The most that SwarmKit takes.
    private const int SecretBytes = (500 * 1024) - 1;

    private const string Create = "docker service create -d -q --no-resolve-image --stop-grace-period 1s";

    [SkepFact]
    public Task No_task_restarts_when_every_daemon_restarts_one_by_one() => engines.PlayAsync(async team =>
    {
        await FormAsync(team);
        int losses = LeadershipsLost(team);
        await team[1].PrepareAsync($"{Create} --name many --replicas {Replicas} test sleep 3600");
        await UntilRunningAsync(team[1], "many", Replicas);

        // Twenty containers that start at once on each host leave its part of consensus what it needs.
        Assert.Equal(losses, LeadershipsLost(team));
        string before = await ContainersAsync(team);
        Assert.Equal(Replicas, before.Split('\n').Length);

        await team[1].Host.StopEngineAsync();
        await team[1].Host.StartEngineAsync();
        await team.UntilNodeAsync("host1 Ready", 2);
        foreach (int number in new[] { 2, 3 })
        {
            await team[number].Host.KillEngineAsync();
            await team[number].Host.StartEngineAsync();
            await team.UntilNodeAsync($"host{number} Ready");
        }

        await UntilRunningAsync(team[1], "many", Replicas);
        Assert.Equal(before, await ContainersAsync(team));
        Assert.Equal(
            $"{Replicas}", await team[1].PrepareAsync("docker service ps -q many | wc -l"));
    });

    [SkepFact]
    public Task An_end_that_no_daemon_saw_is_found_and_the_task_is_replaced() => engines.PlayAsync(async team =>
    {
        await team.InitAsync();
        await HostImages.LoadAsync(team[1].Host);
        await team[1].PrepareAsync(
            $"{Create} --name brief --restart-delay 0s test sleep 3600");
        await UntilRunningAsync(team[1], "brief", 1);
        string process = await team[1].PrepareAsync("docker inspect -f '{{.State.Pid}}' $(docker ps -q)");
        await team[1].Host.KillEngineAsync();
        await team[1].Host.Inside("kill", "-KILL", process).CheckAsync();
        await team[1].Host.StartEngineAsync();
        await team[1].UntilAsync(
            "docker service ps --no-trunc --format '{{.CurrentState}} {{.Error}}' brief", "non-zero exit (137)");
        await UntilRunningAsync(team[1], "brief", 1);
    });

    [SkepFact]
    public Task A_large_secret_arrives_intact_and_stands_in_clear_nowhere() => engines.PlayAsync(async team =>
    {
        const string canary = "canary-0815-on-a-worker";
        await team.InitAsync();
        await team.JoinAsync(2, "worker");
        await team.UntilNodeAsync("host2 Ready");
        await HostImages.LoadAsync(team[2].Host);
        string size = $"{SecretBytes}";
        await team[1].PrepareAsync(
            $"(echo {canary}; head -c {size} /dev/urandom) | head -c {size} >$SHARE/big; cp $SHARE/big $SHARE/more; "
            + "printf x >>$SHARE/more; docker secret create big $SHARE/big");
        string refused = await team[1].PrepareAsync("! docker secret create more $SHARE/more 2>&1");
        Assert.Contains("secret data must be larger than 0 and less than 512000 bytes", refused);

        await team[1].PrepareAsync(
            $"{Create} --name reader --constraint node.hostname==host2 "
            + "--secret source=big,target=key,uid=7,gid=8,mode=0440 test sleep 3600");
        await UntilRunningAsync(team[1], "reader", 1);
        string sum = await team[1].PrepareAsync("sha256sum <$SHARE/big");
        string container = await team[2].PrepareAsync("docker ps -q");
        Assert.Equal(sum, await team[2].PrepareAsync($"docker exec {container} sh -c 'sha256sum </run/secrets/key'"));
        Assert.Equal(
            "440 7 8", await team[2].PrepareAsync($"docker exec {container} stat -c '%a %u %g' /run/secrets/key"));

        // After a restart the daemon knows nothing of the value, and the container still has it.
        await team[2].Host.KillEngineAsync();
        await team[2].Host.StartEngineAsync();
        await team.UntilNodeAsync("host2 Ready");
        Assert.Equal(sum, await team[2].PrepareAsync($"docker exec {container} sh -c 'sha256sum </run/secrets/key'"));

        await team[2].PrepareAsync($"! docker inspect {container} | grep {canary}");
        await team[1].PrepareAsync($"! docker service inspect reader | grep {canary}");
        foreach (TestHost host in new[] { team[1].Host, team[2].Host })
        {
            // Also in base64, as an API would carry it.
            foreach (string clear in new[] { canary, "Y2FuYXJ5LTA4MTUtb24tYS13b3JrZX" })
            {
                Finished found = await new Command("grep", "-rlaF", clear, host.DataRoot, host.LogFile).RunAsync();
                Assert.Equal("", found.Text);
            }
        }

        string inUse = await team[1].PrepareAsync("! docker secret rm big 2>&1");
        Assert.Contains("secret 'big' is in use by the following service: reader", inUse);
        await team[1].PrepareAsync("docker service rm reader; docker secret rm big");
        await team[2].UntilAsync("docker ps -aq | wc -l", "0");
        Finished left = await team[2].Host.Inside("sh", "-c", "ls /run/skep/secrets | wc -l").RunAsync();
        Assert.Equal("0", left.Text);
    });

    [SkepFact]
    public Task A_node_that_leaves_takes_its_tasks_containers_with_it() => engines.PlayAsync(async team =>
    {
        await FormAsync(team);
        await team[1].PrepareAsync($"{Create} --name many --mode global test sleep 3600");
        await UntilRunningAsync(team[1], "many", Nodes);
        await team[3].PrepareAsync("docker swarm leave --force");
        Assert.Equal("0", await team[3].PrepareAsync("docker ps -aq | wc -l"));
    });

    private static async Task FormAsync(Team team)
    {
        await team.InitAsync();
        for (int number = 1; number <= Nodes; number++)
        {
            await HostImages.LoadAsync(team[number].Host);
            if (number > 1)
            {
                await team.JoinAsync(number, "manager");
                await team.UntilNodeAsync($"host{number} Ready Active Reachable");
            }
        }
    }

    private static int LeadershipsLost(Team team) => team.All.Take(Nodes).Sum(static user => File
        .ReadLines(user.Host.LogFile)
        .Count(static line => line.Contains("no majority answered", StringComparison.Ordinal)));

    private static Task UntilRunningAsync(Session user, string service, int count) => user.UntilAsync(
        $"docker service ls --format '{{{{.Name}}}} {{{{.Replicas}}}}' --filter name={service}",
        $"{service} {count}/{count}");

    // Every container with the start of its process: what restarted has another.
    private static async Task<string> ContainersAsync(Team team)
    {
        var lines = new List<string>();
        for (int number = 1; number <= Nodes; number++)
        {
            string all = await team[number].PrepareAsync(
                "docker ps -q | xargs docker inspect -f '{{.Name}} {{.Id}} {{.State.Pid}} {{.State.StartedAt}}'");
            lines.AddRange(all.Split('\n'));
        }

        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }
}
