using Skep.Simulation.Clusters;

namespace Skep.Tests.Simulation;

/// <summary>A short run of what <c>./soak</c> does for hours.</summary>
public sealed class ClusterSimulationTests
{
    private static readonly TimeSpan safety = TimeSpan.FromSeconds(60);

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 8).Select(static seed => (ulong)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_swarm_keeps_every_promise_while_anything_fails_and_settles_once_faults_stop(ulong seed)
    {
        var run = new ClusterSimulation(seed, safety, null);
        run.Run();

        Assert.True(run.Figures.Elections > 0);
        Assert.True(run.Figures.Simulated >= safety);
    }

    /// <summary>A leader left a swarm of two, and the other, who did not know yet, waited for its vote.</summary>
    [Fact]
    public void Who_is_left_of_two_leads_alone() =>
        new ClusterSimulation(503632200990945, TimeSpan.FromMinutes(10), null).Run();

    /// <summary>
    /// A leader was removed by an entry of the one before, which lost power before it heard that it was committed.
    /// </summary>
    [Fact]
    public void Who_is_removed_stays_until_the_last_one_can_do_without_it() =>
        new ClusterSimulation(12, TimeSpan.FromMinutes(5), null).Run();

    /// <summary>It could not answer a manager that its log does not tell of.</summary>
    [Fact]
    public void Who_was_cut_off_for_long_is_led_by_one_that_joined_meanwhile() =>
        new ClusterSimulation(1553033217442067, TimeSpan.FromMinutes(10), null).Run();

    [Fact]
    public void A_founder_that_loses_power_before_anything_is_durable_founds_again()
    {
        // Enough calls for the log, its first entry and the first entry of the first leader.
        for (int calls = 0; calls < 30; calls++)
        {
            var run = new ClusterSimulation(5, TimeSpan.FromSeconds(2), null) { CallsUntilFounderLosesPower = calls };
            run.Run();
            Assert.True(run.Figures.Elections > 0);
        }
    }

    [Fact]
    public void A_seed_replays_exactly()
    {
        Assert.Equal(Trace(), Trace());

        static string Trace()
        {
            var trace = new StringWriter();
            var run = new ClusterSimulation(3, safety / 4, trace);
            run.Run();
            return $"{trace}{run.Figures}";
        }
    }

    [Fact]
    public void Faults_and_work_really_happen()
    {
        var all = new Figures();
        for (ulong seed = 101; seed <= 106; seed++)
        {
            var run = new ClusterSimulation(seed, safety, null);
            run.Run();
            all.Add(run.Figures);
        }

        Assert.True(all.Crashes > 0, "crashes");
        Assert.True(all.Partitions > 0, "partitions");
        Assert.True(all.SnapshotsSaved > 0, "snapshots");
        Assert.True(all.MemberChanges > 0, "changes of members");
        Assert.True(all.WritesDone > 0 && all.Reads > 0, "clients");
        Assert.True(all.WritesUnknown > 0, "writes whose outcome is unknown");
    }
}
