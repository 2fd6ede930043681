namespace Skep.SystemTests.Acceptance;

/// <summary>Hosts that join, change their roles, leave and come back, beside the real engine.</summary>
[Collection(SwarmPairCollection.Name)]
public class SwarmNodesTests(SwarmPair engines)
{
    [Fact]
    public Task Five_hosts_become_a_swarm_by_the_printed_commands() => engines.CompareAsync(async team =>
    {
        await team.InitAsync();
        foreach ((int number, string role) in new[] { (2, "manager"), (3, "manager"), (4, "worker"), (5, "worker") })
        {
            string printed = await team[1].SayAsync($"docker swarm join-token {role}");
            string command = printed.Split('\n').Single(line => line.Contains("swarm join --token")).Trim();
            Assert.EndsWith($" {team[1].Host.Address}:2377", command);
            await team[1].PrepareAsync($"echo '{command}' > $SHARE/join");
            string said = await team[number].PrepareAsync(command);
            Assert.Equal($"This node joined a swarm as a {role}.", said);
        }

        await team.UntilNodeAsync("host3 Ready Active Reachable");
        await team.UntilNodeAsync("host5 Ready");
        await team.NodesAsync();
        await team[2].UntilAsync("docker node ls --format '{{.Hostname}} {{.Status}}'", "host5 Ready");
        await team.NodesAsync(2);
        await team[1].SayAsync("docker node ls --filter role=worker --format '{{.Hostname}}'");
        await team[3].SayAsync("docker info -f '{{.Swarm.Nodes}} {{.Swarm.Managers}} {{.Swarm.ControlAvailable}}'");
        await team[4].SayAsync(
            "docker info -f '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}} {{json .Swarm.Cluster}} "
            + "{{.Swarm.Nodes}}'");
        foreach (string command in new[]
            { "node ls", "secret ls", "swarm join-token worker", "swarm ca", "node promote host4" })
        {
            await team[4].TypeAsync($"docker {command} 2>&1");
        }

        await team[2].SayAsync("echo x | docker secret create made-at-2 -");
        await team[3].SayAsync("docker secret ls --format '{{.Name}}'");
        await team[3].SayAsync("docker secret rm made-at-2 && docker secret ls -q");
        await team[3].SayAsync("docker swarm update --task-history-limit 3");
        await team[1].SayAsync("docker info -f '{{json .Swarm.Cluster.Spec.Orchestration}}'");
    });

    [Fact]
    public Task Roles_change_and_nodes_leave() => engines.CompareAsync(async team =>
    {
        await team.InitAsync();
        await team.JoinAsync(2, "manager");
        await team.JoinAsync(3, "manager");
        await team.JoinAsync(4, "worker");
        await team.UntilNodeAsync("host3 Ready Active Reachable");
        await team.UntilNodeAsync("host4 Ready");
        await team[2].SayAsync("docker node promote host4");
        await team.UntilNodeAsync("host4 Ready Active Reachable");
        await team[4].UntilAsync("docker node ls -q 2>&1 | wc -l", "4");
        await team.NodesAsync(4);
        await team[1].SayAsync("docker node demote host4 host4");
        await team[4].UntilAsync("docker node ls 2>&1", "Worker nodes can't be used");
        await team.NodesAsync();
        await team[1].TypeAsync("docker node rm host4 2>&1");
        await team[1].TypeAsync("docker node rm host2 2>&1");
        await team[1].TypeAsync("docker node rm --force host2 2>&1");
        await team[2].TypeAsync("docker swarm leave 2>&1");
        await team[4].SayAsync("docker node ls 2>/dev/null; docker swarm leave");
        await team.UntilNodeAsync("host4 Down");
        await team.NodesAsync();
        await team[1].SayAsync("docker node rm host4");
        await team.NodesAsync();
        await team[1].SayAsync("docker node demote host3");
        await team[3].UntilAsync("docker node ls 2>&1", "Worker nodes can't be used");
        await team[1].SayAsync("docker node rm --force host3");
        await team.NodesAsync();
        await team[1].SayAsync("docker info 2>&1 | grep -c 'two-manager configuration'");
    });

    [Fact]
    public Task Tokens_open_the_door_until_they_are_changed() => engines.CompareAsync(async team =>
    {
        await team.InitAsync();
        string door = $"{team[1].Host.Address}:2377";
        string old = await team[1].PrepareAsync("docker swarm join-token -q worker");
        string manager = await team[1].PrepareAsync("docker swarm join-token -q manager");
        await team[1].SayAsync("docker swarm join-token --rotate worker");
        string fresh = await team[1].PrepareAsync("docker swarm join-token -q worker");
        Assert.NotEqual(old, fresh);
        Assert.Equal(manager, await team[1].PrepareAsync("docker swarm join-token -q manager"));
        await team[2].TypeAsync($"docker swarm join --token {old} {door} 2>&1");
        await team[2].TypeAsync($"docker swarm join --token foo {door} 2>&1");
        await team[2].TypeAsync($"docker swarm join --token {Other(fresh)} {door} 2>&1 | cut -d. -f1");
        await team[2].TypeAsync($"docker swarm join {door} 2>&1");
        await team[2].SayAsync("docker info -f '{{.Swarm.LocalNodeState}}'");
        await team[2].SayAsync($"docker swarm join --token {fresh} {door}");
        await team.UntilNodeAsync("host2 Ready");
        await team[1].SayAsync("docker swarm join-token --rotate -q manager | wc -l");
        await team[3].TypeAsync($"docker swarm join --token {manager} {door} 2>&1");
        await team.NodesAsync();
    });

    [Fact]
    public Task The_root_changes_while_the_swarm_runs() => engines.CompareAsync(async team =>
    {
        await team.InitAsync();
        await team.JoinAsync(2, "manager");
        await team.JoinAsync(3, "worker");
        await team.UntilNodeAsync("host2 Ready Active Reachable");
        await team.UntilNodeAsync("host3 Ready");
        string old = await team[1].PrepareAsync("docker swarm join-token -q worker");
        string before = await team[1].PrepareAsync("docker swarm ca");
        await team[1].TypeAsync("docker swarm ca --rotate --cert-expiry 48h -q");
        string after = await team[1].PrepareAsync("docker swarm ca");
        Assert.NotEqual(before, after);
        await team[1].SayAsync("docker node ls --format '{{.Hostname}} {{.Status}} {{.TLSStatus}}'");
        await team[1].SayAsync("docker info -f '{{.Swarm.Cluster.RootRotationInProgress}} "
            + "{{json .Swarm.Cluster.Spec.CAConfig}}'");
        await team[4].TypeAsync(
            $"docker swarm join --token {old} {team[1].Host.Address}:2377 2>&1 | cut -d. -f1");
        await team.JoinAsync(4, "worker");
        await team.UntilNodeAsync("host4 Ready");
        await team.NodesAsync();
    });

    [Fact]
    public Task What_happens_is_told_to_those_who_listen() => engines.CompareAsync(async team =>
    {
        await team.InitAsync();
        string since = await team[1].PrepareAsync("date +%s");
        await team[1].PrepareAsync("sleep 1");
        await team[1].PrepareAsync("echo x | docker secret create pw - && echo y | docker config create cf -");
        await team[1].PrepareAsync("docker node update --availability drain host1");
        await team[1].PrepareAsync("docker secret rm pw && docker config rm cf && sleep 1");
        const string shape = "'{{.Type}} {{.Action}} {{.Scope}} {{json .Actor.Attributes}}'";
        string window = $"--since {since} --until $(date +%s) --format {shape}";
        await team[1].SayAsync($"docker events --filter type=secret --filter type=config {window}");
        await team[1].SayAsync($"docker events --filter node=host1 {window} | grep availability");
        await team[1].SayAsync($"docker events --filter scope=local --filter secret=pw {window}");
    });

    /// <summary>The token of another swarm: its root is not ours.</summary>
    private static string Other(string token)
    {
        string[] parts = token.Split('-');
        char[] digest = parts[2].ToCharArray();
        digest[20] = digest[20] == 'a' ? 'b' : 'a';
        return $"{parts[0]}-{parts[1]}-{new string(digest)}-{parts[3]}";
    }
}
