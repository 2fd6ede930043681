using Skep.SystemTests.Hosts;
using static Skep.SystemTests.Faults.FaultSwarm;

namespace Skep.SystemTests.Faults;

/// <summary>The star-marked faults of managers' disks, played on real processes (docs/reliability.md).</summary>
[Collection(FaultSwarmCollection.Name)]
public sealed class DiskFaultTests(FaultSwarm swarm)
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(120);

    [SkepFact]
    public async Task D1_a_leader_whose_sync_fails_ends_at_once_and_catches_up_after_its_restart()
    {
        (TestHost leader, TestHost[] others) = await swarm.WholeAsync();
        string trace = Path.Combine(leader.Folder, "trace");
        Task<Finished> failing = TraceAsync(leader, "fsync,fdatasync:error=EIO", trace);
        await UntilTracedAsync(leader);
        await leader.Shell("echo x | timeout 10 docker secret create d1-lost -").RunAsync();
        await Eventually.TrueAsync("the daemon has ended", patience, () => !leader.IsEngineUp);
        await failing;
        Assert.Contains("EIO", await File.ReadAllTextAsync(trace), StringComparison.Ordinal);

        await UntilWritableAsync(others, "d1");
        await leader.StartEngineAsync();
        await swarm.UntilReachableAsync(3);
        await EqualEverywhereAsync();
    }

    [SkepFact]
    public async Task D3_a_leader_without_room_hands_over_and_recovers_by_itself_when_there_is_room_again()
    {
        (TestHost leader, TestHost[] others) = await swarm.WholeAsync();
        int process = leader.EngineProcess;
        string fill = Path.Combine(leader.DataRoot, "fill");
        await leader.Inside("sh", "-c", $"cat /dev/zero >{fill}").RunAsync();

        // The room that the log has taken ahead, and then its reserve, are used up first: eight megabytes.
        int number = 0;
        await Eventually.TrueAsync("another manager leads", patience, async () =>
        {
            number++;
            await leader.Shell($"head -c 400000 /dev/zero | timeout 10 docker secret create d3-{number} -").RunAsync();
            return number > 10 && await LeaderOfAsync(others) is not null;
        });
        await UntilWritableAsync(others, "d3-while-full");

        await leader.Inside("rm", fill).CheckAsync();
        await swarm.UntilReachableAsync(3);
        await EqualEverywhereAsync();
        Assert.Equal(process, leader.EngineProcess);
        Assert.True(leader.IsEngineUp);
    }

    [SkepFact]
    public async Task D5_a_torn_tail_is_cut_off_and_kept_aside_and_the_manager_catches_up()
    {
        (TestHost leader, TestHost[] others) = await swarm.WholeAsync();
        var writer = new SecretWriter();
        using (var enough = new CancellationTokenSource())
        {
            Task before = writer.WriteAsync([leader], 4, enough.Token);
            await Eventually.TrueAsync("it writes", patience, () => writer.Acknowledged.Count > 10);
            await enough.CancelAsync();
            await before;
        }

        // Looked up before, for a program takes its time to start, and the others only wait so long.
        string segment = await NewestSegmentAsync(leader);
        using var end = new CancellationTokenSource();
        await SilenceAsync(leader, others, "add");
        try
        {
            // From here on nobody hears of what it saves, so all of that may be lost.
            long heard = EndOfRecords(leader, segment);
            Task writing = writer.WriteAsync([leader], 4, end.Token);
            await UntilWritableAsync(others, "d5");
            await leader.KillEngineAsync();
            await end.CancelAsync();
            await writing;
            Assert.Equal(segment, await NewestSegmentAsync(leader));

            // The room behind the last record is zeros: what is cut must reach into the record itself.
            long cut = EndOfRecords(leader, segment) - 40;
            Assert.True(cut > heard, "the leader was replaced before it had saved what nobody heard of");
            await leader.Inside("truncate", "-s", $"{cut}", segment).CheckAsync();
        }
        finally
        {
            await SilenceAsync(leader, others, "del");
        }

        await leader.StartEngineAsync();
        await swarm.UntilReachableAsync(3);
        Assert.NotEqual(
            "", (await leader.Inside("ls", $"{leader.DataRoot}/swarm/raft/broken").CheckAsync()).Text);
        await EqualEverywhereAsync();
        HashSet<string> there = await SecretWriter.NamesAsync(leader);
        Assert.DoesNotContain(writer.Acknowledged, name => !there.Contains(name));
    }

    [SkepFact]
    public async Task D6_a_flipped_bit_before_the_tail_is_refused_in_words_and_nothing_is_changed()
    {
        (_, TestHost[] others) = await swarm.WholeAsync();
        TestHost follower = others[0];
        await follower.KillEngineAsync();
        string segment = $"{follower.DataRoot}/swarm/raft/log/"
            + (await follower.Inside("ls", $"{follower.DataRoot}/swarm/raft/log").CheckAsync()).Text.Split('\n')[0];
        string flip = $"b=$(od -An -tu1 -j700 -N1 {segment}); "
            + $"printf \\\\$(printf %o $((b ^ 4))) | dd of={segment} bs=1 seek=700 conv=notrunc status=none";
        await follower.Inside("bash", "-c", flip).CheckAsync();
        string before = (await follower.Inside("md5sum", segment).CheckAsync()).Text;

        await follower.StartEngineAsync();
        await UntilAsync(follower, "docker info", "is damaged at byte");
        string refusal = await RefusedAsync(follower, "echo x | docker secret create d6 -");
        Assert.NotEqual("", refusal);
        Assert.Equal(before, (await follower.Inside("md5sum", segment).CheckAsync()).Text);
        await UntilWritableAsync([.. swarm.Managers.Where(host => host != follower)], "d6");

        await follower.KillEngineAsync();
        await follower.Inside("bash", "-c", flip).CheckAsync();
        await follower.StartEngineAsync();
        await swarm.UntilReachableAsync(3);
    }

    [SkepFact]
    public async Task D10_a_leader_whose_disk_does_not_answer_is_replaced_and_ends_itself()
    {
        (TestHost leader, TestHost[] others) = await swarm.WholeAsync();
        string trace = Path.Combine(leader.Folder, "trace");
        Task<Finished> stalling = TraceAsync(leader, "fsync,fdatasync:delay_enter=40000000", trace);
        await UntilTracedAsync(leader);
        Task<Finished> stuck = leader.Shell("echo x | timeout 10 docker secret create d10-stuck -").RunAsync();
        await UntilWritableAsync(others, "d10");
        Assert.NotEqual(0, (await stuck).ExitCode);
        await Eventually.TrueAsync("the daemon has ended", patience, () => !leader.IsEngineUp);
        await stalling;
        await leader.StartEngineAsync();
        await swarm.UntilReachableAsync(3);
        await EqualEverywhereAsync();
    }

    [SkepFact]
    public async Task D11_a_manager_whose_log_is_gone_comes_back_as_another_member()
    {
        (TestHost leader, TestHost[] others) = await swarm.WholeAsync();
        TestHost follower = others[1];
        await follower.KillEngineAsync();
        await follower.Inside("rm", "-r", $"{follower.DataRoot}/swarm/raft").CheckAsync();
        await follower.StartEngineAsync();
        await swarm.UntilReachableAsync(3);
        await EqualEverywhereAsync();
        Assert.Contains(
            "comes back without its log", await File.ReadAllTextAsync(leader.LogFile), StringComparison.Ordinal);
    }

    [SkepFact]
    public async Task Every_record_of_a_log_can_be_shown_without_what_it_holds()
    {
        (TestHost leader, _) = await swarm.WholeAsync();
        await SayAsync(leader, "echo canary-in-the-log | docker secret create shown -");
        string skep = Path.Combine(Engine.OutFolder, "skep");
        string shown = (await leader.Inside(skep, "debug", "log", $"{leader.DataRoot}/swarm").CheckAsync()).Text;
        Assert.Contains("ConfChange", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", shown, StringComparison.Ordinal);
    }

    private async Task EqualEverywhereAsync()
    {
        HashSet<string> expected = await SecretWriter.NamesAsync(swarm.Managers[0]);
        foreach (TestHost manager in swarm.Managers)
        {
            await Eventually.TrueAsync($"{manager.Name} has every secret", patience, async () =>
                expected.IsSubsetOf(await SecretWriter.NamesAsync(manager)));
        }
    }

    private static async Task<string> NewestSegmentAsync(TestHost host) => $"{host.DataRoot}/swarm/raft/log/"
        + (await host.Inside("ls", $"{host.DataRoot}/swarm/raft/log").CheckAsync()).Text.Split('\n')[^1];

    /// <summary>Behind the last byte that is not zero.</summary>
    private static long EndOfRecords(TestHost host, string segment) =>
        File.ReadAllBytes(host.Outside(segment)).AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

    /// <summary>Nothing that it sends leaves it.</summary>
    private static Task SilenceAsync(TestHost host, TestHost[] others, string change) => Task.WhenAll(others.Select(
        other => host.Inside("ip", "route", change, "blackhole", $"{other.Address}/32").CheckAsync()));

    private static Task<Finished> TraceAsync(TestHost host, string fault, string trace) => new Command(
        "timeout", "60", "strace", "-f", "-qq", "-p", $"{host.EngineProcess}", "-e", "trace=fsync,fdatasync",
        "-e", $"inject={fault}", "-o", trace).RunAsync();

    private static Task UntilTracedAsync(TestHost host) => Eventually.TrueAsync(
        "the tracer is attached", patience, () =>
            !File.ReadAllText($"/proc/{host.EngineProcess}/status").Contains("TracerPid:\t0\n"));
}
