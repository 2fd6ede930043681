using Skep.Agent.Session;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Tests.Session;

public sealed class ManagerListTests
{
    private readonly ManagerList managers = new(new IdSource(new Random(7).NextBytes));

    [Fact]
    public void Nobody_is_chosen_when_nobody_is_known() => Assert.Null(managers.Choose());

    [Fact]
    public void Managers_of_equal_weight_are_chosen_about_equally()
    {
        managers.Observe(At("a:1"), 10);
        managers.Observe(At("b:1"), 10);
        int first = Enumerable.Range(0, 1000).Count(_ => managers.Choose() == At("a:1"));
        Assert.InRange(first, 400, 600);
    }

    [Fact]
    public void A_manager_that_failed_is_chosen_hardly_ever_while_another_is_well()
    {
        managers.Observe(At("a:1"), 10);
        managers.Observe(At("b:1"), 10);
        managers.ObserveKnown(At("a:1"), -10);
        Assert.InRange(Enumerable.Range(0, 1000).Count(_ => managers.Choose() == At("a:1")), 0, 5);
        managers.ObserveKnown(At("b:1"), -10);
        Assert.InRange(Enumerable.Range(0, 1000).Count(_ => managers.Choose() == At("a:1")), 350, 650);
    }

    [Fact]
    public void Managers_that_are_no_longer_told_are_dropped()
    {
        managers.Observe(At("old:1"), 10);
        managers.Replace([
            new WeightedPeer { Peer = At("a:1"), Weight = 10 },
            new WeightedPeer { Peer = At(""), Weight = 10 },
            new WeightedPeer { Weight = 10 },
        ]);
        Assert.Equal(At("a:1"), Assert.Single(managers.Peers));
        managers.ObserveKnown(At("old:1"), 10);
        Assert.Equal(At("a:1"), Assert.Single(managers.Peers));
    }

    [Fact]
    public void Pauses_after_failures_grow_to_eight_seconds()
    {
        var bounds = new List<double>();
        TimeSpan bound = TimeSpan.Zero;
        for (int i = 0; i < 9; i++)
        {
            bound = AgentSession.NextBound(bound);
            bounds.Add(bound.TotalMilliseconds);
        }

        Assert.Equal([100, 300, 700, 1500, 3100, 6300, 8000, 8000, 8000], bounds);
    }

    private static Peer At(string address) => new() { NodeId = new("m"), Addr = address };
}
