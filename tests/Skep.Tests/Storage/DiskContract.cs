using Skep.Linux.Files;
using Skep.Simulation.Disk;

namespace Skep.Tests.Storage;

/// <summary>What every disk must do; the real one and the simulated one answer to the same sentences.</summary>
public abstract class DiskContract
{
    protected abstract IDisk Disk { get; }

    protected abstract string Folder { get; }

    private string Path(string name) => System.IO.Path.Combine(Folder, name);

    private void Write(string name, params byte[] content)
    {
        using IDiskFile file = Disk.Create(Path(name));
        file.Append(content);
        file.Sync();
    }

    [Fact]
    public void What_is_appended_is_read_in_order()
    {
        using IDiskFile file = Disk.Create(Path("a"));
        file.Append([1, 2]);
        file.Append([3]);

        Assert.Equal(3, file.Length);
        Assert.Equal([1, 2, 3], Disk.Read(Path("a")));
        file.Sync();
        Assert.Equal([1, 2, 3], Disk.ReadDurably(Path("a")));
    }

    [Fact]
    public void Allocated_room_reads_as_zeros_and_is_written_from_its_front()
    {
        using IDiskFile file = Disk.Create(Path("a"));
        file.Append([1]);
        file.Allocate(4096);
        file.Append([2]);

        Assert.Equal(2, file.Length);
        byte[] content = Disk.Read(Path("a"));
        Assert.Equal(4096, content.Length);
        Assert.Equal([1, 2, 0], content[..3]);
        file.Trim();
        Assert.Equal([1, 2], Disk.Read(Path("a")));
        file.Append([3]);
        Assert.Equal([1, 2, 3], Disk.Read(Path("a")));
    }

    [Fact]
    public void Creating_a_file_again_empties_it()
    {
        Write("a", 1, 2, 3);
        Disk.Create(Path("a")).Dispose();

        Assert.Empty(Disk.Read(Path("a")));
    }

    [Fact]
    public void A_file_that_is_not_there_is_said_to_be_missing()
    {
        Assert.False(Disk.Exists(Path("none")));
        Assert.Throws<FileNotFoundException>(() => Disk.Read(Path("none")));
        Disk.Delete(Path("none"));
    }

    [Fact]
    public void A_rename_replaces_what_has_the_name()
    {
        Write("old", 1);
        Write("new", 2);
        Disk.Rename(Path("new"), Path("old"));
        Disk.SyncDirectory(Folder);

        Assert.Equal([2], Disk.Read(Path("old")));
        Assert.False(Disk.Exists(Path("new")));
    }

    [Fact]
    public void Truncating_cuts_the_end_off()
    {
        Write("a", 1, 2, 3);
        Disk.Truncate(Path("a"), 2);

        Assert.Equal([1, 2], Disk.Read(Path("a")));
    }

    [Fact]
    public void Names_are_listed_in_the_order_of_their_bytes()
    {
        Write("b");
        Write("B");
        Write("a");
        Disk.CreateDirectory(Path("c"));

        Assert.Equal(["B", "a", "b", "c"], Disk.List(Folder));
        Assert.Empty(Disk.List(Path("none")));
    }

    [Fact]
    public void A_deleted_name_is_gone()
    {
        Write("a", 1);
        Disk.Delete(Path("a"));
        Disk.SyncDirectory(Folder);

        Assert.Empty(Disk.List(Folder));
    }

    [Fact]
    public void Writing_durably_replaces_the_content_and_leaves_nothing_beside_it()
    {
        Disk.WriteDurably(Path("a"), [1, 2, 3]);
        Disk.WriteDurably(Path("a"), [4]);

        Assert.Equal([4], Disk.Read(Path("a")));
        Assert.Equal(["a"], Disk.List(Folder));
    }

    [Fact]
    public void A_lock_is_held_by_one_until_it_is_given_back()
    {
        IDisposable? held = Disk.TryLock(Path("lock"));
        Assert.NotNull(held);
        Assert.Null(Disk.TryLock(Path("lock")));
        held.Dispose();
        using IDisposable? again = Disk.TryLock(Path("lock"));
        Assert.NotNull(again);
    }
}

public sealed class LinuxDiskTests : DiskContract, IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("skep-disk-");

    protected override IDisk Disk { get; } = new LinuxDisk();

    protected override string Folder => root.FullName;

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public void Files_and_directories_are_the_owners_alone()
    {
        string folder = Path.Combine(Folder, "x", "y");
        Disk.CreateDirectory(folder);
        Disk.Create(Path.Combine(folder, "a")).Dispose();
        Disk.WriteDurably(Path.Combine(folder, "b"), [1]);

        Assert.Equal("700", Mode(folder));
        Assert.Equal("600", Mode(Path.Combine(folder, "a")));
        Assert.Equal("600", Mode(Path.Combine(folder, "b")));
    }

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}

public sealed class SimulatedDiskTests : DiskContract
{
    private readonly SimulatedDisk disk = new(new Random(1), DiskFaults.Forgetful);

    protected override IDisk Disk => disk;

    protected override string Folder => "/disk";

    private string File(string name) => Path.Combine(Folder, name);

    [Fact]
    public void A_power_loss_takes_what_was_not_synced_and_nothing_else()
    {
        IDiskFile file = disk.Create(File("a"));
        file.Append([1, 2]);
        file.Sync();
        disk.SyncDirectory(Folder);
        file.Append([3]);
        disk.LosePower();

        Assert.Equal([1, 2], disk.Read(File("a")).AsSpan().TrimEnd((byte)0).ToArray());
    }

    [Fact]
    public void A_power_loss_takes_names_whose_directory_was_not_synced()
    {
        Disk.WriteDurably(File("kept"), [1]);
        IDiskFile file = disk.Create(File("lost"));
        file.Append([1]);
        file.Sync();
        disk.Delete(File("kept"));
        disk.LosePower();

        Assert.Equal(["kept"], disk.List(Folder));
    }

    [Fact]
    public void Unsynced_sectors_survive_one_by_one()
    {
        disk.Faults = DiskFaults.Forgetful with { SectorLoss = 0.5, NameLoss = 0 };
        IDiskFile file = disk.Create(File("a"));
        var content = new byte[512 * 64];
        Array.Fill(content, (byte)7);
        file.Append(content);
        disk.LosePower();

        byte[] left = disk.Read(File("a"));
        int[] kept = [.. Enumerable.Range(0, left.Length / 512).Where(sector => left[sector * 512] == 7)];
        Assert.InRange(kept.Length, 16, 48);
        Assert.True(kept[^1] - kept[0] >= kept.Length, "some sector in between is lost");
    }

    [Fact]
    public void After_a_sync_that_failed_the_next_one_says_done_and_the_bytes_go_with_the_power()
    {
        Disk.WriteDurably(File("other"), [1]);
        for (int attempt = 0; attempt < 20; attempt++)
        {
            IDiskFile file = disk.Create(File("a"));
            file.Append([1]);
            file.Sync();
            disk.SyncDirectory(Folder);
            file.Append([2]);
            disk.Faults = DiskFaults.Forgetful with { SyncError = 1 };
            Assert.Throws<SyncFailedException>(file.Sync);
            disk.Faults = DiskFaults.Forgetful;
            file.Sync();
            Assert.Equal([1, 2], disk.Read(File("a")));
            disk.LosePower();
            if (disk.Read(File("a")).AsSpan().TrimEnd((byte)0).SequenceEqual<byte>([1]))
            {
                return;
            }
        }

        Assert.Fail("no failed sync lost anything");
    }

    [Fact]
    public void A_full_disk_refuses_an_append_and_takes_it_when_there_is_room()
    {
        disk.CapacityBytes = 1000;
        IDiskFile file = disk.Create(File("a"));
        file.Append(new byte[900]);
        Assert.Throws<DiskFullException>(() => file.Append(new byte[200]));
        Assert.Equal(900, file.Length);
        disk.CapacityBytes = 2000;
        file.Append(new byte[200]);

        Assert.Equal(1100, disk.Read(File("a")).Length);
        disk.Delete(File("a"));
        Assert.Equal(0, disk.UsedBytes);
    }

    [Fact]
    public void A_file_that_a_power_loss_left_two_names_gives_its_room_back_with_the_last_one()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var torn = new SimulatedDisk(new Random(seed), new DiskFaults(0, 0, 0, 0, 0.5));
            using (IDiskFile file = torn.Create(File("a")))
            {
                file.Append([1, 2, 3]);
                file.Sync();
            }

            torn.SyncDirectory(Folder);
            torn.Rename(File("a"), File("b"));
            torn.LosePower();
            torn.Delete(File("a"));
            torn.Delete(File("b"));
            Assert.Equal(0, torn.UsedBytes);
        }
    }

    [Fact]
    public void The_power_goes_off_inside_the_call_that_was_chosen()
    {
        disk.CallsUntilPowerLoss = 2;
        IDiskFile file = disk.Create(File("a"));
        file.Append([1]);
        Assert.Throws<PowerLostException>(file.Sync);
    }

    [Fact]
    public void The_same_seed_gives_the_same_disk()
    {
        Assert.Equal(Remains(5), Remains(5));
        Assert.NotEqual(Remains(5), Remains(6));

        static byte[] Remains(int seed)
        {
            var disk = new SimulatedDisk(new Random(seed), new DiskFaults(0, 0, 1, 0.5, 0));
            IDiskFile file = disk.Create("/disk/a");
            file.Append(Enumerable.Range(0, 20_000).Select(value => (byte)((value % 255) + 1)).ToArray());
            disk.LosePower();
            return disk.Read("/disk/a");
        }
    }
}
