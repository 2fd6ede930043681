using System.Diagnostics;
using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Faults;

/// <summary>Managers die, are cut off, or lose their power while clients write: what was acknowledged stays.</summary>
[Collection(SwarmPairCollection.Name)]
public class SwarmFaultTests(SwarmPair engines)
{
    private const int Clients = 16;
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(180);

    [SkepFact]
    public Task No_acknowledged_write_is_lost_when_leaders_are_killed() => engines.PlayAsync(async team =>
    {
        TestHost[] managers = await ThreeManagersAsync(team);
        await WriteWhileAsync(managers, async () =>
        {
            for (int round = 0; round < 3; round++)
            {
                await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
                TestHost leader = await LeaderAsync(managers);
                await leader.KillEngineAsync();
                await UntilWritableAsync([.. managers.Where(one => one != leader)], $"kill-{round}");
                await leader.StartEngineAsync();
                await UntilReachableAsync(managers, 3);
            }
        });
    });

    [SkepFact]
    public Task No_acknowledged_write_is_lost_when_a_leader_is_cut_off() => engines.PlayAsync(async team =>
    {
        TestHost[] managers = await ThreeManagersAsync(team);
        await WriteWhileAsync(managers, async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
            TestHost leader = await LeaderAsync(managers);
            await leader.CutAsync();
            try
            {
                await UntilWritableAsync([.. managers.Where(one => one != leader)], "cut");

                // The one outside must not take a write, whatever it believes to be.
                using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
                Assert.False(await SecretWriter.TryCreateAsync(leader, "outside", soon.Token));
            }
            finally
            {
                await leader.HealAsync();
            }

            await UntilReachableAsync(managers, 3);
        });
    });

    [SkepFact]
    public Task No_acknowledged_write_is_lost_when_all_managers_lose_their_power() => engines.PlayAsync(async team =>
    {
        TestHost[] managers = await ThreeManagersAsync(team);
        await WriteWhileAsync(managers, async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
            await Task.WhenAll(managers.Select(one => one.CrashAsync()));
            foreach (TestHost manager in managers)
            {
                await manager.RebootAsync();
            }

            await UntilReachableAsync(managers, 3);
        });
    });

    [SkepFact]
    public Task Nothing_of_a_secret_or_a_key_stands_on_a_disk() => engines.PlayAsync(async team =>
    {
        const string canary = "canary-4711-in-the-mine";
        TestHost[] managers = await ThreeManagersAsync(team);
        await team[1].PrepareAsync($"echo {canary} | docker secret create canary -");
        await team[1].PrepareAsync("docker swarm update --autolock=true");
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        foreach (TestHost manager in managers)
        {
            foreach (string clear in new[] { canary, "PRIVATE KEY", "SWMKEY-1-", "SWMTKN-1-" })
            {
                Finished found = await new Command("grep", "-rlaF", clear, $"{manager.DataRoot}/swarm").RunAsync();
                Assert.Equal("", found.Text);
                found = await new Command("grep", "-laF", clear, manager.LogFile).RunAsync();
                Assert.Equal("", found.Text);
            }
        }
    });

    [SkepFact]
    public Task A_swarm_comes_back_from_its_backup_on_another_host() => engines.PlayAsync(async team =>
    {
        string skep = Path.Combine(Engine.OutFolder, "skep");
        await team.InitAsync();
        await team[1].PrepareAsync("echo x | docker secret create kept -");
        await team[1].PrepareAsync("echo 'a passphrase' >$SHARE/pass");
        string file = Path.Combine(team[1].Host.Share, "swarm.backup");
        string refused = await team[1].PrepareAsync($"! {skep} swarm backup {file} 2>&1");
        Assert.Contains("give a passphrase", refused, StringComparison.Ordinal);
        await team[1].PrepareAsync($"{skep} swarm backup --passphrase-file $SHARE/pass {file}");
        await team[1].PrepareAsync("echo x | docker secret create later -");
        await team[1].Host.CrashAsync();

        string wrong = await team[2].PrepareAsync(
            $"echo wrong | (! {skep} swarm restore --passphrase-file - --advertise-addr {team[2].Host.Address} "
            + $"{file} 2>&1)");
        Assert.Contains("the passphrase is wrong", wrong, StringComparison.Ordinal);
        await team[2].PrepareAsync(
            $"{skep} swarm restore --passphrase-file {team[1].Host.Share}/pass "
            + $"--advertise-addr {team[2].Host.Address} {file}");
        Assert.Equal("kept", await team[2].PrepareAsync("docker secret ls --format '{{.Name}}'"));
        await team[2].PrepareAsync("echo x | docker secret create after -");
        await team[2].Host.KillEngineAsync();
        await team[2].Host.StartEngineAsync();
        await team[2].UntilAsync("docker secret ls --format '{{.Name}}' 2>&1 | sort | tail -1", "kept");
        await team[1].Host.RebootAsync();
    });

    private static async Task<TestHost[]> ThreeManagersAsync(Team team)
    {
        await team.InitAsync();
        await team.JoinAsync(2, "manager");
        await team.JoinAsync(3, "manager");
        TestHost[] managers = [team[1].Host, team[2].Host, team[3].Host];
        await UntilReachableAsync(managers, 3);
        return managers;
    }

    private static async Task WriteWhileAsync(TestHost[] managers, Func<Task> trouble)
    {
        using var end = new CancellationTokenSource();
        var writer = new SecretWriter();
        Task writing = writer.WriteAsync(managers, Clients, end.Token);
        try
        {
            await trouble();
        }
        finally
        {
            await end.CancelAsync();
            await writing;
        }

        HashSet<string> there = await SecretWriter.NamesAsync(managers[^1]);
        Assert.True(writer.Acknowledged.Count > 100, $"only {writer.Acknowledged.Count} writes were acknowledged");
        Assert.DoesNotContain(writer.Acknowledged, name => !there.Contains(name));
    }

    private static async Task UntilWritableAsync(TestHost[] managers, string name)
    {
        var watch = Stopwatch.StartNew();
        for (int turn = 0; ; turn++)
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
            if (await SecretWriter.TryCreateAsync(managers[turn % managers.Length], $"{name}-{turn}", soon.Token))
            {
                return;
            }

            Assert.True(watch.Elapsed < patience, "no manager takes a write");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static Task UntilReachableAsync(TestHost[] managers, int count) => Eventually.TrueAsync(
        $"{count} managers reach each other",
        patience,
        async () =>
        {
            foreach (TestHost manager in managers)
            {
                Finished list = await manager.Docker("node", "ls", "--format", "{{.ManagerStatus}}").RunAsync();
                if (list.Text.Split('\n').Count(static line => line is "Leader" or "Reachable") != count)
                {
                    return false;
                }
            }

            return true;
        });

    private static async Task<TestHost> LeaderAsync(TestHost[] managers)
    {
        foreach (TestHost manager in managers)
        {
            Finished answer = await manager.Docker(
                "node", "inspect", "self", "--format", "{{.ManagerStatus.Leader}}").RunAsync();
            if (answer.Text == "true")
            {
                return manager;
            }
        }

        return managers[0];
    }
}
