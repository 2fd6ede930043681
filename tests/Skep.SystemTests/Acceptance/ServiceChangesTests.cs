namespace Skep.SystemTests.Acceptance;

/// <summary>Updates, rollbacks and health of services, beside the real engine.</summary>
[Collection(SwarmPairCollection.Name)]
public class ServiceChangesTests(SwarmPair engines)
{
    private const string Create = "docker service create --no-resolve-image --stop-grace-period 1s";
    private const string Update = "docker service update --no-resolve-image";
    private const string Status = "docker service inspect -f '{{.UpdateStatus.State}}' web";
    private const string Message = "docker service inspect -f '{{.UpdateStatus.State}} {{.UpdateStatus.Message}}' web";
    private const string Running = "docker service ps web --filter desired-state=running";

    [Fact]
    public Task A_service_is_changed_step_by_step() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(1);
        await team[1].PrepareAsync($"{Create} -d --name web --replicas 2 --update-monitor 200ms web:1");
        await team.UntilServiceAsync("web 2/2");
        await team[1].SayAsync($"{Update} -d --image web:2 web");
        await team[1].UntilAsync(Status, "completed");
        await team[1].SayAsync(Message);
        await team[1].SayAsync(
            "docker service ps web --format '{{.Name}} {{.Image}} {{.DesiredState}}' | sort | uniq -c");
        foreach (string flags in new[]
        {
            // One variable at a time: the genuine CLI shuffles several.
            "--env-add MODE_ENV=production --publish-add 8088:80", "--env-add MODE_ENV=test",
            "--env-rm MODE_ENV --label-add x=y --container-label-add c=d", "--publish-rm 80 --publish-add 9090:80",
            "--mount-add type=tmpfs,dst=/t --group-add 2000 --dns-add 8.8.8.8 --host-add foo:1.2.3.4",
            "--mount-rm /t --group-rm 2000 --dns-rm 8.8.8.8 --host-rm foo", "--constraint-add node.role==manager",
            "--limit-memory 64m --restart-max-attempts 5 --stop-signal INT", "--args 'sleep 600' --force",
        })
        {
            await team[1].SayAsync($"{Update} -d --replicas 0 {flags} web");
            await team[1].SayAsync("docker service inspect -f '{{json .Spec}}' web");
        }
    });

    [Fact]
    public Task The_former_specification_comes_back() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(1);
        await team[1].PrepareAsync(
            $"{Create} -d --name web --replicas 2 --update-monitor 200ms --rollback-monitor 200ms web:1");
        await team.UntilServiceAsync("web 2/2");
        await team[1].PrepareAsync($"{Update} -d --image web:2 --env-add A=1 web");
        await team[1].UntilAsync(Status, "completed");
        await team[1].SayAsync("docker service rollback -d web");
        await team[1].UntilAsync(Status, "rollback_completed");
        await team[1].SayAsync(Message);
        await team[1].SayAsync($"{Running} --format '{{{{.Name}}}} {{{{.Image}}}}'");
        await team[1].SayAsync("docker service inspect -f '{{json .Spec}} {{json .PreviousSpec}}' web");
        await team[1].TypeAsync("docker service update --rollback -d web 2>&1");
    });

    [Fact]
    public Task A_failing_update_is_paused_or_taken_back() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(1);
        await team[1].PrepareAsync(
            $"{Create} -d --name web --replicas 2 --restart-delay 200ms --update-monitor 20s web:1");
        await team.UntilServiceAsync("web 2/2");
        await team[1].PrepareAsync($"{Update} -d --args false web");
        await team[1].UntilAsync(Status, "paused");
        await team[1].SayAsync($"{Message} | sed 's/task .*/task/'");
        await team[1].PrepareAsync(
            $"{Update} -d --args '' --image web:2 --update-failure-action rollback --update-monitor 200ms "
            + "--rollback-monitor 200ms web");
        await team[1].UntilAsync(Status, "completed");
        await team[1].PrepareAsync($"{Update} -d --args false --update-monitor 20s web");
        await team[1].UntilAsync(Status, "rollback_completed");
        await team[1].SayAsync($"{Message} | sed 's/task .*/task/'");
        await team.UntilServiceAsync("web 2/2");
        await team[1].SayAsync($"{Running} --format '{{{{.Name}}}} {{{{.Image}}}}'");
    });

    [Fact]
    public Task An_update_may_start_before_it_stops() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(1);
        await team[1].PrepareAsync(
            $"{Create} -d --name web --update-order start-first --update-monitor 200ms --health-cmd 'test -e /tmp/ok' "
            + "--health-interval 300ms --health-start-period 10m test "
            + "sh -c 'test -n \"$A\" || touch /tmp/ok; sleep 600'");
        await team.UntilServiceAsync("web 1/1");
        await team[1].PrepareAsync($"{Update} -d --env-add A=1 web");
        await team[1].UntilAsync("docker service ps web --format '{{.CurrentState}}'", "Starting");
        await team[1].UntilAsync("docker ps -q | wc -l", "2");

        // While the new task is not healthy, the old one goes on.
        await team[1].SayAsync("docker service ls --format '{{.Replicas}}'");
        await team[1].PrepareAsync("docker exec $(docker ps -ql) touch /tmp/ok");
        await team[1].UntilAsync(Status, "completed");
        await team[1].UntilAsync("docker ps -q | wc -l", "1");
        await team[1].SayAsync("docker ps --filter health=healthy -q | wc -l");
    });

    [Fact]
    public Task An_unhealthy_task_is_replaced() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(1);
        await team[1].PrepareAsync(
            $"{Create} -d --name web --restart-delay 100ms --health-cmd 'test ! -e /tmp/sick' --health-interval 300ms "
            + "--health-retries 2 test sleep 600");
        await team.UntilServiceAsync("web 1/1");
        await team[1].SayAsync("docker ps --format '{{.Status}}' | grep -o '(healthy)'");

        // The container may be ended before this ends.
        await team[1].PrepareAsync("docker exec $(docker ps -q) touch /tmp/sick || true");
        await team[1].UntilAsync("docker service ps web --format '{{.CurrentState}}'", "Failed");
        await team[1].SayAsync("docker service ps web --no-trunc --filter desired-state=shutdown "
            + "--format '{{.Name}} {{.DesiredState}} {{.Error}}'");
        await team.UntilServiceAsync("web 1/1");
        await team[1].UntilAsync("docker ps -q | wc -l", "1");
    });
}
