using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>The program's own CLI, called docker, beside the genuine one: swarms, nodes, secrets and configs.</summary>
[Collection(SwarmPairCollection.Name)]
public class SwarmCliTests(SwarmPair engines)
{
    [SkepFact]
    public Task Swarms_are_made_changed_and_left_alike() => engines.CompareClientsAsync(async team =>
    {
        string address = team[1].Host.Address;
        await team[1].TypeAsync("docker node ls 2>&1");
        await team[1].SayAsync($"docker swarm init --autolock --advertise-addr {address}");
        await team[1].TypeAsync("docker swarm init 2>&1");
        await team[1].SayAsync("docker swarm join-token worker && docker swarm join-token -q manager");
        await team[1].SayAsync("docker swarm join-token --rotate manager");
        await team[1].SayAsync("docker swarm unlock-key --rotate");
        await team[1].SayAsync("docker swarm update --autolock=false --task-history-limit 9");
        await team[1].SayAsync("docker swarm update");
        await team[1].TypeAsync("docker swarm unlock-key 2>&1");
        await team[1].SayAsync("docker swarm ca");
        await team.JoinAsync(2, "worker");
        await team.UntilNodeAsync("host2 Ready");
        await team[1].SayAsync("docker node ls && docker node ls --format '{{json .}}' && docker node ls -q");
        await team[1].SayAsync("docker node promote host2 host1");
        await team.UntilNodeAsync("host2 Ready Active Reachable");
        await team[1].SayAsync("docker node demote host2");
        await team[1].SayAsync("docker node update --label-add a=b --availability drain host2");

        // Each side has a swarm, and so a key, of its own.
        await team[1].SayAsync("docker node inspect --pretty host2 | grep -v 'Public Key'");
        await team[1].SayAsync("docker node inspect self -f '{{json .Spec}}'");
        await team[1].SayAsync("docker node ps");
        await team[1].TypeAsync("docker node rm host2 nosuch 2>&1");
        await team[1].SayAsync("docker info 2>/dev/null | grep -A25 '^ Swarm'");
        await team[1].TypeAsync("docker swarm leave 2>&1");
        await team[1].SayAsync("docker swarm leave --force");
    });

    [SkepFact]
    public Task Secrets_and_configs_are_handled_alike() => engines.CompareClientsAsync(async team =>
    {
        await team.InitAsync();
        await team[1].SayAsync("echo x | docker secret create -l a=b pw - && echo y | docker config create cfg -");
        await team[1].TypeAsync("echo x | docker secret create pw - 2>&1");
        await team[1].SayAsync("docker secret ls && docker config ls && docker secret ls --format '{{json .}}'");
        await team[1].SayAsync("docker secret inspect pw && docker secret inspect --pretty pw");
        await team[1].SayAsync("docker config inspect cfg && docker config inspect --pretty cfg");
        await team[1].SayAsync("docker config inspect -f '{{.Spec.Data}} {{json .Spec.Data}}' cfg");
        await team[1].SayAsync("docker inspect pw | grep Name");

        // Genuine ones before 28 find no configs without being told their type.
        Assert.Equal("cfg", await team[1].PrepareAsync(
            $"{Path.Combine(Engine.OutFolder, "docker")} inspect -f '{{{{.Spec.Name}}}}' cfg"));
        await team[1].TypeAsync("docker secret rm pw nosuch 2>&1");
        await team[1].TypeAsync("docker config rm cfg nosuch 2>&1");
    });
}
