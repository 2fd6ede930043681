using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Tests.Consensus;

public class RaftDriverTests
{
    [Fact]
    public async Task One_manager_takes_writes_and_has_them_after_a_restart()
    {
        await using TestSwarm swarm = await TestSwarm.StartAsync(1);
        Secret created = await swarm.Managers[1].CreateAsync("a");
        Assert.Equal("a", created.Spec.Annotations.Name);

        await swarm.StopAsync(1);
        TestManager again = swarm.Restart(1, "node1");
        await again.LeadsAsync();
        Assert.Equal(created, again.Store.Committed.Secrets.Named("a"));
    }

    [Fact]
    public async Task Three_managers_agree_and_a_write_survives_its_leader()
    {
        await using TestSwarm swarm = await TestSwarm.StartAsync(3);
        Secret? created = null;
        TestManager leader = await swarm.InsistAsync(async manager => created = await manager.CreateAsync("a"));

        await swarm.StopAsync(leader.Driver.RaftId);
        StoreSnapshot? read = null;
        TestManager next = await swarm.InsistAsync(
            async manager => read = await manager.Store.ReadAsync(CancellationToken.None));
        Assert.Equal(created, read!.Secrets.Named("a"));
        Assert.Equal(3, next.Driver.Status.Value.Members.Configuration.Voters.Length);
    }
}
