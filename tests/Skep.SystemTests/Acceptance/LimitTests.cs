using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>Limits that the kernel enforces, restart policies, and health.</summary>
[Collection(EnginePairCollection.Name)]
public class LimitTests(EnginePair engines)
{
    [Fact]
    public Task Too_much_memory_kills_the_process_and_is_reported() => engines.CompareAsync(async user =>
    {
        Finished killed = await user.TypeAsync("docker run --name eater --memory 32m test tail /dev/zero");
        Assert.Equal(137, killed.ExitCode);
        Assert.Equal(
            "true 137 exited", await user.SayAsync(
                "docker inspect -f '{{.State.OOMKilled}} {{.State.ExitCode}} {{.State.Status}}' eater"));
        await user.PrepareAsync("sleep 1.1");
        await user.SayAsync(
            "docker events --since 5m --until 0s --filter container=eater --format '{{.Action}}' | sort");
    });

    [Fact]
    public Task Processor_memory_and_process_limits_reach_the_cgroup() => engines.CompareAsync(async user =>
    {
        const string v1 = "cd /sys/fs/cgroup; cat cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us cpu/cpu.shares "
            + "memory/memory.limit_in_bytes pids/pids.max cpuset/cpuset.cpus";
        const string v2 = "cd /sys/fs/cgroup; cat cpu.max cpu.weight memory.max pids.max cpuset.cpus";
        await user.SayAsync(
            "docker run --rm --cpus 0.5 --cpu-shares 512 --memory 64m --pids-limit 50 --cpuset-cpus 0 test "
            + $"sh -c 'test -e /sys/fs/cgroup/cgroup.controllers && {{ {v2}; }} || {{ {v1}; }}'");
        await user.SayAsync("docker run -d --name grows --memory 64m test sleep 1000");
        await user.SayAsync("docker update --memory 128m --memory-swap 256m --cpus 1.5 --restart on-failure:3 grows");
        await user.SayAsync(
            "docker inspect -f '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} "
            + "{{json .HostConfig.RestartPolicy}}' grows");
        await user.SayAsync(
            "docker exec grows sh -c 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat "
            + "/sys/fs/cgroup/memory.max'");
    });

    [Fact]
    public Task A_policy_starts_a_failed_process_again() => engines.CompareAsync(async user =>
    {
        await user.SayAsync("docker run -d --name tries --restart on-failure:2 test sh -c 'echo try; exit 9'");
        await user.UntilAsync("docker inspect -f '{{.State.Status}} {{.RestartCount}}' tries", "exited 2");
        Assert.Equal("try\ntry\ntry", await user.SayAsync("docker logs tries"));
        await user.SayAsync("docker run -d --name always --restart always test sleep 1000");
        await user.PrepareAsync(
            "kill -9 $(docker inspect -f '{{.State.Pid}}' always) || docker exec always kill -9 -1 || true");
        await user.SayAsync("docker stop -t 1 always");
        await user.SayAsync("docker inspect -f '{{.State.Status}}' always");
    });

    [Fact]
    public Task Health_is_checked_and_shown() => engines.CompareAsync(async user =>
    {
        await user.PrepareAsync("echo fine >$SHARE/well");
        await user.SayAsync(
            "docker run -d --name patient -v $SHARE:/h --health-cmd 'cat /h/well' --health-interval 200ms "
            + "--health-retries 2 --health-timeout 10s test sleep 1000");
        await user.UntilAsync("docker inspect -f '{{.State.Health.Status}}' patient", "healthy");
        await user.SayAsync("docker ps --filter health=healthy --format '{{.Names}}'");
        await user.SayAsync(
            "docker inspect -f '{{(index .State.Health.Log 0).Output}} "
            + "{{(index .State.Health.Log 0).ExitCode}}' patient");
        await user.SayAsync("docker exec patient rm /h/well");
        await user.UntilAsync("docker inspect -f '{{.State.Health.Status}}' patient", "unhealthy");
        await user.SayAsync("docker ps --filter health=unhealthy --format '{{.Names}}'");
        await user.PrepareAsync("sleep 1.1");
        await user.SayAsync(
            "docker events --since 5m --until 0s --filter container=patient --filter event=health_status "
            + "--format '{{.Action}}' | sort -u");
        await user.SayAsync("docker run --rm --no-healthcheck rich 'echo without'");
    });

    [Fact]
    public Task A_paused_container_stands_still() => engines.CompareAsync(async user =>
    {
        await user.SayAsync("docker run -d --name still test sleep 1000");
        await user.SayAsync("docker pause still");
        await user.SayAsync("docker ps --format '{{.State}} {{.Status}}'");
        await user.TypeAsync("docker exec still true 2>&1");
        await user.TypeAsync("docker pause still 2>&1");
        await user.SayAsync("docker unpause still");
        await user.SayAsync("docker exec still echo moves");
    });
}
