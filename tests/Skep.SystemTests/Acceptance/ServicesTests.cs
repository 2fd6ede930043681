namespace Skep.SystemTests.Acceptance;

/// <summary>Services on one host, beside the real engine: what is printed, what runs, and what is refused.</summary>
[Collection(SwarmPairCollection.Name)]
public class ServicesTests(SwarmPair engines)
{
    private const string Create = "docker service create --no-resolve-image --stop-grace-period 1s";

    [Fact]
    public Task A_service_is_made_scaled_and_removed() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(1);
        await team[1].SayAsync("docker service ls");
        await team[1].SayAsync($"{Create} -q --name web test sleep 600 | wc -l");
        await team[1].SayAsync("docker service ls");
        await team[1].SayAsync("docker service ps web");
        await team[1].SayAsync("docker ps --format '{{.Image}} {{.Command}}' && docker ps --format '{{.Names}}'");
        await team[1].SayAsync(
            "docker ps -q | xargs docker inspect -f '{{range $k, $v := .Config.Labels}}{{$k}}={{$v}} {{end}}'");
        string first = await team[1].PrepareAsync("docker service ps web -q");
        await team[1].SayAsync("docker service update -d web --replicas 3");
        await team.UntilServiceAsync("web 3/3");
        Assert.Contains(first, await team[1].PrepareAsync("docker service ps web -q --filter desired-state=running"));
        await team[1].SayAsync($"{Create} -d --name api test sleep 600 | wc -l");
        await team[1].SayAsync("docker service scale -d web=2 api=3");
        await team.UntilServiceAsync("web 2/2");
        await team.UntilServiceAsync("api 3/3");
        await team[1].SayAsync("docker service ls --filter name=we --format '{{.Name}} {{.Mode}} {{.Replicas}}'");

        // Tasks that were too many are listed until their container is gone.
        const string running = "--filter desired-state=running";
        await team[1].SayAsync($"docker service ps web api {running} --format '{{{{.Name}}}} {{{{.Node}}}}' | sort");
        await team[1].SayAsync($"docker node ps self {running} --format '{{{{.Name}}}}' | sort");
        await team[1].SayAsync("docker service rm web api");
        await team[1].UntilAsync("docker ps -aq | wc -l", "0");
        await team[1].UntilAsync("docker node ps -q | wc -l", "0");
        await team[1].SayAsync("docker service ls && docker node ps");
    });

    [Fact]
    public Task A_service_without_a_name_gets_one_and_converges() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(1);
        await team[1].SayAsync($"{Create} test sleep 600 | sed -E 's/[0-9]+ seconds/N seconds/' "
            + "| grep -v '0 out of' | uniq | tail -n +2");
        await team[1].SayAsync("docker service ls --format '{{.Name}}' | grep -cE '^[a-z]+_[a-z]+$'");
        await team[1].SayAsync("docker service ls -q | wc -l && docker service ls --format '{{.Replicas}}'");
    });

    [Fact]
    public Task What_cannot_be_is_refused() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(1);
        await team[1].PrepareAsync($"{Create} -d --name web --replicas 0 test");
        await team[1].PrepareAsync($"{Create} -d --name all --mode global --constraint node.role==worker test");
        foreach (string flags in new[]
        {
            "--name web test", "--name 'a b' test", "--name -x test", "--constraint foo test",
            "--constraint node.x==y test", "--endpoint-mode x test", "--restart-condition x test",
            "--update-failure-action x test", "--update-order x test", "--update-max-failure-ratio 2 test",
            "--update-delay -1s test", "--limit-memory 1k test", "--reserve-cpu 0.0001 test",
            "-p 8080:80 -p 8080:81 test", "-p published=80,target=80,mode=host --endpoint-mode dnsrr "
            + "-p 81:81 test", "--endpoint-mode dnsrr -p 80:80 test", "--secret nosuch test", "--config nosuch test",
            "--network nosuch test", "--mode global --replicas 2 test", "--mode x test",
            "--mount type=bind,src=/a,dst=/b --mount type=bind,src=/c,dst=/b test",
        })
        {
            await team[1].TypeAsync($"{Create} -d {flags} 2>&1");
        }

        foreach (string command in new[]
        {
            "inspect nosuch", "inspect --pretty nosuch", "ps nosuch", "ps web nosuch", "rm nosuch", "logs nosuch",
            "update nosuch", "rollback nosuch", "rollback web", "update --rollback web", "scale -d all=2",
            "scale -d nosuch=2", "scale web", "scale web=x", "update -d --replicas 2 all",
            "update -d --rollback --force web", "create",
        })
        {
            await team[1].TypeAsync($"docker service {command} 2>&1");
        }
    });

    [Fact]
    public Task A_specification_is_shown_as_it_was_given() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(1);
        await team[1].PrepareAsync("echo x | docker secret create pw - && echo y | docker config create cf -");
        await team[1].PrepareAsync(
            "docker service create --no-resolve-image -d --name full --replicas 0 -e A=1 -e B=2 "
            + "-l x=y --container-label c=d -w /tmp -u 33:33 --hostname h --entrypoint 'sh -c' --group 2000 "
            + "--limit-cpu 0.5 --limit-memory 64m --limit-pids 50 --reserve-cpu 0.1 --reserve-memory 16m "
            + "--restart-condition on-failure --restart-max-attempts 3 --restart-delay 2s "
            + "--restart-window 1m --update-parallelism 2 --update-delay 10s --update-failure-action rollback "
            + "--update-max-failure-ratio 0.25 --update-order start-first --rollback-parallelism 0 --health-cmd true "
            + "--health-interval 5s --health-retries 3 --health-timeout 2s --health-start-period 1s --dns 8.8.8.8 "
            + "--dns-option ndots:2 --dns-search example.com --host foo:1.2.3.4 --cap-add NET_ADMIN --cap-drop CHOWN "
            + "--sysctl net.core.somaxconn=100 --ulimit nofile=100:200 --mount type=volume,src=v,dst=/v "
            + "--mount type=tmpfs,dst=/t,tmpfs-size=1m --mount type=bind,src=/tmp,dst=/b,ro --log-driver json-file "
            + "--log-opt max-size=1m --stop-grace-period 3s --stop-signal SIGINT --read-only -t --init "
            + "--placement-pref spread=node.labels.zone --replicas-max-per-node 2 --constraint node.role==manager "
            + "--secret pw --config source=cf,target=/etc/cf,uid=33,gid=33,mode=0400 "
            + "-p published=9000,target=90,mode=host,protocol=udp test 'echo hello'");

        // Ports are given out some time after the answer, by either engine.
        const string ports = "docker service inspect -f '{{json .Endpoint.Ports}}'";
        await team[1].UntilAsync($"{ports} full", "9000");
        await team[1].SayAsync("docker service inspect full | grep -v '\"Index\"'");
        await team[1].SayAsync("docker service inspect --pretty full");
        await team[1].SayAsync("docker service inspect -f '{{json .Spec.Mode}} {{.Spec.Name}}' full");
        await team[1].PrepareAsync($"{Create} -d --name plain --replicas 0 -p 8080:80 -p 8081:81 -p 53:53/udp test");
        await team[1].UntilAsync($"{ports} plain", "8081");
        await team[1].SayAsync("docker service inspect --pretty plain");
        await team[1].SayAsync("docker service inspect -f '{{json .Spec}} {{json .Endpoint.Ports}}' plain");
        await team[1].SayAsync("docker service ls --format '{{.Name}} {{.Replicas}} {{.Ports}}'");
    });

    [Fact]
    public Task A_container_is_made_as_its_service_says() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(1);
        await team[1].PrepareAsync(
            $"{Create} -d --name box -e A=1 -e 'WHO={{{{.Service.Name}}}}.{{{{.Task.Slot}}}}' "
            + "--container-label c=d -w /tmp -u 33:33 --hostname '{{.Node.Hostname}}-{{.Task.Slot}}' "
            + "--group 2000 --limit-memory 64m --limit-pids 50 "
            + "--limit-cpu 0.5 --host foo:1.2.3.4 --cap-add NET_ADMIN --cap-drop CHOWN --ulimit nofile=100:200 "
            + "--mount type=volume,src='{{.Service.Name}}-data',dst=/v --mount type=tmpfs,dst=/t,tmpfs-size=1m "
            + "--stop-signal SIGINT --read-only --init test sleep 600");
        await team.UntilServiceAsync("box 1/1");
        const string container = "$(docker ps -q)";
        await team[1].SayAsync($"docker exec {container} sh -c 'hostname; echo $A $WHO; id; pwd; grep foo /etc/hosts; "
            + "grep files /proc/1/limits; grep -E \"Cap(Eff|Bnd)\" /proc/1/status; "
            + "mount | grep -E \" /(v|t) \" | cut -d\" \" -f3 | sort'");
        await team[1].SayAsync($"docker inspect -f '{{{{.HostConfig.Memory}}}} {{{{.HostConfig.NanoCpus}}}} "
            + "{{.HostConfig.PidsLimit}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.Init}} {{.Config.StopSignal}} "
            + $"{{{{json .HostConfig.CapAdd}}}} {{{{json .HostConfig.CapDrop}}}}' {container}");
        await team[1].SayAsync("docker volume ls --format '{{.Name}}'");
        await team[1].SayAsync("docker service rm box");
        await team[1].UntilAsync("docker ps -aq | wc -l", "0");
    });

    [Fact]
    public Task Tasks_that_end_are_replaced_as_their_policy_says() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(1);
        await team[1].PrepareAsync($"{Create} -d --name never --restart-condition none test sh -c 'exit 3'");
        await team[1].PrepareAsync($"{Create} -d --name fine --restart-condition on-failure test true");
        await team[1].PrepareAsync(
            $"{Create} -d --name twice --restart-delay 100ms --restart-max-attempts 2 test sh -c 'exit 4'");
        const string format = "--no-trunc --format '{{.Name}} {{.DesiredState}} {{.Error}}'";
        const string state = "--format '{{.CurrentState}}' | cut -d' ' -f1";
        await team[1].UntilAsync($"docker service ps never {state}", "Failed");
        await team[1].UntilAsync($"docker service ps fine {state}", "Complete");
        await team[1].UntilAsync($"docker service ps twice {state} | grep -c Failed", "3");
        await team[1].SayAsync($"docker service ps never fine twice {format}");
        await team[1].SayAsync("docker service ls --format '{{.Name}} {{.Replicas}}'");
        await team[1].SayAsync("docker service ps never -q | xargs docker inspect "
            + "-f '{{.Status.State}} {{.Status.Message}} {{.Status.Err}} {{.Status.ContainerStatus.ExitCode}}'");
    });

    [Fact]
    public Task A_job_runs_to_its_end() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(1);
        await team[1].SayAsync(
            $"{Create} --name job --mode replicated-job --replicas 3 --max-concurrent 2 test sleep 1 | tail -1");
        await team[1].SayAsync("docker service ls --format '{{.Name}} {{.Mode}} {{.Replicas}}'");
        await team[1].SayAsync(
            "docker service ps job --format '{{.Name}} {{.CurrentState}}' | sed -E 's/[0-9a-z]{25} /id /' | sort");
        await team[1].SayAsync($"{Create} --name each --mode global-job test true | tail -1");
        await team[1].SayAsync("docker service ls --filter name=each --format '{{.Name}} {{.Mode}} {{.Replicas}}'");
        await team[1].TypeAsync("docker service update -d --update-delay 1s job 2>&1");
    });
}
