using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Faults;

/// <summary>The machine fails below the daemon: containerd, a shim, the disk.</summary>
public class BrokenMachineTests
{
    [SkepFact]
    public async Task A_killed_containerd_comes_back_and_containers_do_not_notice()
    {
        await using SingleHost single = await SingleHost.StartAsync();
        await single.SayAsync("docker run -d --name web -h web -p 8080:80 web:1");
        string first = await single.SayAsync("docker inspect -f '{{.State.Pid}}' web");
        await KillByNameAsync(single.Host, "containerd");
        await single.UntilAsync("docker run --rm test echo works", "works");
        Assert.Equal(first, await single.SayAsync("docker inspect -f '{{.State.Pid}}' web"));
        Assert.Equal("web v1", await single.FetchAsync("127.0.0.1:8080"));
        Assert.Equal("in", await single.SayAsync("docker exec web echo in"));
        await single.SayAsync("docker stop -t 2 web && docker rm web");
    }

    [SkepFact]
    public async Task A_killed_shim_ends_its_container_and_that_is_told()
    {
        await using SingleHost single = await SingleHost.StartAsync();
        await single.SayAsync("docker run -d --name one -p 8080:80 web:1");
        await KillByNameAsync(single.Host, "containerd-shim");
        await single.UntilAsync("docker inspect -f '{{.State.Status}}' one", "exited");
        await single.SayAsync("docker start one");
        await single.UntilAsync("docker inspect -f '{{.State.Status}}' one", "running");
        await single.SayAsync("docker rm -f one");
    }

    [SkepFact]
    public async Task On_a_full_disk_requests_fail_in_words_and_work_again_when_there_is_room()
    {
        await using SingleHost single = await SingleHost.StartAsync(Engine.UnderTest with { DiskMegabytes = 768 });
        await single.SayAsync("docker run -d --name web -h web -p 8080:80 web:1");
        string fill = Path.Combine(single.Host.DataRoot, "fill");
        await single.Host.Inside("dd", "if=/dev/zero", $"of={fill}", "bs=64k").RunAsync();
        await single.Host.Inside("sh", "-c", $"cat /dev/zero >>{fill}").RunAsync();
        Finished refused = await single.Host.Shell("docker run --rm test echo works 2>&1").RunAsync();
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("no space left on device", refused.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("web v1", await single.FetchAsync("127.0.0.1:8080"));
        await single.Host.Inside("rm", fill).CheckAsync();
        await single.Host.StartEngineAsync();
        await single.UntilAsync("docker run --rm test echo works", "works");
        Assert.Equal("web", await single.SayAsync("docker ps -a --format '{{.Names}}'"));
        Assert.Equal("in", await single.SayAsync("docker exec web echo in"));
    }

    [SkepFact]
    public async Task A_failed_fsync_ends_the_daemon_and_nothing_that_was_promised_is_lost()
    {
        await using SingleHost single = await SingleHost.StartAsync();
        await single.SayAsync("docker run -d --name web -h web -p 8080:80 web:1");
        string trace = Path.Combine(single.Host.Folder, "trace");
        Task<Finished> failing = new Command(
            "timeout", "60", "strace", "-f", "-qq", "-p", $"{single.Host.EngineProcess}", "-e", "trace=fsync,fdatasync",
            "-e", "inject=fsync,fdatasync:error=EIO", "-o", trace).RunAsync();
        await Eventually.TrueAsync("the tracer is attached", TimeSpan.FromSeconds(30), () =>
            !File.ReadAllText($"/proc/{single.Host.EngineProcess}/status").Contains("TracerPid:\t0\n"));
        Finished refused = await single.Host.Docker("create", "--name", "lost", "test").RunAsync();
        Assert.NotEqual(0, refused.ExitCode);
        await Eventually.TrueAsync("the daemon has ended", TimeSpan.FromSeconds(60), () => !single.Host.IsEngineUp);
        await failing;
        Assert.Contains("EIO", await File.ReadAllTextAsync(trace), StringComparison.Ordinal);
        Assert.Equal("web v1", await single.FetchAsync("127.0.0.1:8080"));
        await single.Host.StartEngineAsync();
        Assert.Equal("in", await single.SayAsync("docker exec web echo in"));
        await single.SayAsync("docker rm -f lost 2>/dev/null; docker create --name lost test");
    }

    private static async Task KillByNameAsync(TestHost host, string name)
    {
        string script =
            $"for p in /proc/[0-9]*; do read -r n <$p/comm; [ \"$n\" != {name} ] || kill -9 ${{p#/proc/}}; done";
        await host.Inside("sh", "-c", script).RunAsync();
    }
}
