using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary><c>docker run</c>: what the process in the container sees, and what comes back from it.</summary>
[Collection(EnginePairCollection.Name)]
public class RunTests(EnginePair engines)
{
    [Fact]
    public Task In_the_foreground_output_and_exit_code_come_back() => engines.CompareAsync(async user =>
    {
        Finished finished = await user.TypeAsync("docker run --rm test sh -c 'echo out; echo err >&2; exit 3'");
        Assert.Equal((3, "out", "err"), (finished.ExitCode, finished.Text, finished.Errors.Trim()));
        Assert.Equal("hi", await user.SayAsync("echo hi | docker run --rm -i test cat"));
        Assert.Equal("100000", await user.SayAsync("docker run --rm test seq 100000 | wc -l"));
        Assert.Equal("", await user.SayAsync("docker ps -aq"));
    });

    [Fact]
    public Task What_cannot_be_started_ends_with_dockers_exit_codes() => engines.CompareAsync(async user =>
    {
        Finished refused = await user.TypeAsync("docker run --rm --memory 1k test true");
        Assert.Equal(125, refused.ExitCode);
        Finished notExecutable = await user.TypeAsync("docker run --rm test /etc/passwd");
        Assert.Equal(126, notExecutable.ExitCode);
        Finished missing = await user.TypeAsync("docker run --rm test nosuch");
        Assert.Equal(127, missing.ExitCode);
        Assert.Contains("executable file not found", missing.Errors, StringComparison.Ordinal);
        Assert.Equal("", await user.SayAsync("docker ps -aq"));
        await user.TypeAsync("docker run --name kept test nosuch");
        await user.SayAsync("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' kept");
    });

    [Fact]
    public Task Detached_it_runs_until_it_is_stopped() => engines.CompareAsync(async user =>
    {
        await user.SayAsync(
            "docker run -d --name one test sh -c 'trap \"exit 7\" TERM; echo up; while :; do sleep 0.1; "
            + "done'");
        await user.UntilAsync("docker logs one", "up");
        await user.SayAsync("docker ps --format '{{.Names}} {{.Image}} {{.Command}} {{.State}} {{.Status}}'");
        await user.SayAsync("docker stop one");
        await user.SayAsync("docker ps -a --format '{{.Names}} {{.State}} {{.Status}}'");
        Assert.Equal("7", await user.SayAsync("docker wait one"));
        await user.SayAsync("docker start one && docker kill -s KILL one && docker wait one");
        await user.SayAsync("docker restart -t 1 one && docker rm -f one");
    });

    [Fact]
    public Task With_a_terminal_the_process_has_one() => engines.CompareAsync(async user =>
    {
        // The client tells the size after the start, so the first answer could be too early; and nobody types before he
        // is asked.
        // Before the terminal has its size, stty complains.
        const string inside = "tty; for i in 1 2 3 4 5 6 7 8 9; "
            + "do stty size 2>&1 | grep -q 33.99 && break; sleep 1; done; "
            + "stty size; touch /s/asked; read x; echo got \\$x; exit 5";
        Finished finished = await user.TypeAsync(
            "(until [ -e $SHARE/asked ]; do sleep 0.1; done; echo hello) | script -qec \"stty rows 33 cols 99; "
            + $"docker run --rm -it -v $SHARE:/s test sh -c '{inside}'\" /dev/null");
        Assert.Contains("/dev/pts/0", finished.Output, StringComparison.Ordinal);
        Assert.Contains("33 99", finished.Output, StringComparison.Ordinal);
        Assert.Contains("got hello", finished.Output, StringComparison.Ordinal);
        Assert.Equal(5, finished.ExitCode);
    });

    [Fact]
    public Task Host_folders_and_temporary_ones_are_mounted_as_asked() => engines.CompareAsync(async user =>
    {
        await user.SayAsync("echo outside >$SHARE/file");
        await user.SayAsync("docker run --rm -v $SHARE:/data test sh -c 'cat /data/file; echo inside >/data/back'");
        Assert.Equal("inside", await user.SayAsync("cat $SHARE/back"));
        Finished refused = await user.TypeAsync(
            "docker run --rm -v $SHARE:/data:ro test sh -c 'echo x >/data/no' 2>&1");
        Assert.Contains("Read-only file system", refused.Output, StringComparison.Ordinal);
        await user.SayAsync(
            "docker run --rm --tmpfs /scratch:size=1m,mode=700 test sh -c 'grep scratch /proc/mounts; echo "
            + "x >/scratch/y'");
        await user.SayAsync("docker run --rm --mount type=bind,src=$SHARE,dst=/m,readonly test cat /m/file");
        await user.TypeAsync("docker run --rm --mount type=bind,src=/no/such/folder,dst=/m test true");
        await user.SayAsync("docker run --rm -v $SHARE/made:/m test ls -ld /m | cut -c1-10; test -d $SHARE/made");
    });

    [Fact]
    public Task The_root_can_be_read_only_and_the_first_process_an_init() => engines.CompareAsync(async user =>
    {
        Finished refused = await user.TypeAsync("docker run --rm --read-only test touch /new 2>&1");
        Assert.Equal(1, refused.ExitCode);
        await user.SayAsync("docker run --rm --read-only --tmpfs /tmp test touch /tmp/new /dev/shm/new");
        Assert.Equal("docker-init", await user.SayAsync("docker run --rm --init test cat /proc/1/comm"));
    });

    [Fact]
    public Task Users_are_found_in_the_image() => engines.CompareAsync(async user =>
    {
        Assert.Equal(
            "uid=1000(app) gid=1000(app) groups=33(www),1000(app),2000(extra)", await user.SayAsync(
                "docker run --rm -u app test id"));
        await user.SayAsync("docker run --rm -u app:www test id");
        await user.SayAsync("docker run --rm -u 1000 test sh -c 'id; echo $HOME'");
        await user.SayAsync("docker run --rm -u 4321:8765 test sh -c 'id; echo $HOME'");
        await user.SayAsync("docker run --rm -u app --group-add 77 --group-add extra test id");
        await user.TypeAsync("docker run --rm -u nobodyhere test id 2>&1 | grep -o 'unable to find user nobodyhere.*'");
    });

    [Fact]
    public Task Image_and_command_line_are_merged() => engines.CompareAsync(async user =>
    {
        Assert.Equal("hello 1000 /home/app", await user.SayAsync("docker run --rm rich"));
        await user.SayAsync("docker run --rm -e GREETING=bye -e EMPTY= -w /tmp -u 0 rich");
        await user.SayAsync("docker run --rm --entrypoint /bin/echo rich only this");
        await user.SayAsync("docker run --rm rich 'env | sort'");
        await user.SayAsync("docker run --rm -w /made/by/engine -u 0 rich 'pwd; ls -ld .' | cut -c1-20");
        await user.SayAsync("docker create --name shape -l own=label rich");
        await user.SayAsync(
            "docker inspect -f '{{json .Config.Labels}} {{json .Config.Entrypoint}} {{json .Config.Cmd}}' "
            + "shape");
        await user.SayAsync(
            "docker inspect -f '{{json .Config.Healthcheck}} {{.Config.StopSignal}} {{.Config.User}}' shape");
    });

    [Fact]
    public Task The_process_gets_dockers_confinement() => engines.CompareAsync(async user =>
    {
        const string status = "grep -E 'Cap|NoNewPrivs|Seccomp:' /proc/self/status";
        await user.SayAsync($"docker run --rm test {status}");
        await user.SayAsync($"docker run --rm -u app test {status}");
        await user.SayAsync($"docker run --rm --cap-drop ALL --cap-add NET_ADMIN test {status}");
        await user.SayAsync(
            $"docker run --rm --security-opt no-new-privileges --security-opt seccomp=unconfined test "
            + $"{status}");
        await user.SayAsync("docker run --rm test sh -c 'mount -t tmpfs x /tmp 2>&1; unshare -m true 2>&1; true'");
        await user.SayAsync(
            "docker run --rm test sh -c 'echo 1 >/proc/sys/vm/swappiness; touch /sys/x /proc/fs/x; true' "
            + "2>&1");
        await user.SayAsync("docker run --rm test sh -c 'wc -c </proc/timer_list; ls /sys/firmware | wc -l'");
        await user.SayAsync("docker run --rm test sh -c 'ls /dev; ls -l /dev/fd /dev/ptmx | cut -c40-'");
        await user.SayAsync(
            "docker run --rm test sh -c \"grep -E ' /(proc|dev|sys|dev/[a-z]+) ' /proc/mounts | grep -v "
            + "cgroup | sort\"");
    });

    [Fact]
    public Task A_seccomp_profile_of_ones_own_decides() => engines.CompareAsync(async user =>
    {
        await File.WriteAllTextAsync(Path.Combine(user.Host.Share, "profile.json"), SeccompFiles.Profile);
        const string deeds = "sh -c '(mkdir /made; ln -s a /link && echo linked; hostname other) 2>&1; "
            + "grep Seccomp: /proc/self/status'";
        const string run = "docker run --rm --security-opt seccomp=$SHARE/profile.json";
        string plain = await user.SayAsync($"{run} test {deeds}");
        Assert.Contains("'/made': No space left on device", plain);
        Assert.DoesNotContain("linked", plain);
        Assert.Contains("linked", await user.SayAsync($"{run} --cap-add NET_ADMIN test {deeds}"));
        Assert.Contains(
            "sethostname: Input/output error", await user.SayAsync($"{run} --cap-add SYS_ADMIN test {deeds}"));
        await user.SayAsync("docker run --rm --security-opt seccomp=unconfined test " + deeds);
        await File.WriteAllTextAsync(
            Path.Combine(user.Host.Share, "wrong.json"), """{"defaultAction":"SCMP_ACT_NONE"}""");
        await user.TypeAsync("docker run --rm --security-opt seccomp=$SHARE/wrong.json test true 2>&1 "
            + "| grep -o 'SCMP_ACT_NONE is not a valid action for seccomp'");
        await user.TypeAsync("docker run --rm --security-opt seccomp=$SHARE/nowhere.json test true");
    });

    [Fact]
    public Task Names_limits_and_kernel_settings_are_those_asked_for() => engines.CompareAsync(async user =>
    {
        await user.SayAsync(
            "docker run --rm -h box --domainname example.org test sh -c 'hostname; cat /etc/hostname; "
            + "hostname -f'");
        await user.SayAsync("docker run --rm --add-host db:10.77.1.2 -h box test sed s/::0/::/ /etc/hosts");
        await user.SayAsync(
            "docker run --rm --dns 10.77.0.1 --dns-search example.org --dns-option ndots:3 test sort "
            + "/etc/resolv.conf");
        await user.SayAsync(
            "docker run --rm --ulimit nofile=100:200 --ulimit core=0 test sh -c 'ulimit -n; ulimit -Hn; "
            + "ulimit -c'");
        await user.SayAsync("docker run --rm --sysctl net.ipv4.ip_forward=1 test cat /proc/sys/net/ipv4/ip_forward");
        await user.SayAsync("docker run --rm --shm-size 1m test sh -c 'grep /dev/shm /proc/mounts'");
        await user.SayAsync("docker run --rm --device /dev/null:/dev/mine test ls -l /dev/mine | cut -c1-10");
        await user.SayAsync("docker run --rm --oom-score-adj 200 test cat /proc/self/oom_score_adj");
    });

    [Fact]
    public Task Namespaces_are_shared_when_asked() => engines.CompareAsync(async user =>
    {
        await user.SayAsync("docker run -d --name first -h first --ipc shareable test sleep 1000");
        await user.SayAsync("docker run --rm --network container:first test sh -c 'hostname; ip -o link | wc -l'");
        await user.SayAsync("docker run --rm --pid container:first test sh -c 'ps | grep -c \"[s]leep 1000\"'");
        await user.SayAsync("docker run --rm --ipc container:first test true");
        await user.SayAsync("docker run --rm --network none test ip -o link");
        await user.SayAsync("docker run --rm --network host test sh -c 'ip -o -4 addr show eth0 | wc -l'");
    });
}
