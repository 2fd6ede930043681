using System.Collections.Immutable;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Decisions;

public class RoundTests
{
    [Fact]
    public void A_decision_sees_what_the_one_before_it_decided_and_both_become_one_change()
    {
        StoreSnapshot store = Stores.With(Stores.Worker("w1"));
        Decider create = (cluster, _, _) => cluster.Tasks.Count > 0
            ? Plan.Nothing
            : new([Make("t1"), Make("t2")], null);
        Decider place = (cluster, _, _) => new(
            [.. cluster.Tasks.All.Where(task => task.NodeId.IsEmpty)
                .Select(task => Change.Update(task with { NodeId = new("w1") }))],
            Stores.Now.AddSeconds(3));
        Plan plan = Round.Decide(store, [create, place], Stores.Now, Stores.Ids());
        Assert.Equal(Stores.Now.AddSeconds(3), plan.WakeAt);
        Assert.Equal(2, plan.Changes.Length);
        Assert.All(plan.Changes, change => Assert.Equal(StoreActionKind.Create, Assert.Single(change.Actions).Kind));
        StoreSnapshot after = Make(store, plan);
        Assert.Equal(["w1", "w1"], after.Tasks.All.Select(task => task.NodeId.Value));
        Assert.Empty(Round.Decide(after, [create, place], Stores.Now, Stores.Ids()).Changes);
    }

    [Fact]
    public void What_is_made_and_taken_back_in_one_round_is_nothing()
    {
        Decider create = (_, _, _) => new([Change.Create(new SwarmTask { Id = new("t1") })], null);
        Decider remove = (cluster, _, _) => new([.. cluster.Tasks.All.Select(Change.Remove)], null);
        Assert.Empty(Round.Decide(Stores.With(), [create, remove], Stores.Now, Stores.Ids()).Changes);
    }

    [Fact]
    public void A_change_that_was_overtaken_is_left_out_whole_and_the_others_are_made()
    {
        StoreSnapshot store = Stores.With(Stores.Worker("w1"), Stores.Worker("w2"), Stores.Worker("w3"));
        Node one = store.Nodes.Get(new("w1"))!, two = store.Nodes.Get(new("w2"))!, three = store.Nodes.Get(new("w3"))!;
        Change pair = new([.. Change.Update(one with { VxlanUdpPort = 1 }).Actions, .. Change.Update(two).Actions]);
        Change single = Change.Update(three with { VxlanUdpPort = 3 });
        StoreSnapshot moved = store.Change(change => change.Update(two with { VxlanUdpPort = 2 }));
        StoreSnapshot after = Make(moved, new([pair, single], null));
        Assert.Equal([0u, 2u, 3u], after.Nodes.All.Select(node => node.VxlanUdpPort));
        Assert.False(Change.Create(one).TryMake(new(store, new(9), Stores.Now)));
    }

    [Fact]
    public void Large_plans_are_cut_into_transactions_that_the_log_takes()
    {
        ImmutableArray<Change> many =
            [.. Enumerable.Range(0, 450).Select(number => Change.Create(new SwarmTask { Id = new($"t{number}") }))];
        Assert.Equal([200, 200, 50], Batches.Of(many).Select(batch => batch.Length));
        ImmutableArray<Change> large =
        [
            .. Enumerable.Range(0, 5).Select(number => Change.Create(new Config
            {
                Id = new($"c{number}"),
                Spec = new() { Data = Bytes.Owning(new byte[400_000]) },
            })),
        ];
        Assert.Equal([2, 2, 1], Batches.Of(large).Select(batch => batch.Length));
    }

    private static Change Make(string id) => Change.Create(new SwarmTask { Id = new(id) });

    private static StoreSnapshot Make(StoreSnapshot store, Plan plan) => store.Change(transaction =>
    {
        foreach (Change change in plan.Changes)
        {
            change.TryMake(transaction);
        }
    });
}
