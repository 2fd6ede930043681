using Skep.Manager.Storage;
using Skep.Raft;
using static Skep.Tests.Storage.StorageScene;

namespace Skep.Tests.Storage;

public sealed class RaftStorageTests : IDisposable
{
    private readonly StorageScene scene = StorageScene.OnDisk();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void What_was_saved_is_there_after_a_restart()
    {
        using (RaftStorage storage = scene.Create())
        {
            storage.Save(new HardState(1, 7, 0), Entries(1, 3));
            storage.Save(new HardState(2, 8, 2), Entries(4, 5, term: 2));
        }

        RecoveredState found = scene.Look();
        Assert.Equal(Member, found.Identity);
        Assert.Equal(new HardState(2, 8, 2), found.HardState);
        Assert.Null(found.Snapshot);
        Assert.Equal([.. Entries(1, 3), .. Entries(4, 5, term: 2)], found.Entries);
        Assert.Empty(found.Notes);
    }

    [Fact]
    public void A_member_that_never_saved_anything_starts_from_nothing()
    {
        scene.Create().Dispose();

        RecoveredState found = scene.Look();
        Assert.Equal(HardState.Empty, found.HardState);
        Assert.Empty(found.Entries);
    }

    [Fact]
    public void Checklist_25_later_entries_replace_earlier_ones_from_their_index_on()
    {
        using (RaftStorage storage = scene.Create())
        {
            storage.Save(new HardState(1, 0, 1), Entries(1, 6));
            storage.Save(new HardState(3, 0, 1), Entries(3, 4, term: 3));
        }

        Assert.Equal([.. Entries(1, 2), .. Entries(3, 4, term: 3)], scene.Look().Entries);
    }

    [Fact]
    public void Entries_of_many_starts_and_segments_are_one_log()
    {
        scene.Create().Dispose();
        ulong index = 1;
        for (int start = 0; start < 5; start++)
        {
            using RaftStorage storage = scene.Open();
            for (int save = 0; save < 3; save++)
            {
                storage.Save(new HardState(1, 7, index), Entries(index, index + 1, bytes: 50_000));
                index += 2;
            }
        }

        Assert.True(scene.Segments.Count > 5);
        Assert.Equal(Entries(1, index - 1, bytes: 50_000), scene.Look().Entries);
    }

    [Fact]
    public void A_snapshot_takes_the_place_of_the_entries_it_covers()
    {
        using (RaftStorage storage = scene.Create())
        {
            storage.Save(new HardState(1, 7, 8), Entries(1, 10));
            storage.SaveSnapshot(Snapshot(8));
            storage.Save(null, Entries(11, 12));
        }

        RecoveredState found = scene.Look();
        Assert.Equal(Snapshot(8), found.Snapshot);
        Assert.Equal(Entries(9, 12), found.Entries);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 1)]
    [InlineData((5 << 20) + 77)]
    public void A_snapshot_of_any_size_comes_back_whole(int bytes)
    {
        using RaftStorage storage = scene.Create();
        storage.Save(new HardState(1, 7, 1), Entries(1, 1));
        storage.SaveSnapshot(Snapshot(1, bytes: bytes));

        Assert.Equal(Snapshot(1, bytes: bytes).Data, storage.LoadSnapshotData(Snapshot(1).Meta).ToArray());
    }

    [Fact]
    public void A_snapshot_from_the_leader_replaces_the_whole_log()
    {
        using (RaftStorage storage = scene.Create())
        {
            storage.Save(new HardState(1, 7, 3), Entries(1, 10));
            storage.InstallSnapshot(Snapshot(50, term: 4), new HardState(5, 0, 50));
            storage.Save(null, Entries(51, 52, term: 5));
            Assert.Single(scene.Segments);
        }

        RecoveredState found = scene.Look();
        Assert.Equal(Snapshot(50, term: 4), found.Snapshot);
        Assert.Equal(new HardState(5, 0, 50), found.HardState);
        Assert.Equal(Entries(51, 52, term: 5), found.Entries);
    }

    [Fact]
    public void A_snapshot_installed_without_its_term_being_saved_raises_the_term_and_gives_no_vote()
    {
        using (RaftStorage storage = scene.Create())
        {
            storage.Save(new HardState(2, 9, 0), []);
            storage.InstallSnapshot(Snapshot(50, term: 4), null);
        }

        Assert.Equal(new HardState(4, 0, 50), scene.Look().HardState);
    }

    [Fact]
    public void A_commit_that_moves_alone_costs_no_write_and_goes_with_the_next_one()
    {
        using RaftStorage storage = scene.Create();
        storage.Save(new HardState(1, 7, 0), Entries(1, 5));
        long bytes = storage.LogBytes;
        storage.Save(new HardState(1, 7, 4), []);
        Assert.Equal(bytes, storage.LogBytes);
        storage.Save(null, Entries(6, 6));
        storage.Dispose();

        Assert.Equal(new HardState(1, 7, 4), scene.Look().HardState);
    }

    [Fact]
    public void A_commit_that_was_only_noted_is_durable_once_somebody_will_act_on_it()
    {
        using (RaftStorage storage = scene.Create())
        {
            storage.Save(new HardState(1, 7, 0), Entries(1, 5));
            storage.Save(new HardState(1, 7, 4), []);
            long bytes = storage.LogBytes;
            storage.Save(null, [], true);
            Assert.True(storage.LogBytes > bytes);
            storage.Save(null, [], true);
            Assert.Equal(bytes + 512, storage.LogBytes);
        }

        Assert.Equal(new HardState(1, 7, 4), scene.Look().HardState);
    }

    [Fact]
    public void Released_entries_give_their_room_back_and_the_last_two_snapshots_stay()
    {
        using StorageScene scene = InMemory();
        using (RaftStorage storage = scene.Create())
        {
            for (ulong index = 1; index <= 40; index += 10)
            {
                storage.Save(new HardState(1, 7, index), Entries(index, index + 9, bytes: 2_000_000));
                storage.SaveSnapshot(Snapshot(index + 8));
                storage.ReleaseUpTo(index + 8);
            }

            Assert.Equal(2, scene.Snapshots.Count);
            Assert.InRange(scene.Segments.Count, 2, 3);
            Assert.InRange(storage.LogBytes, 30_000_000, 45_000_000);
        }

        RecoveredState found = scene.Look();
        Assert.Equal(Snapshot(39), found.Snapshot);
        Assert.Equal(Entries(40, 40, bytes: 2_000_000), found.Entries);
    }

    [Fact]
    public void D12_a_second_process_is_kept_away_by_the_lock()
    {
        using RaftStorage storage = scene.Create();

        var refusal = Assert.Throws<StorageRefusedException>(scene.Open);
        Assert.Equal(StorageFault.InUse, refusal.Fault);
    }

    [Fact]
    public void D11_a_wiped_folder_is_not_taken_for_a_new_member()
    {
        scene.Create().Dispose();
        Directory.Delete(scene.Folder, recursive: true);

        var refusal = Assert.Throws<StorageRefusedException>(scene.Open);
        Assert.Equal(StorageFault.Missing, refusal.Fault);
        Assert.Contains("let it join again", refusal.Message);
    }

    [Fact]
    public void A_log_is_not_made_twice()
    {
        scene.Create().Dispose();

        Assert.Equal(StorageFault.Exists, Assert.Throws<StorageRefusedException>(scene.Create).Fault);
    }

    [Fact]
    public void A_log_of_another_node_is_refused()
    {
        scene.Create().Dispose();

        var refusal = Assert.Throws<StorageRefusedException>(
            () => RaftStorage.Open(scene.Disk, scene.Folder, scene.Keys, "cluster1", "node2"));
        Assert.Equal(StorageFault.OtherNode, refusal.Fault);
        Assert.Contains("node1", refusal.Message);
    }

    [Fact]
    public void A_log_under_another_key_is_refused_and_not_skipped()
    {
        scene.Create().Dispose();
        scene.Keys = new StorageKeys(DataKey.Create());

        Assert.Equal(StorageFault.WrongKey, Assert.Throws<StorageRefusedException>(scene.Open).Fault);
    }
}
