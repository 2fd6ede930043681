using Skep.SystemTests.Hosts;
using static Skep.SystemTests.Faults.FaultSwarm;

namespace Skep.SystemTests.Faults;

/// <summary>
/// The star-marked faults of consensus, partitions, members and the port, played on real processes
/// (docs/reliability.md).
/// </summary>
[Collection(FaultSwarmCollection.Name)]
public sealed class QuorumFaultTests(FaultSwarm swarm)
{
    [SkepFact]
    public async Task C5_C8_a_leader_that_was_frozen_answers_no_stale_read_and_a_retried_create_makes_one_object()
    {
        (TestHost leader, TestHost[] others) = await swarm.WholeAsync();
        await FreezeAsync(leader);
        Task<Finished> pending = leader.Shell("echo x | timeout 20 docker secret create c8 -").RunAsync();
        await Eventually.TrueAsync("the others take the retried create", TimeSpan.FromSeconds(120), async () =>
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
            string? refusal = await SecretWriter.RefusalOfAsync(others[0], "c8", soon.Token);

            // It may have been made by a try whose answer came too late.
            return refusal is null || refusal.StartsWith("Conflict", StringComparison.Ordinal);
        });

        Task<Finished> reading = leader.Docker("secret", "ls", "--format", "{{.Name}}").RunAsync();
        await ThawAsync(leader);
        Finished read = await reading;
        Assert.True(read.ExitCode != 0 || read.Text.Split('\n').Contains("c8"), $"a stale read: {read}");
        Assert.NotEqual(0, (await pending).ExitCode);
        await swarm.UntilReachableAsync(3);
        string names = await SayAsync(leader, "docker secret ls --format '{{.Name}}'");
        Assert.Single(names.Split('\n'), static name => name == "c8");
    }

    [SkepFact]
    public async Task N2_a_leader_that_sends_and_hears_nothing_is_replaced_and_follows_when_it_hears_again()
    {
        (TestHost leader, TestHost[] others) = await swarm.WholeAsync();
        await DeafenAsync(leader, others, "add");
        try
        {
            await UntilWritableAsync(others, "n2");
            Assert.NotEqual(leader, await LeaderOfAsync(others));
        }
        finally
        {
            await DeafenAsync(leader, others, "del");
        }

        await swarm.UntilReachableAsync(3);
    }

    [SkepFact]
    public async Task N3_a_follower_that_sends_and_hears_nothing_disturbs_no_leader()
    {
        (TestHost leader, TestHost[] others) = await swarm.WholeAsync();
        TestHost[] hearing = [leader, others[1]];
        int before = CandidaciesOf(others[0]);
        await DeafenAsync(others[0], hearing, "add");
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System);
            await UntilWritableAsync(hearing, "n3");

            // It asks whether it would win and hears no answer, so it raises no term.
            Assert.Equal(before, CandidaciesOf(others[0]));
        }
        finally
        {
            await DeafenAsync(others[0], hearing, "del");
        }

        await swarm.UntilReachableAsync(3);
    }

    [SkepFact]
    public async Task M5_a_leader_that_dies_while_it_is_demoted_ends_as_a_worker()
    {
        (TestHost leader, TestHost[] others) = await swarm.WholeAsync();
        string id = await SayAsync(leader, "docker info --format '{{.Swarm.NodeID}}'");
        await SayAsync(others[0], $"docker node demote {id}");
        await leader.KillEngineAsync();
        await UntilAsync(others[0], $"docker node inspect {id} -f '{{{{.Spec.Role}}}}'", "worker");
        await leader.StartEngineAsync();
        await UntilAsync(leader, "docker info --format '{{.Swarm.ControlAvailable}} {{.Swarm.LocalNodeState}}'",
            "false active");
        await UntilAsync(
            others[0], "docker node ls --format '{{.Hostname}} {{.Status}} [{{.ManagerStatus}}]'",
            $"{leader.Name} Ready []");
        await SayAsync(others[0], $"docker node promote {id}");
        await swarm.UntilReachableAsync(3);
    }

    [SkepFact]
    public async Task K4_after_a_forced_new_cluster_the_old_managers_do_not_come_back()
    {
        (TestHost survivor, TestHost[] others) = await swarm.WholeAsync();
        await Task.WhenAll(others.Select(static other => other.KillEngineAsync()));
        await SayAsync(survivor, $"docker swarm init --force-new-cluster --advertise-addr {survivor.Address}");
        await Task.WhenAll(others.Select(static other => other.StartEngineAsync()));
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
        await SayAsync(survivor, "echo x | docker secret create k4 -");
        await Eventually.TrueAsync("no other manager is listed", TimeSpan.FromSeconds(120), async () =>
            await SayAsync(survivor, "docker node ls --format '{{.ManagerStatus}}'") == "Leader");
        foreach (TestHost other in others)
        {
            await RefusedAsync(other, "echo x | timeout 20 docker secret create zombie -");
            await SayAsync(other, "docker swarm leave --force");
        }

        Assert.DoesNotContain("zombie", await SayAsync(survivor, "docker secret ls --format '{{.Name}}'"));
    }

    /// <remarks>In Docker the locked survivor cannot be saved: unlocking waits for a quorum that never comes.</remarks>
    [SkepFact]
    public async Task K5_the_last_of_locked_managers_makes_the_swarm_anew_when_it_is_unlocked()
    {
        (TestHost survivor, TestHost[] others) = await swarm.WholeAsync();
        string force = $"docker swarm init --force-new-cluster --advertise-addr {survivor.Address}";
        await SayAsync(survivor, "echo x | docker secret create k5 -");
        await SayAsync(survivor, "docker swarm update --autolock=true");
        string key = await SayAsync(survivor, "docker swarm unlock-key -q");
        string id = await SayAsync(survivor, "docker info --format '{{.Swarm.NodeID}}'");
        await Task.WhenAll(others.Select(static other => other.KillEngineAsync()));
        await RestartAsync(survivor);
        Assert.Contains("needs to be unlocked", await RefusedAsync(survivor, force));
        Assert.Contains("--force-new-cluster", await RefusedAsync(survivor, $"echo {key} | docker swarm unlock"));
        await RefusedAsync(survivor, "docker swarm init --force-new-cluster --advertise-addr 192.0.2.77:x");
        await SayAsync(survivor, force);
        await UntilAsync(survivor, "docker node ls --format '{{.ManagerStatus}}'", "Leader");
        Assert.Equal("k5", await SayAsync(survivor, "docker secret ls --format '{{.Name}}' --filter name=k5"));
        Assert.Equal(id, await SayAsync(survivor, "docker info --format '{{.Swarm.NodeID}}'"));

        // It is still locked with the same key.
        await RestartAsync(survivor);
        await UntilAsync(survivor, "docker info --format '{{.Swarm.LocalNodeState}}'", "locked");
        await SayAsync(survivor, $"echo {key} | docker swarm unlock");
        await Task.WhenAll(others.Select(static other => other.StartEngineAsync()));
    }

    /// <summary>What a command could not do costs the node nothing of what it had.</summary>
    [SkepFact]
    public async Task K6_a_forced_new_cluster_that_cannot_begin_leaves_the_manager_in_its_swarm()
    {
        (TestHost leader, TestHost[] others) = await swarm.WholeAsync();
        await SayAsync(leader, "echo x | docker secret create k6 -");
        Task<Finished> listening = leader.Inside("timeout", "60", "busybox", "nc", "-l", "-p", "2999").RunAsync();
        await Eventually.TrueAsync("the port is taken", TimeSpan.FromSeconds(30), async () =>
            (await leader.Inside("ss", "-tln").RunAsync()).Output.Contains(":2999 ", StringComparison.Ordinal));
        await RefusedAsync(
            leader,
            $"docker swarm init --force-new-cluster --advertise-addr {leader.Address} --listen-addr 0.0.0.0:2999");
        await leader.Inside("bash", "-c", ": >/dev/tcp/127.0.0.1/2999").RunAsync();
        await listening;
        await swarm.UntilReachableAsync(3);
        Assert.Contains("already part of a swarm", await RefusedAsync(leader, "docker swarm init"));
        await SayAsync(leader, "docker secret rm k6");
        Assert.Equal("", await SayAsync(others[0], "docker secret ls --format '{{.Name}}' --filter name=k6"));
    }

    [SkepFact]
    public async Task A7_connections_that_never_shake_hands_are_dropped_and_members_do_not_notice()
    {
        (TestHost leader, TestHost[] others) = await swarm.WholeAsync();
        const int count = 400;
        string script =
            $"ulimit -n 2000; for i in $(seq {count}); do exec {{fd}}<>/dev/tcp/{leader.Address}/2377 || break; "
            + "fds=\"$fds $fd\"; done; echo open; sleep 13; ended=0; "
            + "for fd in $fds; do read -r -t 0.01 -u $fd _; [ $? -gt 128 ] || ended=$((ended + 1)); done; echo $ended";
        Task<Finished> holding = swarm.Network.Outside("bash", "-c", script).RunAsync();
        for (int number = 0; number < 5; number++)
        {
            await SayAsync(others[0], $"echo x | docker secret create a7-{number}-{Environment.TickCount64} -");
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }

        Finished held = await holding;
        Assert.Equal($"{count}", held.Text.Split('\n')[^1]);
        await swarm.UntilReachableAsync(3);
    }

    private static async Task RestartAsync(TestHost host)
    {
        await host.StopEngineAsync();
        await host.StartEngineAsync();
    }

    private static Task FreezeAsync(TestHost host) =>
        new Command("kill", "-STOP", $"{host.EngineProcess}").CheckAsync();

    /// <summary>The nsenter that the engine was started with stops when its child does, and has to go on too.</summary>
    private static async Task ThawAsync(TestHost host)
    {
        Finished parent = await new Command("ps", "-o", "ppid=", "-p", $"{host.EngineProcess}").CheckAsync();
        await new Command("kill", "-CONT", parent.Text, $"{host.EngineProcess}").CheckAsync();
    }

    /// <summary>What the others send does not leave them; what it sends arrives.</summary>
    private static Task DeafenAsync(TestHost host, TestHost[] others, string change) => Task.WhenAll(others.Select(
        other => other.Inside("ip", "route", change, "blackhole", $"{host.Address}/32").CheckAsync()));
}
