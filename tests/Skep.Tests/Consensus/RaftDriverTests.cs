using Skep.Manager.Consensus;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Tests.Consensus;

public class RaftDriverTests
{
    [Fact]
    public void A_store_that_grows_is_written_less_often()
    {
        const int writeCount = 400;
        SteppedSwarm swarm = new SteppedSwarm { SnapshotEntries = 5, KeptEntries = 0 }.Grow(1);
        var begins = new HashSet<ulong>();
        for (int number = 0; number < writeCount; number++)
        {
            swarm[1].Create($"s{number}");
            swarm.Settle();
            begins.Add(swarm[1].Driver.CoreStatus.FirstIndex);
        }

        // One for each time that the store has doubled, and not one for every five entries.
        Assert.InRange(begins.Count, 5, 20);
        Assert.True(swarm[1].Driver.CoreStatus.FirstIndex > writeCount / 3);

        // What a restart finds counts as much as what was written since.
        ulong first = swarm[1].Driver.CoreStatus.FirstIndex;
        swarm.Crash(1);
        Assert.Equal(first, swarm.Restart(1).Driver.CoreStatus.FirstIndex);
    }

    [Fact]
    public void Writes_gather_while_others_are_under_way_and_then_go_together()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        SteppedManager leader = swarm.Leader;
        StartedWrite<Secret>[] writes = [.. new[] { "a", "b", "c" }.Select(name =>
        {
            StartedWrite<Secret> write = leader.Create(name);
            leader.Driver.Step(0);
            return write;
        })];
        ulong first = writes[0].Waits!.Index;
        Assert.Equal([first, 0UL, 0UL], writes.Select(it => it.Waits!.Index));
        Assert.Equal(first, leader.Driver.CoreStatus.LastIndex);

        // Both followers write the first and say so.
        SteppedManager[] followers = [.. new ulong[] { 1, 2, 3 }.Select(id => swarm[id]).Where(it => it != leader)];
        Array.ForEach(followers, it => it.Driver.Step(0));
        leader.Driver.Step(0);
        Assert.True(writes[0].Waits!.Outcome.IsCompletedSuccessfully);
        Assert.Equal([first, first + 1, first + 2], writes.Select(it => it.Waits!.Index));

        // What brings them the others tells of the first as well.
        Array.ForEach(followers, it => it.Driver.Step(0));
        Assert.All(followers, it => Assert.Equal(first + 2, it.Driver.CoreStatus.LastIndex));
        Assert.All(followers, it => Assert.True(it.Has("a")));
        swarm.Settle();
        Assert.All(writes, it => Assert.True(it.Waits!.Outcome.IsCompletedSuccessfully));
    }

    [Fact]
    public void A_write_that_gathers_when_leadership_ends_was_certainly_not_carried_out()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        SteppedManager leader = swarm.Leader;
        swarm.Network.Isolate(leader.Driver.RaftId);
        StartedWrite<Secret> first = leader.Create("first");
        leader.Driver.Step(0);
        StartedWrite<Secret> second = leader.Create("second");
        leader.Driver.Step(0);
        swarm.Tick(40);
        Assert.False(leader.Leads);
        Assert.Equal(ErrorKind.OutcomeUnknown, SteppedManager.RefusalOf(first.Waits!).Kind);
        Assert.Equal(ErrorKind.Unavailable, SteppedManager.RefusalOf(second.Waits!).Kind);

        swarm.Network.Heal();
        swarm.Tick(40);
        Assert.All(new ulong[] { 1, 2, 3 }, id => Assert.False(swarm[id].Has("second")));
    }

    [Fact]
    public void Followers_hear_of_a_commit_by_a_step_without_input()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        SteppedManager leader = swarm.Leader;
        SteppedManager[] followers = [.. new ulong[] { 1, 2, 3 }.Select(id => swarm[id]).Where(it => it != leader)];
        leader.Create("a");
        for (int round = 0; round < 10; round++)
        {
            foreach (SteppedManager manager in followers.Append(leader).Where(it => it.Driver.HasInput))
            {
                manager.Driver.Step(0);
            }
        }

        Assert.True(leader.Has("a"));
        Assert.True(leader.Driver.HasUntoldCommit);
        Assert.DoesNotContain(followers, it => it.Has("a"));

        leader.Driver.Step(0);
        Assert.False(leader.Driver.HasUntoldCommit);
        foreach (SteppedManager manager in followers)
        {
            manager.Driver.Step(0);
        }

        Assert.All(followers, it => Assert.True(it.Has("a")));
    }

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
