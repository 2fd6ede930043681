using Skep.Manager.Control;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Consensus;

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
        await WantAsync(swarm, other, NodeRole.Worker);
        StoreSnapshot store = await swarm.UntilAsync((manager, now) =>
            now.Nodes.Get(new(other))!.Role == NodeRole.Worker && manager.Membership.ToQuorum().Members.Length == 2);
        Assert.Equal(6, store.Cluster!.NetworkBootstrapKeys.Count);
    }

    [Fact]
    public async Task A_demoted_leader_hands_over_and_the_next_one_ends_its_membership()
    {
        await using LedSwarm swarm = await LedSwarm.StartAsync(3);
        TestManager leader = await swarm.Managers.LeaderAsync();
        string own = leader.Membership.ToQuorum().Members.Single(member => member.RaftId == leader.Driver.RaftId)
            .Node.Value;
        await WantAsync(swarm, own, NodeRole.Worker);
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
        await WantAsync(swarm, "w1", NodeRole.Manager);
        await swarm.UntilAsync((_, now) => now.Nodes.Get(new("w1"))!.Role == NodeRole.Manager);
    }

    /// <summary>As a user does it: once more when the loop has written to the node meanwhile.</summary>
    private static async Task WantAsync(LedSwarm swarm, string id, NodeRole role)
    {
        using var late = new CancellationTokenSource(TestSwarm.Patience);
        while (true)
        {
            StoreControl control = await swarm.ControlAsync();
            Node node = await control.GetNodeAsync(new(id), late.Token);
            Assert.Equal(role == NodeRole.Worker, node.ManagerStatus is not null);
            try
            {
                await control.UpdateNodeAsync(
                    node.Id, node.Meta.Version, node.Spec with { DesiredRole = role }, late.Token);
                return;
            }
            catch (RefusedException e) when (e.Message.EndsWith("update out of sequence", StringComparison.Ordinal))
            {
                late.Token.ThrowIfCancellationRequested(); // Another look, another version.
            }
        }
    }
}
