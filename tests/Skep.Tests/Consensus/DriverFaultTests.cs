using Skep.Linux.Files;
using Skep.Manager.Consensus;
using Skep.Manager.Storage;
using Skep.Raft;
using Skep.Simulation.Disk;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Tests.Consensus;

/// <summary>The faults of disks and of members that a manager meets, one at a time.</summary>
public class DriverFaultTests
{
    [Fact]
    public void One_manager_leads_at_its_first_step_and_again_after_a_restart()
    {
        var swarm = new SteppedSwarm();
        Assert.True(swarm.Found().Leads);
        swarm.Crash(1);
        Assert.True(swarm.Restart(1).Leads);
    }

    [Fact]
    public void A_leader_without_room_hands_over_and_comes_back_when_there_is_room()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        SteppedManager full = swarm.Leader;
        full.Disk.CapacityBytes = full.Disk.UsedBytes;
        FillRoom(swarm, full);
        swarm.Tick(20);
        Assert.NotNull(full.Driver.Status.Value.Problem);
        Assert.NotEqual(full, swarm.Leader);
        swarm.Leader.Create("meanwhile");
        swarm.Settle();

        full.Disk.CapacityBytes = long.MaxValue;
        swarm.Tick(120);
        Assert.Null(full.Driver.Status.Value.Problem);
        Assert.True(full.Has("meanwhile"));
    }

    [Fact]
    public void A_manager_without_room_that_has_to_lead_hands_over_as_soon_as_another_can()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        SteppedManager full = swarm.Leader;
        full.Disk.CapacityBytes = full.Disk.UsedBytes;
        FillRoom(swarm, full);
        swarm.Tick(20);
        (ulong leader, ulong behind) = swarm.Leader == swarm[2] ? (2UL, 3UL) : (3UL, 2UL);
        swarm.Network.Detach(behind);
        swarm[leader].Create("later");
        swarm.Tick(2);
        Assert.True(full.Has("later"));

        // Of the two that are left, only the one without room has everything.
        swarm.Crash(leader);
        swarm.Network.Attach(swarm[behind].Driver);
        swarm.Tick(100);
        Assert.NotNull(full.Driver.Status.Value.Problem);
        Assert.True(swarm[behind].Leads);
        Assert.True(swarm[behind].Has("later"));
    }

    [Fact]
    public void With_every_disk_full_writes_are_refused_and_removals_still_work()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(1);
        SteppedManager only = swarm[1];
        StartedWrite<Secret> first = only.Create("first");
        swarm.Settle();
        only.Disk.CapacityBytes = only.Disk.UsedBytes;
        FillRoom(swarm, only);
        RefusedException refused = Assert.Throws<RefusedException>(() => only.Create("one more"));
        Assert.Contains("full", refused.Message);

        StartedWrite<bool> removal = only.Driver.Store.Start(change =>
        {
            change.Delete(first.Result!);
            return true;
        });
        swarm.Settle();
        Assert.True(removal.Waits!.Outcome.IsCompletedSuccessfully);
        Assert.False(only.Has("first"));
        PendingRead read = only.Driver.Store.StartRead();
        swarm.Settle();
        Assert.True(read.Outcome.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_lost_sync_ends_the_manager_and_is_not_tried_again()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(1);
        swarm[1].Disk.Faults = DiskFaults.Forgetful with { SyncError = 1 };
        StartedWrite<Secret> write = swarm[1].Create("a");
        Assert.Throws<SyncFailedException>(swarm.Settle);
        Assert.False(write.Waits!.Outcome.IsCompleted);
    }

    [Fact]
    public void A_follower_that_was_away_too_long_catches_up_by_snapshot()
    {
        SteppedSwarm swarm = new SteppedSwarm { SnapshotEntries = 10, KeptEntries = 2 }.Grow(3);
        SteppedManager leader = swarm.Leader;
        ulong away = leader.Driver.RaftId == 3 ? 2UL : 3UL;
        swarm.Network.Isolate(away);
        for (int number = 0; number < 40; number++)
        {
            leader.Create($"s{number}");
            swarm.Settle();
        }

        swarm.Network.Heal();
        swarm.Tick(10);
        Assert.Equal(leader.Driver.Store.Committed.AllObjects(), swarm[away].Driver.Store.Committed.AllObjects());
        Assert.True(swarm[away].Driver.CoreStatus.FirstIndex > 20);
    }

    [Fact]
    public void One_survivor_goes_on_alone_and_those_left_behind_are_refused()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        swarm.Leader.Create("a");
        swarm.Settle();
        foreach (ulong id in new ulong[] { 1, 2, 3 })
        {
            swarm.Crash(id);
        }

        Member self = SteppedSwarm.MemberOf(2) with { Address = "elsewhere:2377" };
        using (RaftStorage storage = RaftStorage.Open(swarm[2].Disk, "/raft", swarm.Keys, "c", "node2"))
        {
            ForcedCluster.Rewrite(storage, self);
        }

        SteppedManager alone = swarm.Restart(2);
        Assert.True(alone.Leads);
        Assert.True(alone.Has("a"));
        Assert.Equal([2UL], alone.Driver.Members.Configuration.Voters.ToArray());
        Assert.Equal([1UL, 3UL], alone.Driver.Members.Removed.ToArray());
        Assert.Equal(self, alone.Driver.Members.Members[2]);

        ulong term = alone.Driver.Status.Value.Leadership.Term;
        swarm.Restart(1);
        swarm.Tick(30);
        Assert.Equal(term, alone.Driver.Status.Value.Leadership.Term);
        Assert.True(alone.Create("b").IsOwn);
    }

    [Fact]
    public void A_key_is_given_up_when_nothing_on_the_disk_needs_it()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(1);
        SteppedManager only = swarm[1];
        only.Create("before");
        swarm.Settle();
        var next = new StorageKeys(DataKey.Create(), swarm.Keys.Newest);
        var rotation = new PendingRotation(next);
        only.Driver.Request(rotation);
        swarm.Settle();
        only.Create("after");
        swarm.Settle();
        Assert.True(rotation.Outcome.IsCompletedSuccessfully);
        swarm.Crash(1);
        swarm.Keys = new StorageKeys(next.Newest);
        SteppedManager again = swarm.Restart(1);
        Assert.True(again.Has("before") && again.Has("after"));
    }

    [Fact]
    public void The_versions_of_objects_are_the_indexes_of_the_log()
    {
        SteppedSwarm swarm = new SteppedSwarm().Grow(3);
        SteppedManager leader = swarm.Leader;
        StartedWrite<Secret> one = leader.Create("one");
        PendingChange change = SteppedSwarm.Change(leader, ConfChangeKind.AddLearner, 9);
        StartedWrite<Secret> two = leader.Create("two");
        swarm.Settle();
        Assert.True(change.Outcome.IsCompletedSuccessfully);

        // The change took the place that both writes were promised, so both were refused to be made again.
        Assert.True(one.Waits!.CanBeRepeated && two.Waits!.CanBeRepeated);
        StartedWrite<Secret> again = leader.Create("one");
        swarm.Settle();
        Assert.Equal(again.Waits!.Index, again.Result!.Meta.Version.Index);
        Assert.Equal(leader.Driver.Applied, again.Waits.Index);
    }

    /// <summary>Writes until the disk and its reserve, or at least the disk, have no room left.</summary>
    private static void FillRoom(SteppedSwarm swarm, SteppedManager full)
    {
        for (int number = 0; number < 20_000 && full.Driver.Status.Value.Problem is null; number++)
        {
            try
            {
                full.Driver.Store.Start(change => change.Create(new Config
                {
                    Id = new ConfigId($"c{number}"),
                    Spec = new ConfigSpec
                    {
                        Annotations = new Annotations { Name = $"c{number}" },
                        Data = Bytes.Owning(new byte[100_000]),
                    },
                }));
            }
            catch (RefusedException)
            {
                // It does not lead any more.
                return;
            }

            swarm.Settle();
        }
    }
}
