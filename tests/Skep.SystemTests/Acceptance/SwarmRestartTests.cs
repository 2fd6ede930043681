using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>Engines that end and start again in a swarm: what stays, what must be unlocked, what is rebuilt.</summary>
[Collection(SwarmPairCollection.Name)]
public class SwarmRestartTests(SwarmPair engines)
{
    [Fact]
    public Task A_restarted_engine_is_where_it_was() => engines.CompareAsync(async team =>
    {
        await team.InitAsync();
        await team.JoinAsync(2, "worker");
        await team.UntilNodeAsync("host2 Ready");
        await team[1].PrepareAsync("echo x | docker secret create kept -");
        await team[1].PrepareAsync("docker node update --label-add a=b host2");
        foreach (Session user in new[] { team[1], team[2] })
        {
            await user.Host.StopEngineAsync();
            await user.Host.StartEngineAsync();
        }

        await team.UntilNodeAsync("host2 Ready");
        await team.NodesAsync();
        await team[1].SayAsync("docker secret ls --format '{{.Name}}'; docker node inspect -f '{{json .Spec}}' host2");
        await team[2].SayAsync("docker info -f '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}'");
        await team[1].Host.KillEngineAsync();
        await team[1].Host.StartEngineAsync();
        await team.UntilNodeAsync("host2 Ready");
        await team[1].SayAsync("docker secret ls --format '{{.Name}}'");
    });

    [Fact]
    public Task A_locked_manager_waits_for_its_key() => engines.CompareAsync(async team =>
    {
        TestHost host = team[1].Host;
        string printed = await team[1].SayAsync($"docker swarm init --autolock --advertise-addr {host.Address}");
        string key = KeyIn(printed);
        await team[1].SayAsync("docker swarm unlock-key");
        Assert.Equal(key, await team[1].PrepareAsync("docker swarm unlock-key -q"));
        await RestartAsync(host);
        await team[1].SayAsync("docker info -f '{{.Swarm.LocalNodeState}}'");
        foreach (string command in new[]
            { "node ls", "secret ls", "swarm leave", "swarm join-token worker", "swarm init" })
        {
            await team[1].TypeAsync($"docker {command} 2>&1");
        }

        await team[1].TypeAsync("echo foo | docker swarm unlock 2>&1");
        await team[1].TypeAsync($"echo {OtherKey(key)} | docker swarm unlock 2>&1");
        await team[1].TypeAsync($"echo {key} | docker swarm unlock 2>&1");
        await team[1].UntilAsync("docker node ls --format '{{.Hostname}} {{.Status}}'", "host1 Ready");
        await team.NodesAsync();
        await team[1].TypeAsync("echo x | docker swarm unlock 2>&1");
        await team[1].SayAsync("docker swarm unlock-key --rotate");
        string rotated = await team[1].PrepareAsync("docker swarm unlock-key -q");
        Assert.NotEqual(key, rotated);
        await RestartAsync(host);
        await team[1].TypeAsync($"echo {key} | docker swarm unlock 2>&1");
        await team[1].TypeAsync($"echo {rotated} | docker swarm unlock 2>&1");
        await team[1].UntilAsync("docker node ls --format '{{.Hostname}} {{.Status}}'", "host1 Ready");
        await team[1].SayAsync("docker swarm update --autolock=false");
        await team[1].TypeAsync("docker swarm unlock-key 2>&1");
        await RestartAsync(host);
        await team[1].UntilAsync("docker node ls --format '{{.Hostname}} {{.Status}}' 2>&1", "host1 Ready");
        await team[1].SayAsync("docker swarm update --autolock=true");
        await RestartAsync(host);
        await team[1].SayAsync("docker swarm leave --force");
        await team[1].SayAsync("docker info -f '{{.Swarm.LocalNodeState}}'");
    });

    [Fact]
    public Task One_manager_that_is_left_makes_the_swarm_anew() => engines.CompareAsync(async team =>
    {
        await team.InitAsync();
        await team.JoinAsync(2, "manager");
        await team.JoinAsync(3, "manager");
        await team.JoinAsync(4, "worker");
        await team.UntilNodeAsync("host3 Ready Active Reachable");
        await team.UntilNodeAsync("host4 Ready");
        await team[1].PrepareAsync("echo x | docker secret create kept -");
        await team[2].Host.CrashAsync();
        await team[3].Host.CrashAsync();
        await team[1].SayAsync(
            $"docker swarm init --force-new-cluster --advertise-addr {team[1].Host.Address} | sed 's/token .*//'");
        await team.UntilNodeAsync("host4 Ready");
        await team[1].UntilAsync("docker node ls --format '{{.Hostname}} {{.Status}}'", "host3 Down");
        await team[1].UntilAsync("docker node ls --format '{{.Hostname}} {{.Status}}'", "host2 Down");
        await team[1].SayAsync("docker node ls --format '{{.Hostname}} {{.Status}} {{.ManagerStatus}}'");
        await team[1].SayAsync("docker secret ls --format '{{.Name}}'");
        await team.JoinAsync(5, "worker");
        await team.UntilNodeAsync("host5 Ready");
    });

    private static async Task RestartAsync(TestHost host)
    {
        await host.StopEngineAsync();
        await host.StartEngineAsync();
    }

    private static string KeyIn(string printed) =>
        printed.Split('\n').Select(line => line.Trim())
            .Single(line => line.StartsWith("SWMKEY-1-", StringComparison.Ordinal));

    private static string OtherKey(string key) => key[..^4] + (key[^4] == 'A' ? 'B' : 'A') + key[^3..];
}
