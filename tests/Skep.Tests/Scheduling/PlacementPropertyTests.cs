using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Scheduling;
using Skep.Tests.Store;

namespace Skep.Tests.Scheduling;

public class PlacementPropertyTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void One_that_followed_the_swarm_decides_as_one_that_has_never_seen_it(int seed)
    {
        var swarm = new RandomSwarm(seed);
        var old = new Scheduler();
        int decided = 0;
        for (int step = 0; step < 250; step++)
        {
            swarm.Step();
            Plan expected = new Scheduler().Decide(swarm.Store, swarm.Now, Stores.Ids());
            Plan found = old.Decide(swarm.Store, swarm.Now, Stores.Ids());
            Assert.Equal(Told(expected), Told(found));
            decided += found.Changes.Length;
            swarm.Make(found.Changes);
        }
        Assert.True(decided > 100);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_task_gets_the_node_that_looking_at_everything_finds(int seed)
    {
        var swarm = new RandomSwarm(100 + seed);
        var scheduler = new Scheduler();
        int placed = 0;
        for (int step = 0; step < 120; step++)
        {
            swarm.Step();
            Plan plan = scheduler.Decide(swarm.Store, swarm.Now, Stores.Ids());
            SortedDictionary<string, string> expected = PlacementModel.Place(swarm.Store, swarm.Now);
            Assert.Equal(
                expected,
                plan.Changes.Select(change => (SwarmTask)change.Actions[0].Object)
                    .Where(task => task.Status.State == TaskState.Assigned)
                    .OrderBy(task => task.Id.Value, StringComparer.Ordinal)
                    .Select(task => KeyValuePair.Create(task.Id.Value, task.NodeId.Value)));
            placed += expected.Count;
            swarm.Make(plan.Changes);
        }
        Assert.True(placed > 50);
    }

    private static IEnumerable<SwarmTask> Told(Plan plan) =>
        plan.Changes.Select(change => (SwarmTask)change.Actions.Single().Object);
}
