using Skep.Manager.Control;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Consensus;
using Xunit;

namespace Skep.Tests.Leader;

public class LeaderLoopTests
{
    [Fact]
    public async Task A_demoted_manager_leaves_the_quorum_and_then_loses_its_role()
    {
        await using LedSwarm swarm = await LedSwarm.StartAsync(3);
        TestManager leader = await swarm.Managers.LeaderAsync();
        string other = leader.Membership.ToQuorum().Members.First(member => member.RaftId != leader.Driver.RaftId)
            .Node.Value;
        await DemoteAsync(swarm, other);
        StoreSnapshot store = await swarm.UntilAsync(
            (_, now) => now.Nodes.Get(new(other))!.Role == NodeRole.Worker);
        Assert.Equal(2, leader.Membership.ToQuorum().Members.Length);
        Assert.Equal(6, store.Cluster!.NetworkBootstrapKeys.Count);
    }

    [Fact]
    public async Task A_demoted_leader_hands_over_and_the_next_one_ends_its_membership()
    {
        await using LedSwarm swarm = await LedSwarm.StartAsync(3);
        TestManager leader = await swarm.Managers.LeaderAsync();
        string own = leader.Membership.ToQuorum().Members.Single(member => member.RaftId == leader.Driver.RaftId)
            .Node.Value;
        await DemoteAsync(swarm, own);
        await swarm.UntilAsync((manager, now) => manager != leader
            && now.Nodes.Get(new(own))!.Role == NodeRole.Worker
            && manager.Membership.ToQuorum().Members.Length == 2);
    }

    [Fact]
    public async Task A_promoted_worker_is_certified_as_a_manager()
    {
        await using LedSwarm swarm = await LedSwarm.StartAsync(1);
        TestManager leader = await swarm.Managers.LeaderAsync();
        await leader.Store.UpdateAsync(
            change => change.Create(Store.Stores.Worker("w1")), CancellationToken.None).WaitAsync(TestSwarm.Patience);
        StoreControl control = await swarm.ControlAsync();
        Node worker = await control.GetNodeAsync(new("w1"), CancellationToken.None);
        NodeSpec promoted = worker.Spec with { DesiredRole = NodeRole.Manager };
        await control.UpdateNodeAsync(worker.Id, worker.Meta.Version, promoted, CancellationToken.None);
        await swarm.UntilAsync((_, now) => now.Nodes.Get(new("w1"))!.Role == NodeRole.Manager);
    }

    private static async Task DemoteAsync(LedSwarm swarm, string id)
    {
        StoreControl control = await swarm.ControlAsync();
        Node node = await control.GetNodeAsync(new(id), CancellationToken.None);
        Assert.NotNull(node.ManagerStatus);
        await control.UpdateNodeAsync(
            node.Id, node.Meta.Version, node.Spec with { DesiredRole = NodeRole.Worker }, CancellationToken.None);
    }
}
