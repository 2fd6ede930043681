using Skep.Manager.Storage;
using Skep.Raft;
using static Skep.Tests.Storage.StorageScene;

namespace Skep.Tests.Storage;

public sealed class SnapshotDamageTests : IDisposable
{
    private readonly StorageScene scene = InMemory();

    public void Dispose() => scene.Dispose();

    /// <summary>Snapshots at 5 and at 10, twelve entries, all still in the log from 5 on.</summary>
    private void TwoSnapshots()
    {
        using RaftStorage storage = scene.Create();
        storage.Save(new HardState(1, 7, 5), Entries(1, 6));
        storage.SaveSnapshot(Snapshot(5));
        storage.Save(new HardState(1, 7, 10), Entries(7, 12));
        storage.SaveSnapshot(Snapshot(10));
        storage.ReleaseUpTo(10);
    }

    private void ExpectTheOlderOne()
    {
        string newest = scene.Snapshots[^1];
        RecoveredState found = scene.Look();
        Assert.Equal(Snapshot(5), found.Snapshot);
        Assert.Equal(Entries(6, 12), found.Entries);
        Assert.Equal(new HardState(1, 7, 10), found.HardState);
        Assert.Contains(newest, Assert.Single(found.Notes));
        Assert.Equal(Path.GetFileName(newest), Path.GetFileName(Assert.Single(scene.Broken)));
    }

    [Fact]
    public void D7_a_damaged_snapshot_is_put_aside_and_the_one_before_and_the_log_take_its_place()
    {
        TwoSnapshots();
        SortedDictionary<string, byte[]> whole = scene.Remember();
        string newest = scene.Snapshots[^1];
        byte[] content = whole[newest];
        for (int at = 0; at < content.Length; at++)
        {
            scene.PutBack(whole);
            byte[] damaged = [.. content];
            damaged[at] ^= 0x10;
            scene.Put(newest, damaged);
            ExpectTheOlderOne();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(150)]
    [InlineData(-1)]
    public void D7_a_cut_or_empty_snapshot_is_put_aside(int length)
    {
        TwoSnapshots();
        string newest = scene.Snapshots[^1];
        byte[] content = scene.Disk.Read(newest);
        scene.Put(newest, content[..(length < 0 ? content.Length + length : length)]);
        ExpectTheOlderOne();
    }

    [Fact]
    public void D7_a_snapshot_of_another_place_or_another_cluster_is_put_aside()
    {
        TwoSnapshots();
        SortedDictionary<string, byte[]> whole = scene.Remember();
        scene.Put(scene.Snapshots[1], scene.Disk.Read(scene.Snapshots[0]));
        ExpectTheOlderOne();

        scene.PutBack(whole);
        string newest = scene.Snapshots[^1];
        using StorageScene other = InMemory();
        other.Keys = scene.Keys;
        using (RaftStorage storage = RaftStorage.Create(other.Disk, other.Folder, other.Keys, new("cluster2", "n", 7)))
        {
            storage.Save(new HardState(1, 7, 10), Entries(1, 10));
            storage.SaveSnapshot(Snapshot(10));
        }

        scene.Put(newest, other.Disk.Read(Assert.Single(other.Snapshots)));
        ExpectTheOlderOne();
    }

    [Fact]
    public void D7_a_missing_snapshot_is_passed_over_and_the_next_one_is_saved_as_ever()
    {
        TwoSnapshots();
        scene.Disk.Delete(scene.Snapshots[^1]);
        using (RaftStorage storage = scene.Open())
        {
            Assert.Equal(Snapshot(5), storage.Recovered.Snapshot);
            storage.Save(new HardState(2, 7, 12), Entries(13, 14, term: 2));
            storage.SaveSnapshot(Snapshot(13, term: 2));
        }

        RecoveredState found = scene.Look();
        Assert.Equal(Snapshot(13, term: 2), found.Snapshot);
        Assert.Equal(Entries(14, 14, term: 2), found.Entries);
    }

    [Fact]
    public void D7_without_another_snapshot_a_damaged_one_is_refused()
    {
        using (RaftStorage storage = scene.Create())
        {
            storage.Save(new HardState(1, 7, 5), Entries(1, 6));
            storage.InstallSnapshot(Snapshot(50, term: 2), new HardState(2, 0, 50));
            storage.Save(null, Entries(51, 52, term: 2));
        }

        string path = Assert.Single(scene.Snapshots);
        byte[] content = scene.Disk.Read(path);
        content[^20] ^= 1;
        scene.Put(path, content);

        Assert.Equal(StorageFault.Damaged, scene.Refusal());
        Assert.Equal(content, scene.Disk.Read(path));
    }

    [Fact]
    public void A_snapshot_installed_after_our_own_does_not_fall_back_to_it()
    {
        using (RaftStorage storage = scene.Create())
        {
            storage.Save(new HardState(1, 7, 5), Entries(1, 6));
            storage.SaveSnapshot(Snapshot(5));
            storage.InstallSnapshot(Snapshot(6), null);
        }

        scene.Disk.Delete(Assert.Single(scene.Snapshots));
        Assert.Equal(StorageFault.Damaged, scene.Refusal());
    }

    [Fact]
    public void A_snapshot_that_was_replaced_is_said_to_be_missing_and_not_read_wrongly()
    {
        TwoSnapshots();
        using RaftStorage storage = scene.Open();
        scene.Disk.Delete(scene.Snapshots[0]);

        Assert.Throws<InvalidDataException>(() => storage.LoadSnapshotData(Snapshot(5).Meta));
    }
}
