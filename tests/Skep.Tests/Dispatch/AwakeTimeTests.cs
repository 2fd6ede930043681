using Skep.Manager.Dispatch;
using Skep.Swarm;

namespace Skep.Tests.Dispatch;

public class AwakeTimeTests
{
    private static readonly TimeSpan second = TimeSpan.FromSeconds(1);
    private readonly AwakeTime awake = new(second);

    [Fact]
    public void Time_passes_as_it_does_while_looks_come_in_time()
    {
        for (int look = 1; look <= 20; look++)
        {
            Assert.Equal(TimeSpan.Zero, awake.Look(second * look));
        }

        Assert.Equal(second * 20.5, awake.Of(second * 20.5));
    }

    [Fact]
    public void A_standstill_counts_as_the_longest_gap_that_is_usual()
    {
        awake.Look(second);
        Assert.Equal(second * 59, awake.Look(second * 61));
        Assert.Equal(second * 2, awake.Of(second * 61));
        awake.Look(second * 62);
        Assert.Equal(second * 3, awake.Of(second * 62));
        Assert.Equal(second * 29, awake.Look(second * 92));
        Assert.Equal(second * 4, awake.Of(second * 92));
    }

    /// <summary>
    /// The beats of a minute wait unread; the nodes are there, and one that is not is down in its time.
    /// </summary>
    [Fact]
    public void A_manager_that_stood_still_writes_nobody_off_before_it_has_listened()
    {
        var timings = new DispatchTimings();
        var liveness = new NodeLiveness(timings);
        TimeSpan At(double seconds) => awake.Of(second * seconds);
        foreach (string node in new[] { "there", "gone" })
        {
            liveness.Register(new NodeId(node), "", node, timings.HeartbeatPeriod, At(0));
            liveness.StreamOpened(new NodeId(node), node, timings.HeartbeatPeriod, At(0));
        }

        awake.Look(second);
        Assert.Empty(liveness.Look(At(1)));
        awake.Look(second * 60);
        Assert.Empty(liveness.Look(At(60)));
        liveness.Beat(new NodeId("there"), "there", timings.HeartbeatPeriod, At(60));
        var down = new List<string>();
        for (int look = 61; look < 75; look++)
        {
            awake.Look(second * look);
            down.AddRange(liveness.Look(At(look)).Select(static verdict => $"{verdict.Node} {verdict.State}"));
        }

        Assert.Equal(["gone Down"], down);
    }
}
