using Skep.Simulation.Clusters;
using Xunit;

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
