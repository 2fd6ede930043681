using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>The program's own CLI, called docker, beside the genuine one: services.</summary>
[Collection(SwarmPairCollection.Name)]
public class ServiceCliTests(SwarmPair engines)
{
    [SkepFact]
    public Task Services_are_handled_alike() => engines.CompareClientsAsync(async team =>
    {
        const string progress = "sed -E 's/[0-9]+ seconds/N seconds/' | grep -v '0 out of' | uniq | tail -n +2";
        await team.ServeAsync(1);
        await team[1].SayAsync(
            $"docker service create --no-resolve-image --name web --stop-grace-period 1s web:1 2>&1 | {progress}");
        await team[1].SayAsync("docker service ls && docker service ls --format '{{json .}}' && docker service ls -q");
        await team[1].SayAsync("docker service ps web && docker service ps web -q && docker node ps");
        await team[1].SayAsync("docker service inspect web | grep -v Index && docker service inspect --pretty web");
        await team[1].SayAsync($"docker service scale web=2 | {progress}");
        await team[1].SayAsync(
            "docker service update --no-resolve-image -d --image web:2 --update-monitor 1s --rollback-monitor 1s web");
        await team[1].UntilAsync("docker service inspect -f '{{.UpdateStatus.State}}' web", "completed");
        await team[1].SayAsync("docker service ps web --format '{{.Name}} {{.Image}} {{.DesiredState}}' | sort");
        await team[1].SayAsync("docker service inspect --pretty web");
        await team[1].SayAsync(
            "docker service rollback -d -q web && docker inspect --type service web -f '{{.Spec.Name}}'");
        await team[1].UntilAsync("docker service inspect -f '{{.UpdateStatus.State}}' web", "rollback_completed");
        await team[1].SayAsync("docker service create --no-resolve-image -d --name say -e 'S={{.Task.Slot}}' "
            + "--replicas 2 test sh -c 'echo hi $S; sleep 600'");
        await team[1].UntilAsync("docker service logs say 2>&1 | grep -c hi", "2");
        await team[1].SayAsync("docker service logs say | sed 's/\\.[0-9a-z]*@/@/' | sort");
        await team[1].SayAsync("docker service logs --details --no-trunc say | cut -d@ -f2 | sort");
        await team[1].SayAsync("docker service logs --raw say | sort");
        foreach (string command in new[]
        {
            "inspect nosuch", "inspect --pretty nosuch", "ps nosuch", "ps web nosuch", "logs nosuch", "rm nosuch web",
            "update nosuch", "rollback nosuch", "scale nosuch=2 web", "scale -d nosuch=2", "scale -d say=x",
        })
        {
            await team[1].TypeAsync($"docker service {command} 2>&1");
        }
    });
}
