using Skep.Swarm.Decisions;
using Skep.Swarm.Nodes;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Nodes;

public class RoleReconcileTests
{
    [Fact]
    public void A_promotion_certifies_the_role_first_and_leaves_joining_to_the_node()
    {
        Node wanted = Stores.Worker("w1");
        wanted = wanted with { Spec = wanted.Spec with { DesiredRole = NodeRole.Manager } };
        RolePlan plan = Decide(Stores.With(Stores.Manager("m1"), wanted), Stores.Quorum("m1"));
        Node changed = Assert.IsType<Node>(Assert.Single(Assert.Single(plan.Plan.Changes).Actions).Object);
        Assert.Equal(("w1", NodeRole.Manager), (changed.Id.Value, changed.Role));
        Assert.Null(plan.Step);
        Assert.Null(plan.Plan.WakeAt);
    }

    [Fact]
    public void A_demotion_leaves_the_quorum_first_and_loses_the_role_after()
    {
        StoreSnapshot store = Stores.With(Stores.Manager("m1"), Demoted("m2"), Stores.Manager("m3"));
        RolePlan plan = Decide(store, Stores.Quorum("m1", "m2", "m3"));
        Assert.Empty(plan.Plan.Changes);
        Assert.Equal(new RemoveMember(2, new("m2")), plan.Step);
        plan = Decide(store, Stores.Quorum("m1", "m3"));
        Assert.Equal(NodeRole.Worker, ((Node)plan.Plan.Changes[0].Actions[0].Object).Role);
        Assert.Null(plan.Step);
    }

    [Fact]
    public void A_demoted_leader_hands_over_after_all_others_are_gone()
    {
        StoreSnapshot store = Stores.With(Demoted("m1"), Demoted("m2"), Stores.Manager("m3"));
        Assert.Equal(new RemoveMember(2, new("m2")), Decide(store, Stores.Quorum("m1", "m2", "m3")).Step);
        Assert.Equal(new HandOver(), Decide(store, Stores.Quorum("m1", "x3", "m3") with
        {
            Members = [.. Stores.Quorum("m1", "m2", "m3").Members.Where(member => member.Node.Value != "m2")],
        }).Step);
    }

    [Fact]
    public void A_removal_that_would_lose_the_quorum_waits()
    {
        StoreSnapshot store = Stores.With(Stores.Manager("m1"), Stores.Manager("m2"), Demoted("m3"));
        RolePlan plan = Decide(store, Stores.Quorum("m1", "m2!", "m3"));
        Assert.Null(plan.Step);
        Assert.Equal(Stores.Now.AddSeconds(5), plan.Plan.WakeAt);
        Assert.Equal(new RemoveMember(3, new("m3")), Decide(store, Stores.Quorum("m1", "m2", "m3!")).Step);
    }

    [Fact]
    public void A_member_whose_node_was_removed_leaves_the_quorum()
    {
        StoreSnapshot store = Stores.With(Stores.Manager("m1"), Stores.Manager("m3"));
        Assert.Equal(new RemoveMember(2, new("gone")), Decide(store, Stores.Quorum("m1", "gone", "m3")).Step);
    }

    /// <remarks>Managers left or were lost after its demotion was granted; one that never joined is no help.</remarks>
    [Fact]
    public void The_last_manager_never_leaves_and_its_demotion_is_taken_back()
    {
        StoreSnapshot store = Stores.With(Demoted("m1"), Stores.Manager("lost"), Stores.Worker("w1"));
        RolePlan plan = Decide(store, Stores.Quorum("m1"));
        Assert.Null(plan.Step);
        Assert.Null(plan.Plan.WakeAt);
        Node kept = Assert.IsType<Node>(Assert.Single(Assert.Single(plan.Plan.Changes).Actions).Object);
        Assert.Equal(("m1", NodeRole.Manager, NodeRole.Manager), (kept.Id.Value, kept.Role, kept.Spec.DesiredRole));
        store = store.Change(change => Assert.True(plan.Plan.Changes[0].TryMake(change)));
        Assert.Equal(new RolePlan(Plan.Nothing, null), Decide(store, Stores.Quorum("m1")));
    }

    [Fact]
    public void The_last_manager_that_waits_for_one_that_catches_up_goes_then()
    {
        StoreSnapshot store = Stores.With(Demoted("m1"), Stores.Manager("m2"));
        Quorum quorum = Stores.Quorum("m1", "m2");
        Quorum learning = quorum with { Members = [quorum.Members[0], quorum.Members[1] with { IsVoter = false }] };
        RolePlan plan = Decide(store, learning);
        Assert.Empty(plan.Plan.Changes);
        Assert.Null(plan.Step);
        Assert.NotNull(plan.Plan.WakeAt);
        Assert.Equal(new HandOver(), Decide(store, quorum).Step);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Roles_settle_wherever_leaders_stop(int seed)
    {
        var swarm = new RoleSwarm(seed);
        for (int step = 0; step < 400; step++)
        {
            swarm.Disturb();
            swarm.Check();
        }
        swarm.Heal();
        for (int step = 0; step < 100 && !swarm.IsSettled; step++)
        {
            swarm.LeaderLooks(isStopped: false);
            swarm.NodesAct();
            swarm.Check();
        }
        Assert.True(swarm.IsSettled, swarm.ToString());
    }

    private static Node Demoted(string id)
    {
        Node node = Stores.Manager(id);
        return node with { Spec = node.Spec with { DesiredRole = NodeRole.Worker } };
    }

    private static RolePlan Decide(StoreSnapshot store, Quorum quorum) =>
        RoleReconcile.Decide(store, quorum, Stores.Now);
}
