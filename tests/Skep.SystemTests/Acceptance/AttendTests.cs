using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>Looking after a running container: exec, attach, logs, cp, top, stats, events.</summary>
[Collection(EnginePairCollection.Name)]
public class AttendTests(EnginePair engines)
{
    private const string Sleeper = "docker run -d --name one test sleep 1000";

    [Fact]
    public Task Exec_runs_a_second_process() => engines.CompareAsync(async user =>
    {
        await user.SayAsync(Sleeper);
        Finished finished = await user.TypeAsync("docker exec one sh -c 'echo out; echo err >&2; exit 4'");
        Assert.Equal((4, "out", "err"), (finished.ExitCode, finished.Text, finished.Errors.Trim()));
        await user.SayAsync("echo fed | docker exec -i one cat");
        await user.SayAsync("docker exec -u app -w /tmp -e A=b one sh -c 'id -un; pwd; echo $A'");
        // The reference says 126 here, later engines 127.
        await user.SayAsync("docker exec one nosuch; test $? -ge 126");
        Assert.Equal(126, (await user.TypeAsync("docker exec one /etc/passwd")).ExitCode);
        await user.SayAsync("docker exec -d one sh -c 'echo later >/tmp/later'");
        await user.UntilAsync("docker exec one cat /tmp/later", "later");
        await user.SayAsync("docker stop -t 0 one");
        Assert.Equal(1, (await user.TypeAsync("docker exec one true 2>&1 | tr C c; exit ${PIPESTATUS[0]}")).ExitCode);
    });

    [Fact]
    public Task Exec_has_a_terminal_when_asked() => engines.CompareAsync(async user =>
    {
        await user.SayAsync("docker run -d --name one -v $SHARE:/s test sleep 1000");

        // The client tells the size after the start, so the first answer could be too early; and nobody types before he
        // is asked.
        const string inside = "for i in 1 2 3 4 5 6 7 8 9; do stty size 2>&1 | grep -q 22.77 && break; sleep 1; done; "
            + "stty size; touch /s/asked; read x; echo got \\$x; exit 6";
        Finished finished = await user.TypeAsync(
            "(until [ -e $SHARE/asked ]; do sleep 0.1; done; echo word) | script -qec \"stty rows 22 cols 77; "
            + $"docker exec -it one sh -c '{inside}'\" /dev/null");
        Assert.Contains("22 77", finished.Output, StringComparison.Ordinal);
        Assert.Equal(6, finished.ExitCode);
    });

    [Fact]
    public Task Attach_joins_the_streams() => engines.CompareAsync(async user =>
    {
        await user.SayAsync("docker run -d --name late test sh -c 'sleep 5; echo late; exit 8'");
        Finished finished = await user.TypeAsync("docker attach --no-stdin late");
        Assert.Equal((8, "late"), (finished.ExitCode, finished.Text));
        await user.SayAsync("docker run -d -i --name open test sh -c 'read x; echo got $x; exit 9'");
        await user.TypeAsync("echo word | docker attach open >/dev/null");
        Assert.Equal("got word", await user.SayAsync("docker logs open"));
        await user.SayAsync("docker create -i --name fed test cat");
        Assert.Equal("all of it", await user.SayAsync("echo all of it | docker start -ai fed"));
    });

    [Fact]
    public Task Logs_are_kept_cut_and_followed() => engines.CompareAsync(async user =>
    {
        await user.SayAsync(
            "docker run --name talks test sh -c 'for i in 1 2 3 4 5; do echo line $i; done; sleep 0.2; "
            + "echo bad >&2' 2>/dev/null");
        await user.SayAsync("docker logs talks 2>/dev/null");
        Assert.Equal("bad", await user.SayAsync("docker logs talks 2>&1 >/dev/null"));
        await user.SayAsync("docker logs -n 2 talks 2>/dev/null");
        await user.SayAsync("docker logs -t -n 1 talks 2>/dev/null");
        Assert.Equal("", await user.SayAsync("docker logs --since 2099-01-01T00:00:00Z talks 2>&1"));
        Assert.Equal("", await user.SayAsync("docker logs --until 2001-01-01T00:00:00Z talks 2>&1"));
        await user.SayAsync("docker run -d --name counts test sh -c 'for i in 1 2 3 4 5; do echo $i; sleep 0.2; done'");
        Assert.Equal("1\n2\n3\n4\n5", await user.SayAsync("docker logs -f counts"));
        await user.SayAsync("docker run --name mute --log-driver none test echo unheard");
        await user.TypeAsync("docker logs mute 2>&1");
        await user.SayAsync(
            "docker run -d --name rolls --log-opt max-size=2k --log-opt max-file=2 test sh -c 'seq 2000; "
            + "sleep 1000'");
        await user.UntilAsync("docker logs -n 1 rolls", "2000");
    });

    [Fact]
    public Task Files_are_copied_in_and_out() => engines.CompareAsync(async user =>
    {
        await user.SayAsync("docker run -d --name one -v vol:/vol test sleep 1000");
        await user.SayAsync(
            "mkdir -p $SHARE/tree/sub && echo a >$SHARE/tree/a && echo b >$SHARE/tree/sub/b && chmod 640 "
            + "$SHARE/tree/a");
        await user.SayAsync(
            "docker cp $SHARE/tree one:/root && docker exec one sh -c 'find /root | sort; stat -c %a "
            + "/root/tree/a'");
        await user.SayAsync("docker cp $SHARE/tree/. one:/vol && docker exec one ls -R /vol");
        await user.SayAsync("docker cp $SHARE/tree/a one:/tmp/renamed && docker exec one cat /tmp/renamed");
        await user.SayAsync("docker cp one:/root/tree $SHARE/back && find $SHARE/back -type f | sort");
        await user.SayAsync("docker cp one:/etc/passwd - | tar -t");
        await user.SayAsync("tar -C $SHARE -c tree | docker cp - one:/home && docker exec one ls /home/tree");
        await user.TypeAsync("docker cp one:/no/such $SHARE/x 2>&1");
        await user.TypeAsync("docker cp $SHARE/tree/a one:/no/such/folder/ 2>&1 | tail -n 1");
        await user.SayAsync(
            "docker exec one ln -s /etc/group /tmp/link && docker cp -L one:/tmp/link $SHARE/deep && head "
            + "-n 1 $SHARE/deep");
        await user.SayAsync("docker stop -t 0 one && docker cp one:/root/tree/sub/b - | tar -xO");
        await user.SayAsync("docker diff one >/dev/null 2>&1 || true");
    });

    [Fact]
    public Task A_link_in_a_container_leads_nowhere_outside_it() => engines.CompareAsync(async user =>
    {
        await user.SayAsync("echo secret >$SHARE/outside");
        await user.SayAsync(
            "docker run --name trap test sh -c \"ln -s $SHARE /tmp/way; ln -s "
            + "../../../../../../../../etc/hostname /tmp/up\"");
        Assert.NotEqual(0, (await user.TypeAsync("docker cp trap:/tmp/way/outside $SHARE/got 2>/dev/null")).ExitCode);
        await user.SayAsync(
            "echo x >$SHARE/in; docker cp $SHARE/in trap:/tmp/way/planted 2>/dev/null; test ! -e "
            + "$SHARE/planted");
    });

    [Fact]
    public Task Processes_and_use_are_shown() => engines.CompareAsync(async user =>
    {
        await user.SayAsync("docker run -d --name one --memory 64m test sh -c 'sleep 1000 & sleep 2000 & wait'");
        await user.UntilAsync("docker top one", "sleep 2000");
        await user.SayAsync("docker top one -o args | sort");
        await user.SayAsync("docker top one | head -n 1");
        await user.SayAsync(
            "docker stats --no-stream --format '{{.Name}} {{.PIDs}} {{.MemUsage}}' one | sed "
            + "'s,[0-9.]*[KM]*iB /,USE /,'");
        await user.SayAsync("docker stats --no-stream --format '{{.CPUPerc}}' one | grep -c %");
    });

    [Fact]
    public Task Events_tell_what_happened() => engines.CompareAsync(async user =>
    {
        await user.PrepareAsync("sleep 1; date +%s >$SHARE/since; sleep 0.1");
        await user.SayAsync("docker run --rm --name short test true");
        await user.SayAsync("docker network create news && docker network rm news");
        await user.SayAsync("docker volume create news && docker volume rm news");
        await user.PrepareAsync("sleep 1");
        const string range = "docker events --since $(cat $SHARE/since) --until $(date +%s)";
        await user.SayAsync(
            $"{range} --filter type=container --format '{{{{.Action}}}} {{{{.Actor.Attributes.name}}}} "
            + $"{{{{.Actor.Attributes.image}}}}'");
        await user.SayAsync($"{range} --filter event=die --format '{{{{.Type}}}} {{{{.Actor.Attributes.exitCode}}}}'");
        await user.SayAsync(
            $"{range} --filter type=network --filter network=news --format '{{{{.Action}}}} "
            + $"{{{{.Actor.Attributes.type}}}}'");
        await user.SayAsync(
            $"{range} --filter type=volume --format '{{{{.Action}}}} {{{{.Actor.Attributes.driver}}}}'");
    });
}
