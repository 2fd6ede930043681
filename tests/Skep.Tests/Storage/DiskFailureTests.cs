using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Skep.Linux.Files;
using Skep.Manager.Storage;
using Skep.Raft;
using Skep.Simulation.Disk;
using Skep.Tests.Linux.Files;
using static Skep.Tests.Storage.StorageScene;

namespace Skep.Tests.Storage;

/// <summary>Syncs that fail and disks that are full, on real file systems where one can be had.</summary>
public sealed class DiskFailureTests
{
    [Fact]
    public void D1_a_sync_that_failed_is_told_and_what_it_lost_is_not_taken_for_saved_after_the_restart() =>
        FailedSyncIsTold(DiskBug.None);

    /// <summary>What was saved is there after a power loss.</summary>
    internal static void SavedStays(DiskBug bug)
    {
        var disk = new SimulatedDisk(new Random(1), DiskFaults.Forgetful) { Bug = bug };
        using StorageScene scene = InMemory(disk);
        using (RaftStorage storage = scene.Create())
        {
            storage.Save(new HardState(1, 7, 0), Entries(1, 3));
        }

        disk.LosePower();
        RecoveredState found = scene.Look();
        Assert.Equal(new HardState(1, 7, 0), found.HardState);
        Assert.Equal(Entries(1, 3), found.Entries);
    }

    internal static void FailedSyncIsTold(DiskBug bug)
    {
        int lostCount = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            var disk = new SimulatedDisk(new Random(seed), DiskFaults.Forgetful) { Bug = bug };
            using StorageScene scene = InMemory(disk);
            using (RaftStorage storage = scene.Create())
            {
                storage.Save(new HardState(1, 7, 0), Entries(1, 3));
                disk.Faults = DiskFaults.Forgetful with { SyncError = 1 };
                Assert.Throws<SyncFailedException>(() => storage.Save(null, Entries(4, 4)));
            }

            disk.Faults = DiskFaults.Forgetful;
            disk.KillProcess();
            RecoveredState found = scene.Look();
            lostCount += found.Entries.Count == 3 ? 1 : 0;
            disk.LosePower();
            Assert.Equal(found.Entries, scene.Look().Entries);
        }

        Assert.InRange(lostCount, 1, 19);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D2_a_sync_that_the_kernel_refuses_is_fatal_whatever_the_reason(bool isBadDescriptor)
    {
        // A pipe cannot be synced (EINVAL), a descriptor that is not open neither (EBADF): .NET's flush hides both.
        using var scratch = new ScratchDirectory();
        Fifo.Make(scratch["pipe"], 0x180);
        using SafeFileHandle handle = isBadDescriptor
            ? new SafeFileHandle(1_000_000, ownsHandle: false)
            : Fifo.OpenAtOnce(scratch["pipe"], FifoEnd.Both, nonBlocking: true);
        using var file = new LinuxDiskFile(handle, "pipe");

        Assert.Throws<SyncFailedException>(file.Sync);
        Assert.Throws<SyncFailedException>(() => DurableFile.Sync(handle, "pipe"));
    }

    [Fact]
    public void D2_a_sync_that_fails_on_a_real_file_system_ends_the_save()
    {
        using var scratch = new ScratchDirectory();
        string mountPoint = MountOverfullImage(scratch, out Action fill);
        using StorageScene scene = In(Path.Combine(mountPoint, "raft"));
        using RaftStorage storage = scene.Create();
        storage.Save(new HardState(1, 7, 0), Entries(1, 3));
        fill();

        // The file system has room; the disk below it has none left, and says so when it is asked to keep something.
        Assert.Throws<SyncFailedException>(() =>
        {
            for (ulong index = 4; index < 40; index++)
            {
                storage.Save(null, [Entry(index, 1, new string('x', 1_000_000))]);
            }
        });
    }

    [Fact]
    public void D3_a_full_disk_refuses_a_save_and_takes_the_same_one_when_there_is_room()
    {
        using var scratch = new ScratchDirectory();
        string mountPoint = scratch.MountTmpfs("disk", "16m");
        string ballast = Path.Combine(mountPoint, "ballast");
        using StorageScene scene = In(Path.Combine(mountPoint, "raft"));
        ulong index = 1;
        using (RaftStorage storage = scene.Create())
        {
            File.WriteAllBytes(ballast, new byte[5_000_000]);
            while (TrySave(storage, index))
            {
                index++;
            }

            Assert.InRange(index, 2UL, 120UL);
            Assert.False(TrySave(storage, index));
            Assert.Throws<DiskFullException>(() => storage.SaveSnapshot(Snapshot(1, bytes: 3_000_000)));
            Assert.Single(scene.Disk.List(Path.Combine(scene.Folder, "snapshots")).DefaultIfEmpty("none"), "none");

            File.Delete(ballast);
            Assert.True(TrySave(storage, index));
        }

        Assert.Equal(index, scene.Look().Entries[^1].Index);
        Assert.Equal((int)index, scene.Look().Entries.Count);

        static bool TrySave(RaftStorage storage, ulong index)
        {
            try
            {
                storage.Save(new HardState(1, 7, 0), [Entry(index, 1, new string('x', 100_000))]);
                return true;
            }
            catch (DiskFullException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void D4_a_start_on_a_full_disk_succeeds_and_the_reserve_lets_what_frees_room_be_written()
    {
        var disk = new SimulatedDisk(new Random(1), DiskFaults.Forgetful);
        using StorageScene scene = InMemory(disk);
        using (RaftStorage storage = scene.Create())
        {
            storage.Save(new HardState(1, 7, 3), Entries(1, 3));
        }

        disk.CapacityBytes = disk.UsedBytes;
        using (RaftStorage storage = scene.Open())
        {
            Assert.Throws<DiskFullException>(() => storage.Save(new HardState(2, 7, 3), Entries(4, 4)));
            Assert.True(storage.Reserve.IsHeld);
            storage.Reserve.Spend();
            storage.Save(new HardState(2, 7, 3), Entries(4, 4));
            storage.SaveSnapshot(Snapshot(4));
            Assert.False(storage.Reserve.TryHold());
        }

        disk.CapacityBytes = long.MaxValue;
        using RaftStorage again = scene.Open();
        Assert.True(again.Reserve.IsHeld);
        Assert.Equal(new HardState(2, 7, 4), again.Recovered.HardState);
        Assert.Equal(Snapshot(4), again.Recovered.Snapshot);
    }

    [Fact]
    public void A_full_disk_at_any_moment_changes_nothing_and_every_call_can_be_made_again()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var disk = new SimulatedDisk(random, DiskFaults.Forgetful);
            using StorageScene scene = InMemory(disk);
            using (RaftStorage storage = scene.Create())
            {
                Insist(disk, random, () => storage.Save(new(1, 7, 2), Entries(1, 4)));
                Insist(disk, random, () => storage.SaveSnapshot(Snapshot(2)));
                Insist(disk, random, () => storage.Save(null, Entries(5, 8, 1, 2000)));
                Insist(disk, random, () => storage.InstallSnapshot(Snapshot(20, 2), new(2, 0, 20)));
                Insist(disk, random, () => storage.Save(null, Entries(21, 24, 2)));
            }

            disk.LosePower();
            RecoveredState found = scene.Look();
            Assert.Equal(Entries(21, 24, 2), found.Entries);
            Assert.Equal(new HardState(2, 0, 20), found.HardState);
            Assert.Equal(Snapshot(20, 2), found.Snapshot);
        }
    }

    /// <summary>The disk is nearly full at first, has a little more room each time, and enough at last.</summary>
    private static void Insist(SimulatedDisk disk, Random random, Action call)
    {
        for (int room = random.Next(2000); ; room += 1 + random.Next(3000))
        {
            disk.CapacityBytes = disk.UsedBytes + room;
            try
            {
                call();
                disk.CapacityBytes = long.MaxValue;
                return;
            }
            catch (DiskFullException)
            {
                Assert.InRange(room, 0, 100_000);
            }
        }
    }

    /// <summary>An ext4 of 64 MB in a file on a tmpfs of 24 MB.</summary>
    /// <param name="fill">Takes what room the tmpfs has left.</param>
    private static string MountOverfullImage(ScratchDirectory scratch, out Action fill)
    {
        string below = scratch.MountTmpfs("below", "24m");
        string image = Path.Combine(below, "image"), mountPoint = scratch.MakeDirectory("mounted");
        using (FileStream file = File.Create(image))
        {
            file.SetLength(64 << 20);
        }

        Run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", "-J", "size=4", image);
        Run("mount", "-o", "loop", image, mountPoint);
        fill = () =>
        {
            using FileStream ballast = File.Create(Path.Combine(below, "ballast"));
            var block = new byte[4096];
            try
            {
                while (true)
                {
                    ballast.Write(block);
                    ballast.Flush();
                }
            }
            catch (IOException)
            {
                // Full now.
                ballast.SetLength(ballast.Length / 4096 * 4096);
            }
        };
        return mountPoint;
    }

    private static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {error}");
    }
}
