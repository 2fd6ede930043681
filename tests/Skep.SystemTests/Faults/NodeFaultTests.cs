using System.Diagnostics;
using System.Globalization;
using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;
using Xunit.Abstractions;

namespace Skep.SystemTests.Faults;

/// <summary>Workers die or are cut off: what they did is done elsewhere, once, and only when it must be.</summary>
[Collection(SwarmPairCollection.Name)]
public class NodeFaultTests(SwarmPair engines, ITestOutputHelper output)
{
    private const int Nodes = 5;
    private const int Replicas = 10;

    private static readonly TimeSpan patience = TimeSpan.FromSeconds(120);

    // With either engine and any load a node is waited for longer than this.
    private static readonly TimeSpan blink = TimeSpan.FromSeconds(3);

    [SkepFact]
    public Task A_dead_workers_tasks_run_elsewhere_and_nothing_is_twice_when_it_is_back() =>
        engines.PlayAsync(async team =>
        {
            await ServeAsync(team);
            List<string>[] before = Containers(team);
            Assert.NotEmpty(before[^1]);
            var watch = Stopwatch.StartNew();
            await team[Nodes].Host.CrashAsync();
            await UntilAliveAsync(team, Replicas);
            output.WriteLine($"{before[^1].Count} tasks run elsewhere after {watch.Elapsed.TotalSeconds:F1} s");

            await team[Nodes].Host.RebootAsync();
            await team.UntilNodeAsync($"host{Nodes} Ready");
            await team.UntilServiceAsync($"moves {Replicas}/{Replicas}");
            await UntilAliveAsync(team, Replicas);
            AssertKept(before, Containers(team), Nodes - 1);
            Assert.Empty(RunningContainers.Of(team[Nodes].Host));
        });

    [SkepFact]
    public Task A_node_that_was_cut_off_keeps_its_tasks_for_a_while_and_then_gives_them_up() =>
        engines.PlayAsync(async team =>
        {
            await ServeAsync(team);
            List<string>[] before = Containers(team);
            TestHost cut = team[Nodes].Host;

            // For a moment: nothing moves.
            await cut.CutAsync();
            await Task.Delay(blink, TimeProvider.System);
            await cut.HealAsync();
            await team.UntilNodeAsync($"host{Nodes} Ready");
            AssertKept(before, Containers(team), Nodes);

            // For longer than the swarm waits: its tasks run elsewhere as well, for it does not know of that.
            await cut.CutAsync();
            await team.UntilNodeAsync($"host{Nodes} Down");
            await UntilAliveAsync(team, Replicas + before[^1].Count);
            AssertKept(before, Containers(team), Nodes);

            // Back again, it gives up its own.
            await cut.HealAsync();
            await team.UntilNodeAsync($"host{Nodes} Ready");
            await UntilAliveAsync(team, Replicas);
            await team.UntilServiceAsync($"moves {Replicas}/{Replicas}");
            AssertKept(before, Containers(team), Nodes - 1);
            Assert.Empty(RunningContainers.Of(cut));
        });

    private static async Task ServeAsync(Team team)
    {
        await team.ServeAsync(Nodes);
        await team[1].PrepareAsync("docker service create -d -q --no-resolve-image --stop-signal KILL --name moves "
            + $"--replicas {Replicas} test sleep 3600");
        await team.UntilServiceAsync($"moves {Replicas}/{Replicas}");
    }

    private static Task UntilAliveAsync(Team team, int count) => Eventually.TrueAsync(
        string.Create(CultureInfo.InvariantCulture, $"{count} containers run"),
        patience,
        () => Containers(team).Sum(static one => one.Count) == count);

    private static List<string>[] Containers(Team team) =>
        [.. team.All.Select(static user => user.Host.IsUp ? RunningContainers.Of(user.Host) : [])];

    /// <summary>What ran on the first hosts runs there still: the very same containers.</summary>
    private static void AssertKept(List<string>[] before, List<string>[] after, int hostCount)
    {
        for (int index = 0; index < hostCount; index++)
        {
            Assert.Empty(before[index].Except(after[index]));
        }
    }
}
