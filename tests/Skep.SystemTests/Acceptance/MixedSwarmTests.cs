using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>Real Docker Engines in our swarm, and our nodes in theirs.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public class MixedSwarmTests
{
    private const string Name = "mixed swarms";

    [ProgramFact("dockerd")]
    public async Task Engines_of_both_makes_join_each_other_as_workers_and_as_managers()
    {
        await using TestHosts hosts = await TestHosts.StartAsync(Engine.UnderTest, Engine.Reference!);
        var ours = new Session(hosts[0], EnginePair.CommonVersion, "");
        var theirs = new Session(hosts[1], EnginePair.CommonVersion, "");
        await Task.WhenAll(HostImages.LoadAsync(hosts[0]), HostImages.LoadAsync(hosts[1]));
        await TakeInAsync(ours, theirs);
        await theirs.PrepareAsync("docker swarm leave --force");
        await ours.PrepareAsync("docker swarm leave --force");
        await TakeInAsync(theirs, ours);
    }

    [ProgramFact("dockerd")]
    public async Task A_real_node_runs_the_services_of_our_swarm()
    {
        await using TestHosts hosts = await TestHosts.StartAsync(Engine.UnderTest, Engine.Reference!);
        await ServeAsync(hosts[0], hosts[1]);
    }

    [ProgramFact("dockerd")]
    public async Task Our_node_runs_the_services_of_a_real_swarm()
    {
        await using TestHosts hosts = await TestHosts.StartAsync(Engine.UnderTest, Engine.Reference!);
        await ServeAsync(hosts[1], hosts[0]);
    }

    // One manager and one worker of the other make, which everything runs on.
    private static async Task ServeAsync(TestHost managing, TestHost working)
    {
        await HostImages.LoadAsync(working);
        var manager = new Session(managing, EnginePair.CommonVersion, "");
        var worker = new Session(working, EnginePair.CommonVersion, "");
        string name = worker.Host.Name;
        await manager.PrepareAsync($"docker swarm init --advertise-addr {manager.Host.Address}");
        string token = await manager.PrepareAsync("docker swarm join-token -q worker");
        await worker.PrepareAsync(
            $"docker swarm join --advertise-addr {worker.Host.Address} --token {token} {manager.Host.Address}:2377");
        await manager.UntilAsync("docker node ls --format '{{.Hostname}} {{.Status}}'", $"{name} Ready");
        string create = "docker service create -d -q --no-resolve-image --stop-grace-period 1s "
            + $"--constraint node.hostname=={name}";

        await RunWithSecretsAsync(manager, worker, create);
        await FollowAsync(manager, create);
        await FailAsync(manager, create);
        await manager.PrepareAsync($"docker node update --availability drain {name}");
        await worker.UntilAsync("docker ps -q | wc -l", "0");
        await manager.PrepareAsync("docker service ls -q | xargs docker service rm");
        await worker.UntilAsync("docker ps -aq | wc -l", "0");
    }

    // On the host's network and on none of the swarm's; with a secret, a config and a template.
    private static async Task RunWithSecretsAsync(Session manager, Session worker, string create)
    {
        await manager.PrepareAsync("printf 'se\\0cret' | docker secret create sec -");
        await manager.PrepareAsync("echo some settings | docker config create conf -");
        await manager.PrepareAsync(
            $"{create} --name hosted --network host --secret source=sec,target=s,uid=33,gid=34,mode=0440 "
            + "--config source=conf,target=/etc/app/conf --env 'NAME={{.Node.Hostname}}/{{.Task.Slot}}' test sh -c "
            + "'echo $NAME; od -An -c /run/secrets/s; stat -c %u.%g.%a /run/secrets/s; cat /etc/app/conf; "
            + "ip -o -4 addr show eth0 | grep -o 10.88.0.[0-9]*/; exec sleep 1000'");
        await manager.UntilAsync("docker service ps hosted --format '{{.Node}} {{.CurrentState}}'", "Running");
        string[] lines =
        [
            $"{worker.Host.Name}/1",
            "s   e  \\0   c   r   e   t",
            "33.34.440",
            "some settings",
            $"{worker.Host.Address}/",
        ];
        await manager.UntilAsync("docker service logs --raw hosted", lines[^1]);
        string logs = await manager.PrepareAsync("docker service logs --raw hosted");
        Assert.Equal(lines, logs.Split('\n').Select(line => line.Trim()));

        await manager.PrepareAsync($"{create} --name plain --replicas 2 test sh -c 'hostname; exec sleep 1000'");
        await manager.UntilAsync("docker service ls --format '{{.Name}} {{.Replicas}}'", "plain 2/2");
        await manager.PrepareAsync(
            "docker service update -d -q --env-add A=b --args 'sh -c \"echo A=$A; exec sleep 1000\"' "
            + "--update-delay 0s --update-monitor 100ms plain");
        await manager.UntilAsync("docker service inspect plain --format '{{.UpdateStatus.State}}'", "completed");
        await manager.UntilAsync("docker service ls --format '{{.Name}} {{.Replicas}}'", "plain 2/2");
    }

    private static async Task FollowAsync(Session manager, string create)
    {
        await manager.PrepareAsync(
            $"{create} --name talker test sh -c 'echo before; while [ ! -e /tmp/go ]; do sleep 0.2; done; "
            + "echo after >&2; exec sleep 1000'");
        await manager.PrepareAsync(
            "(timeout 300 docker service logs -f talker >$SHARE/followed 2>&1 & echo $! >$SHARE/follower)");
        await manager.UntilAsync("cat $SHARE/followed", "| before");
        await manager.PrepareAsync("docker service scale -d talker=2");
        await manager.UntilAsync("cat $SHARE/followed", "talker.2");
        await manager.PrepareAsync("kill $(cat $SHARE/follower)");
        Assert.Equal(
            "before\nbefore", await manager.PrepareAsync("docker service logs --raw --tail 1 talker"));
    }

    private static async Task FailAsync(Session manager, string create)
    {
        await manager.PrepareAsync($"{create} --name bad --restart-condition none test sh -c 'exit 3'");
        await manager.UntilAsync(
            "docker service ps bad --no-trunc --format '{{.CurrentState}} {{.Error}}'", "task: non-zero exit (3)");
        await manager.PrepareAsync(
            $"{create} --name sick --restart-condition none --health-cmd false --health-interval 200ms "
            + "--health-retries 1 test sleep 1000");
        await manager.UntilAsync(
            "docker service ps sick --no-trunc --format '{{.CurrentState}} {{.Error}}'", "unhealthy container");
    }

    // Everything about services that a manager asks of the leader.
    private static async Task ServeThroughAsync(Session follower)
    {
        await follower.PrepareAsync(
            "docker service create -d -q --no-resolve-image --stop-grace-period 1s --name through --network host "
            + "--secret from-the-guest test sh -c 'echo hello; exec sleep 1000'");
        await follower.UntilAsync("docker service ls --format '{{.Name}} {{.Replicas}}'", "through 1/1");
        await follower.UntilAsync("docker service logs --raw through", "hello");
        await follower.PrepareAsync("docker service update -d -q --replicas 2 through");
        await follower.UntilAsync("docker service ls --format '{{.Name}} {{.Replicas}}'", "through 2/2");
        await follower.PrepareAsync("docker service rollback -d -q through");
        Assert.Equal(
            "1", await follower.PrepareAsync("docker service inspect through -f '{{.Spec.Mode.Replicated.Replicas}}'"));
        await follower.PrepareAsync("docker service rm through");
        await follower.UntilAsync("docker ps -aq | wc -l", "0");
    }

    // A worker by the printed command, then a manager that creates a secret through the leader of the other make.
    private static async Task TakeInAsync(Session manager, Session guest)
    {
        string name = guest.Host.Name;
        await manager.PrepareAsync($"docker swarm init --advertise-addr {manager.Host.Address}");
        string token = await manager.PrepareAsync("docker swarm join-token -q worker");
        await guest.PrepareAsync(
            $"docker swarm join --advertise-addr {guest.Host.Address} --token {token} {manager.Host.Address}:2377");
        const string nodes = "docker node ls --format '{{.Hostname}} {{.Status}} {{.ManagerStatus}}'";
        await manager.UntilAsync(nodes, $"{name} Ready");
        await manager.PrepareAsync($"docker node promote {name}");
        await manager.UntilAsync(nodes, $"{name} Ready Reachable");
        await guest.UntilAsync($"{nodes} 2>&1", $"{manager.Host.Name} Ready Leader");
        await guest.PrepareAsync("echo x | docker secret create from-the-guest -");
        Assert.Equal("from-the-guest", await manager.PrepareAsync("docker secret ls --format '{{.Name}}'"));
        await ServeThroughAsync(guest);
        await manager.PrepareAsync($"docker node demote {name}");
        await guest.UntilAsync("docker info --format '{{.Swarm.ControlAvailable}}' 2>&1", "false");
    }
}
