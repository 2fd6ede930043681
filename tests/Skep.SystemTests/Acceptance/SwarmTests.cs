namespace Skep.SystemTests.Acceptance;

/// <summary>A swarm of one host: what commands print and refuse, beside the real engine.</summary>
[Collection(SwarmPairCollection.Name)]
public class SwarmTests(SwarmPair engines)
{
    private static readonly string[] managerCommands =
    [
        "node ls", "node inspect self", "node update --availability drain x", "node promote x", "node rm x", "node ps",
        "secret ls", "secret inspect x", "secret rm x", "config ls", "config inspect x", "config rm x",
        "swarm update --autolock", "swarm join-token worker", "swarm ca", "swarm unlock-key", "service ls",
    ];

    [Fact]
    public Task Without_a_swarm_every_command_says_so() => engines.CompareAsync(async team =>
    {
        foreach (string command in managerCommands)
        {
            await team[1].TypeAsync($"docker {command} 2>&1");
        }

        await team[1].TypeAsync("echo x | docker secret create s - 2>&1");
        await team[1].TypeAsync("docker swarm leave 2>&1");
        await team[1].TypeAsync("docker swarm unlock 2>&1 </dev/null");
        await team[1].SayAsync("docker info -f '{{json .Swarm}}'");
        await team[1].SayAsync("docker info 2>/dev/null | grep Swarm");
    });

    [Fact]
    public Task A_swarm_is_made_once() => engines.CompareAsync(async team =>
    {
        string address = team[1].Host.Address;
        await team[1].TypeAsync("docker swarm init --advertise-addr nosuch 2>&1");
        await team[1].TypeAsync("docker swarm init --advertise-addr 0.0.0.0 2>&1");
        await team[1].TypeAsync("docker swarm init --listen-addr nosuch 2>&1");
        await team[1].TypeAsync($"docker swarm init --advertise-addr {address} --data-path-addr nosuch 2>&1");
        await team[1].TypeAsync($"docker swarm init --advertise-addr {address} --data-path-port 80 2>&1");
        await team[1].TypeAsync(
            $"docker swarm init --advertise-addr {address} --default-addr-pool 10.0.0.0/16 "
            + "--default-addr-pool-mask-length 31 2>&1");
        string printed = await team[1].SayAsync($"docker swarm init --advertise-addr {address}");
        Assert.Contains($" {address}:2377\n", printed);
        await team[1].TypeAsync("docker swarm init 2>&1");
        await team[1].TypeAsync($"docker swarm join --token x {address}:2377 2>&1");
        await team[1].TypeAsync("docker swarm leave 2>&1");
        await team[1].TypeAsync("docker swarm unlock 2>&1 </dev/null");
        await team[1].SayAsync("docker swarm --help && docker swarm update --help");
        await team[1].SayAsync("docker swarm join-token worker");
        await team[1].SayAsync("docker swarm join-token manager");
        await team[1].SayAsync("docker swarm join-token -q worker");
        await team[1].TypeAsync("docker swarm join-token foo 2>&1");
        await team[1].SayAsync("docker swarm ca");
        await team[1].TypeAsync("docker swarm unlock-key 2>&1");
        await team[1].SayAsync(
            "docker info -f '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}} {{.Swarm.Nodes}} "
            + "{{.Swarm.Managers}} {{.Swarm.NodeAddr}} {{json .Swarm.Cluster.Spec}} {{.Swarm.Cluster.SubnetSize}}'");

        // A range that nobody asked for is shown by one of the real engine's managers and not by another.
        await team[1].SayAsync("docker info 2>/dev/null | grep -A25 '^ Swarm' | grep -B25 'Manager Addresses' "
            + "| grep -v -e 'Default Address Pool' -e SubnetSize");
        await team[1].SayAsync("docker swarm leave --force");
        await team[1].SayAsync("docker info -f '{{.Swarm.LocalNodeState}}'");
    });

    [Fact]
    public Task A_swarm_is_made_as_asked() => engines.CompareAsync(async team =>
    {
        await team[1].SayAsync(
            "docker swarm init --advertise-addr eth0:3377 --listen-addr 0.0.0.0:3377 --data-path-port 5789 "
            + "--default-addr-pool 10.20.0.0/16 --default-addr-pool 10.30.0.0/16 --default-addr-pool-mask-length 26 "
            + "--availability drain --cert-expiry 720h --dispatcher-heartbeat 7s --max-snapshots 3 "
            + "--snapshot-interval 5000 --task-history-limit 2");
        await team[1].SayAsync("docker info -f '{{json .Swarm.Cluster.Spec}} {{json .Swarm.Cluster.DefaultAddrPool}} "
            + "{{.Swarm.Cluster.SubnetSize}} {{.Swarm.Cluster.DataPathPort}}'");
        await team.NodesAsync();
    });

    [Fact]
    public Task Settings_are_changed_and_checked() => engines.CompareAsync(async team =>
    {
        await team.InitAsync();
        const string spec = "docker info -f '{{json .Swarm.Cluster.Spec}}'";
        await team[1].SayAsync("docker swarm update --task-history-limit 7 --cert-expiry 48h && " + spec);
        await team[1].SayAsync("docker swarm update --dispatcher-heartbeat 10s --snapshot-interval 99 && " + spec);
        await team[1].TypeAsync("docker swarm update --cert-expiry 5m 2>&1");
        await team[1].TypeAsync("docker swarm update --dispatcher-heartbeat -5s 2>&1");
        await team[1].TypeAsync("docker swarm update --cert-expiry x 2>&1");
        await team[1].TypeAsync("docker swarm ca --cert-expiry 5h 2>&1");
        const string api = "curl -s -o - -w ' %{http_code}\\n' --unix-socket ${DOCKER_HOST#unix://} -X POST "
            + "-H 'Content-Type: application/json' http://d/v1.41";
        await team[1].SayAsync(api + "/swarm/update?version=1 -d '{\"Name\":\"default\"}'");
        await team[1].SayAsync(api + "/swarm/update?version=x -d '{}'");
        await team[1].SayAsync(api + "/swarm/update?version=1 -d '{\"Name\":\"mine\"}'");
        await team[1].SayAsync(api + "/swarm/update?version=1\\&rotateWorkerToken=maybe -d '{}'");
        await team[1].SayAsync(
            "id=$(docker node ls -q); " + api + "/nodes/$id/update?version=1 -d "
            + "'{\"Role\":\"manager\",\"Availability\":\"active\"}'");
        await team[1].SayAsync(api + "/nodes/nosuch/update?version=1 -d "
            + "'{\"Role\":\"manager\",\"Availability\":\"active\"}'");
        await team[1].SayAsync(api + "/nodes/nosuch/update -d '{}'");
    });

    [Fact]
    public Task A_node_is_shown_labelled_and_found() => engines.CompareAsync(async team =>
    {
        await team.InitAsync();
        await team[1].SayAsync(
            "docker node ls | sed \"s/$(docker version -f '{{.Server.Version}}')/<version>/; s/ *$//\"");
        await team[1].SayAsync("docker node ls -q --filter membership=accepted");
        await team[1].SayAsync("docker node ls --format '{{.TLSStatus}} {{.ManagerStatus}} {{.Self}}'");
        await team[1].SayAsync("docker node update --label-add dmz=true --label-add zone=b host1");
        await team[1].SayAsync(
            "docker node update --label-rm zone self 2>&1 || docker node update --label-rm zone host1");
        await team[1].TypeAsync("docker node update --label-rm zone host1 2>&1");
        await team[1].SayAsync("docker node inspect -f '{{json .Spec}} {{json .Status}} {{json .ManagerStatus}}' self");
        await team[1].SayAsync("docker node inspect -f '{{json .Description.Platform}} {{json .Description.Resources}} "
            + "{{.Description.Hostname}}' host1");
        await team[1].SayAsync("docker node inspect --pretty self | grep -v -e 'Log:' -e 'Network:' -e 'Volume:' "
            + "-e 'Engine Version' -e 'Issuer Public Key'");
        foreach (string filter in new[]
        {
            "name=host", "name=ost", "id=x", "role=manager", "role=worker", "role=x", "membership=x",
            "node.label=dmz", "node.label=dmz=true", "node.label=dmz=no", "label=dmz", "nosuch=1",
        })
        {
            await team[1].TypeAsync(
                $"docker node ls --filter {filter} --format '{{{{.Hostname}}}}' 2>&1 | tr I i");
        }

        await team[1].SayAsync("docker node update --availability drain host1");
        await team.NodesAsync();
        await team[1].SayAsync("docker node update --availability pause host1 && docker node ls --format json "
            + "| sed 's/\"EngineVersion\":\"[^\"]*\"//'");
        await team[1].TypeAsync("docker node update --availability x host1 2>&1");
        await team[1].TypeAsync("docker node update --role x host1 2>&1");
        await team[1].TypeAsync("docker node demote host1 2>&1");
        await team[1].TypeAsync("docker node promote host1 2>&1");
        await team[1].TypeAsync("docker node rm host1 2>&1");
        await team[1].TypeAsync("docker node rm --force host1 2>&1");
        await team[1].TypeAsync("docker node inspect nosuch 2>&1");
        await team[1].TypeAsync("docker node rm nosuch 2>&1");
        await team[1].SayAsync("docker node ps");
        await team[1].SayAsync("id=$(docker node ls -q); docker node inspect -f '{{.ID}}' ${id:0:20}");
    });

    [Fact]
    public Task Secrets_are_kept_and_never_shown() => engines.CompareAsync(async team =>
    {
        await team.InitAsync();
        await team[1].SayAsync("echo -n hidden > $SHARE/pw && docker secret create psqluser $SHARE/pw");
        await team[1].SayAsync("echo hidden | docker secret create -l a=b -l c psql_pass -");
        await team[1].TypeAsync("echo hidden | docker secret create psql_pass - 2>&1");
        await team[1].TypeAsync("echo hidden | docker secret create PSQL_PASS - 2>&1");
        await team[1].TypeAsync("echo hidden | docker secret create 'b@d' - 2>&1");
        await team[1].TypeAsync($"echo hidden | docker secret create {new string('n', 65)} - 2>&1");
        await team[1].TypeAsync("head -c 512000 /dev/zero | docker secret create large - 2>&1");
        await team[1].TypeAsync("head -c 512001 /dev/zero | docker secret create larger - 2>&1");
        await team[1].TypeAsync("docker secret create none /dev/null 2>&1");
        await team[1].TypeAsync("docker secret create none $SHARE/nosuch 2>&1");
        await team[1].SayAsync("docker secret ls");
        await team[1].SayAsync("docker secret ls --format '{{.Name}} {{.Label \"a\"}} {{.Driver}}'");
        await team[1].SayAsync("docker secret ls -q --filter name=psql");
        await team[1].SayAsync("docker secret ls -q --filter label=a=b");
        await team[1].SayAsync("docker secret ls -q --filter label=nosuch");
        await team[1].SayAsync("docker secret inspect psqluser | sed 's/\"Index\": .*/<index>/'");
        await team[1].SayAsync("docker secret inspect --pretty psql_pass");
        await team[1].TypeAsync("docker secret inspect nosuch 2>&1");
        await team[1].TypeAsync("docker secret rm nosuch psqluser 2>&1");
        await team[1].SayAsync("docker secret ls --format '{{.Name}}'");
        await team[1].SayAsync("docker inspect -f '{{.Spec.Name}}' psql_pass");
        Assert.DoesNotContain("hidden", await team[1].PrepareAsync("docker secret inspect psql_pass"));
    });

    [Fact]
    public Task Configs_are_kept_and_shown() => engines.CompareAsync(async team =>
    {
        await team.InitAsync();
        await team[1].SayAsync("echo hello | docker config create -l a=b web.conf -");
        await team[1].TypeAsync("echo hello | docker config create web.conf - 2>&1");
        await team[1].TypeAsync("echo hello | docker config create '-bad-' - 2>&1");
        await team[1].TypeAsync("head -c 1024001 /dev/zero | docker config create larger - 2>&1");
        await team[1].TypeAsync("docker config create none $SHARE/nosuch 2>&1 | sed \"s#$SHARE#<share>#\"");
        await team[1].SayAsync("docker config ls");
        await team[1].SayAsync("docker config ls --filter name=web --format '{{.Name}} {{.Label \"a\"}}'");
        await team[1].SayAsync("docker config inspect web.conf | sed 's/\"Index\": .*/<index>/'");
        await team[1].SayAsync("docker config inspect --pretty web.conf");
        await team[1].TypeAsync("docker config rm nosuch web.conf 2>&1");
        await team[1].SayAsync("docker config ls -q");
    });
}
