using Skep.SystemTests.Acceptance;

namespace Skep.SystemTests.Seed;

/// <summary>Services are changed and changed back: rows 31 to 33.</summary>
internal sealed class UpdateRows(Walk walk)
{
    private const string Tasks = "docker service ps app --format '{{.Name}} {{.Image}} {{.DesiredState}}'";
    private const string Spec =
        "docker service inspect -f '{{json .Spec.TaskTemplate}} {{json .Spec.EndpointSpec}}' app";

    private readonly Session first = walk[1];

    public async Task PlayAsync()
    {
        await walk.RowAsync(31, UpdateAsync);
        await walk.RowAsync(33, RollBackAsync);
        await walk.RowAsync(32, ChangeListsAsync);
        await first.PrepareAsync("docker service rm app api");
    }

    private async Task UpdateAsync()
    {
        await first.PrepareAsync(
            $"{Walk.Create} --name app --replicas 4 --update-parallelism 2 --update-delay 100ms "
            + "--update-order start-first --update-monitor 500ms --rollback-parallelism 0 --rollback-monitor 200ms "
            + "--update-failure-action rollback --update-max-failure-ratio 0.2 fooapp:1.2.0");
        await first.PrepareAsync($"{Walk.Create} --name api --replicas 0 fooapp:1.2.0");
        await walk.UntilServicesAsync("app 4/4");
        await first.PrepareAsync($"{Walk.Update} --image fooapp:1.2.1 app");
        await walk.UntilUpdateAsync("app", "completed");
        await first.SayAsync("docker service inspect -f '{{.UpdateStatus.Message}}' app");
        await first.SayAsync($"{Tasks} | sort | uniq -c");

        // The newest of a slot stands above its history.
        string table = await first.PrepareAsync("docker service ps app");
        Assert.Matches(@"\n\S+ +app\.1 +fooapp:1\.2\.1 .*\n\S+ + \\_ app\.1 +fooapp:1\.2\.0 ", table);
    }

    private async Task RollBackAsync()
    {
        await first.PrepareAsync("docker service rollback -d -q app");
        await walk.UntilUpdateAsync("app", "rollback_completed");
        await first.SayAsync("docker service inspect -f '{{.UpdateStatus.Message}}' app");
        await first.SayAsync($"{Tasks} --filter desired-state=running | sort");

        // By itself, when the new tasks do not live.
        await first.PrepareAsync($"{Walk.Update} --args false --update-monitor 10s --restart-delay 100ms app");
        await first.UntilAsync(
            "docker service inspect -f '{{.UpdateStatus.State}} {{.UpdateStatus.Message}}' app", "rollback_completed ");
        await first.SayAsync(
            "docker service inspect -f '{{.UpdateStatus.State}} {{json .Spec.TaskTemplate.ContainerSpec.Args}}' app");
        await walk.UntilServicesAsync("app 4/4");
    }

    private async Task ChangeListsAsync()
    {
        await first.SayAsync("docker service scale -d app=0 api=2");
        await walk.UntilServicesAsync("app 0/0", "api 2/2");
        foreach (string flags in new[]
        {
            "--env-add MODE_ENV=production --publish-add 8080:80", "--publish-rm 80 --env-add MODE_ENV=test",
            "--label-add x=y --container-label-add c=d --mount-add type=tmpfs,dst=/t --group-add 2000 "
            + "--dns-add 8.8.8.8 --host-add foo:1.2.3.4 --constraint-add node.role==manager --dns-option-add ndots:2 "
            + "--dns-search-add example.com --ulimit-add nofile=100:200 --sysctl-add net.core.somaxconn=100 "
            + "--cap-add CHOWN --placement-pref-add spread=node.labels.zone",
            "--env-rm MODE_ENV --label-rm x --container-label-rm c --mount-rm /t --group-rm 2000 --dns-rm 8.8.8.8 "
            + "--host-rm foo:1.2.3.4 --constraint-rm node.role==manager --dns-option-rm ndots:2 "
            + "--dns-search-rm example.com --ulimit-rm nofile --sysctl-rm net.core.somaxconn --cap-drop CHOWN "
            + "--placement-pref-rm spread=node.labels.zone",
        })
        {
            await first.SayAsync($"{Walk.Update} {flags} app >/dev/null && {Spec}");
        }
    }
}
