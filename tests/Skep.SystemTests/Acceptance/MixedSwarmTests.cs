using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>Real Docker Engines in our swarm, and our nodes in theirs.</summary>
[Collection(SwarmPairCollection.Name)]
public class MixedSwarmTests
{
    [ProgramFact("dockerd")]
    public async Task Engines_of_both_makes_join_each_other_as_workers_and_as_managers()
    {
        await using TestHosts hosts = await TestHosts.StartAsync(Engine.UnderTest, Engine.Reference!);
        var ours = new Session(hosts[0], EnginePair.CommonVersion, "");
        var theirs = new Session(hosts[1], EnginePair.CommonVersion, "");
        await TakeInAsync(ours, theirs);
        await theirs.PrepareAsync("docker swarm leave --force");
        await ours.PrepareAsync("docker swarm leave --force");
        await TakeInAsync(theirs, ours);
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
        await manager.PrepareAsync($"docker node demote {name}");
        await guest.UntilAsync("docker info --format '{{.Swarm.ControlAvailable}}' 2>&1", "false");
    }
}
