using Skep.Manager.Control;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Consensus;
using Skep.Tests.Store;

namespace Skep.Tests.Leader;

public class StoreControlTests
{
    [Fact]
    public async Task The_control_works_on_the_replicated_store()
    {
        await using LedSwarm swarm = await LedSwarm.StartAsync(1);
        StoreControl control = await swarm.ControlAsync();
        CancellationToken stop = CancellationToken.None;
        var spec = new SecretSpec { Annotations = new() { Name = "db" }, Data = Bytes.Utf8("value") };
        Secret secret = await control.CreateSecretAsync(spec, stop);
        Assert.Equal(25, secret.Id.Value.Length);
        Assert.Equal(secret, Assert.Single(await control.ListSecretsAsync(ObjectQuery.All, stop)));
        await Assert.ThrowsAsync<RefusedException>(() => control.CreateSecretAsync(spec, stop));
        await control.RemoveSecretAsync(secret.Id, stop);
        Assert.Empty(await control.ListSecretsAsync(ObjectQuery.All, stop));

        Cluster cluster = Assert.Single(await control.ListClustersAsync(ObjectQuery.All, stop));
        Cluster rotated = await control.UpdateClusterAsync(
            cluster.Id, cluster.Meta.Version, cluster.Spec, new(true, false, false), stop);
        Assert.StartsWith("SWMTKN-1-", rotated.RootCA.JoinTokens.Worker);
        RefusedException stale = await Assert.ThrowsAsync<RefusedException>(() => control.UpdateClusterAsync(
            cluster.Id, cluster.Meta.Version, cluster.Spec, default, stop));
        Assert.Equal("rpc error: code = Unknown desc = update out of sequence", stale.Message);
    }

    [Fact]
    public async Task A_node_with_very_many_tasks_is_removed_in_several_transactions()
    {
        await using LedSwarm swarm = await LedSwarm.StartAsync(1);
        TestManager leader = await swarm.Managers.LeaderAsync();
        await leader.Store.UpdateAsync(
            change =>
            {
                change.Create(Stores.Worker("w1"));
                for (int number = 0; number < 450; number++)
                {
                    change.Create(new SwarmTask
                    {
                        Id = new($"t{number}"),
                        NodeId = new("w1"),
                        Status = new() { State = TaskState.Running },
                    });
                }
            },
            CancellationToken.None).WaitAsync(TestSwarm.Patience);
        StoreWatch watch = leader.Store.Feed.Watch();
        StoreControl control = await swarm.ControlAsync();
        await control.RemoveNodeAsync(new("w1"), true, CancellationToken.None);

        // The leader's loop reaps orphans meanwhile, in transactions of its own.
        var ended = watch.TryNext()!.Commits
            .Select(commit => commit.Changes.Count(change => change is
                { Kind: StoreActionKind.Update, Object: SwarmTask { Status.State: TaskState.Orphaned } }))
            .Where(count => count > 0);
        Assert.Equal([200, 200, 50], ended);
        Assert.Null(leader.Store.Committed.Nodes.Get(new("w1")));
    }
}
