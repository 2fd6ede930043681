using Skep.SystemTests.Acceptance;

namespace Skep.SystemTests.Seed;

/// <summary>Health of containers and of services: rows 35, 36 and 38.</summary>
internal sealed class HealthRows(Walk walk)
{
    private const string Fast = "--health-interval 200ms --health-retries 2 --health-timeout 5s";
    private const string Health = "docker inspect -f '{{.State.Health.Status}} {{.State.Running}}'";

    private readonly Session first = walk[1];

    public async Task PlayAsync()
    {
        await walk.RowAsync(35, OptionsAsync);
        await walk.RowAsync(36, ImagesAsync);
        await walk.RowAsync(38, ServicesAsync);
    }

    private async Task OptionsAsync()
    {
        await first.PrepareAsync(
            $"docker run -d --name patient {Fast} --health-start-period 200ms --health-cmd 'cat /tmp/well || false' "
            + "test sh -c 'sleep 1; echo fine >/tmp/well; exec sleep 600'");
        await first.PrepareAsync("docker run -d --name early --health-cmd true --health-interval 1h test sleep 600");
        await first.SayAsync("docker container ls --filter name=early --format '{{.Status}}' | grep -o '(.*)'");
        await first.UntilAsync("docker container ls --filter name=patient", "(healthy)");
        await first.UntilAsync("docker inspect -f '<{{len .State.Health.Log}}>' patient", "<5>");
        await first.SayAsync("docker inspect -f '{{(index .State.Health.Log 4).ExitCode}} "
            + "{{(index .State.Health.Log 4).Output}}' patient");
        await first.PrepareAsync("docker exec patient rm /tmp/well");
        await first.UntilAsync("docker container ls --filter name=patient", "(unhealthy)");
        await first.SayAsync($"{Health} patient");
        await first.SayAsync("docker rm -f patient early");
    }

    private async Task ImagesAsync()
    {
        await first.PrepareAsync("docker run -d --name checked rich 'exec sleep 600'");
        await first.PrepareAsync("docker run -d --name free --no-healthcheck rich 'exec sleep 600'");
        await first.PrepareAsync($"docker run -d --name fails {Fast} --health-cmd 'nosuch -f localhost || exit 1' "
            + "test sleep 600");
        await first.UntilAsync($"{Health} checked", "healthy true");
        await first.SayAsync("docker inspect -f '{{json .State.Health}}' free");
        await first.UntilAsync($"{Health} fails", "unhealthy true");
        await first.SayAsync("docker inspect -f '{{(index .State.Health.Log 0).Output}}' fails");
        await first.SayAsync("docker rm -f checked free fails");
    }

    private async Task ServicesAsync()
    {
        await first.PrepareAsync(
            $"{Walk.Create} --name pg --replicas 2 --replicas-max-per-node 1 {Fast} --restart-delay 100ms "
            + "--health-cmd='test -e /tmp/well || exit 1' -e POSTGRES_PASSWORD=abc123 "
            + "--constraint node.hostname!=host3 --health-start-period 10m --update-monitor 200ms "
            + "--update-order start-first postgres "
            + "sh -c 'test -n \"$HELD\" || touch /tmp/well; sleep 600'");
        await walk.UntilServicesAsync("pg 2/2");
        await first.PrepareAsync("docker exec $(docker ps -q --filter health=healthy) rm /tmp/well || true");
        await first.UntilAsync("docker service ps pg --format '{{.CurrentState}}'", "Failed");
        await first.SayAsync("docker service ps pg --no-trunc --filter desired-state=shutdown "
            + "--format '{{.DesiredState}} {{.Error}}'");
        await walk.UntilServicesAsync("pg 2/2");

        // An update goes on when the new task is healthy, and not before.
        await first.PrepareAsync($"{Walk.Update} --replicas-max-per-node 0 --constraint-add node.hostname==host1 "
            + "--env-add HELD=1 --update-parallelism 1 --replicas 1 pg");
        await first.UntilAsync("docker service ps pg --format '{{.CurrentState}}'", "Starting");
        await first.SayAsync("docker service inspect -f '{{.UpdateStatus.State}}' pg");
        await first.UntilAsync("docker ps --filter health=starting", "(health: starting)");
        await first.PrepareAsync("docker exec $(docker ps -q --filter health=starting) touch /tmp/well");
        await walk.UntilUpdateAsync("pg", "completed");
        await first.PrepareAsync("docker service rm pg");
    }
}
