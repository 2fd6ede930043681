using Skep.Manager.Storage;
using Skep.Raft;
using Skep.Simulation.Disk;
using static Skep.Tests.Storage.StorageScene;

namespace Skep.Tests.Storage;

/// <summary>The power goes off at every call to the disk, one after the other.</summary>
public sealed class PowerLossTests
{
    private static readonly DataKey FirstKey = DataKey.Create(), SecondKey = DataKey.Create();

    /// <summary>What a start must find: one of these.</summary>
    private sealed class Expected
    {
        public required LogPicture Before { get; set; }

        public required LogPicture After { get; set; }
    }

    /// <summary>A log as a start finds it.</summary>
    private sealed record LogPicture(HardState State, ulong Snapshot, IReadOnlyList<Entry> Entries)
    {
        public static LogPicture Of(RecoveredState found) =>
            new(found.HardState, found.Snapshot?.Meta.Index ?? 0, found.Entries);

        public bool IsThatOf(LogPicture other) =>
            State == other.State && Snapshot == other.Snapshot && Entries.SequenceEqual(other.Entries);

        public override string ToString() =>
            $"{State} snapshot {Snapshot} entries {string.Join(", ", Entries)}";
    }

    public static TheoryData<string> Weathers => [.. Faults.Keys];

    private static readonly Dictionary<string, DiskFaults> Faults = new(StringComparer.Ordinal)
    {
        ["everything unsynced is lost"] = DiskFaults.Forgetful,
        ["nothing is lost"] = new DiskFaults(0, 0, 0, 0, 0),
        ["names stay, bytes go"] = new DiskFaults(0, 0, 1, 1, 0),
        ["bytes stay, names go"] = new DiskFaults(0, 0, 0, 0, 1),
        ["half of it is lost"] = new DiskFaults(0, 0, 1, 0.5, 0.5),
    };

    [Theory]
    [MemberData(nameof(Weathers))]
    public void D8_a_crash_at_any_call_leaves_the_log_as_it_was_before_the_step_or_after_it(string weather)
    {
        bool isUntouched = false;
        for (int call = 0; !isUntouched; call++)
        {
            Assert.InRange(call, 0, 500);
            var disk = new SimulatedDisk(new Random(call), Faults[weather]);
            using StorageScene scene = InMemory(disk);
            scene.Keys = new StorageKeys(FirstKey);
            scene.Create().Dispose();
            disk.CallsUntilPowerLoss = call;
            var nothing = new LogPicture(HardState.Empty, 0, []);
            var expected = new Expected { Before = nothing, After = nothing };
            isUntouched = Survives(() => Live(scene, expected));
            disk.LosePower();
            RecoverWithMoreCrashes(scene, disk);
            LogPicture found = LogPicture.Of(scene.Look());
            Assert.True(
                found.IsThatOf(expected.Before) || found.IsThatOf(expected.After),
                $"call {call}: found {found}\nbefore {expected.Before}\nafter {expected.After}");
        }
    }

    [Theory]
    [MemberData(nameof(Weathers))]
    public void K_a_process_killed_at_any_call_finds_the_same_and_keeps_it_over_a_power_loss(string weather)
    {
        bool isUntouched = false;
        for (int call = 0; !isUntouched; call++)
        {
            var disk = new SimulatedDisk(new Random(call), Faults[weather]);
            using StorageScene scene = InMemory(disk);
            scene.Keys = new StorageKeys(FirstKey);
            scene.Create().Dispose();
            disk.CallsUntilPowerLoss = call;
            var nothing = new LogPicture(HardState.Empty, 0, []);
            var expected = new Expected { Before = nothing, After = nothing };
            isUntouched = Survives(() => Live(scene, expected));
            disk.KillProcess();
            LogPicture found = LogPicture.Of(scene.Look());
            Assert.True(found.IsThatOf(expected.Before) || found.IsThatOf(expected.After), $"call {call}: {found}");

            // What a start found it acts upon, so no power loss may take it any more.
            disk.LosePower();
            LogPicture later = LogPicture.Of(scene.Look());
            Assert.True(later.IsThatOf(found), $"call {call}: {later} instead of {found}");
        }
    }

    /// <summary>A member's life: everything the storage can do, each step with what it makes of the log.</summary>
    private static void Live(StorageScene scene, Expected expected)
    {
        using (RaftStorage storage = scene.Open())
        {
            Step(expected, new(new(1, 7, 0), 0, Entries(1, 3)), () => storage.Save(new(1, 7, 0), Entries(1, 3)));
            Step(expected, new(new(2, 8, 2), 0, [.. Entries(1, 2), .. Entries(3, 6, 2, 3000)]), () =>
                storage.Save(new(2, 8, 2), Entries(3, 6, 2, 3000)));
            Step(expected, new(new(2, 8, 2), 2, Entries(3, 6, 2, 3000)), () => storage.SaveSnapshot(Snapshot(2)));
            Step(expected, new(new(2, 8, 5), 2, Entries(3, 8, 2, 3000)), () =>
                storage.Save(new(2, 8, 5), Entries(7, 8, 2, 3000)));
            Step(expected, new(new(2, 8, 5), 5, Entries(6, 8, 2, 3000)), () => storage.SaveSnapshot(Snapshot(5, 2)));
            Step(expected, expected.After, () => storage.ReleaseUpTo(5));
        }

        scene.Keys = new StorageKeys(SecondKey, FirstKey);
        using (RaftStorage storage = scene.Open())
        {
            Step(expected, new(new(2, 8, 8), 5, Entries(6, 9, 2, 3000)), () =>
                storage.Save(new(2, 8, 8), Entries(9, 9, 2, 3000)));
            Step(expected, new(new(2, 8, 8), 8, Entries(9, 9, 2, 3000)), () => storage.SaveSnapshot(Snapshot(8, 2)));
            Step(expected, expected.After, () => storage.ReleaseUpTo(8));
            Step(expected, new(new(4, 0, 30), 30, []), () =>
                storage.InstallSnapshot(Snapshot(30, 3), new HardState(4, 0, 30)));
            Step(expected, new(new(4, 0, 30), 30, Entries(31, 33, 4)), () => storage.Save(null, Entries(31, 33, 4)));
            Assert.False(storage.NeedsOlderKey);
        }

        scene.Keys = new StorageKeys(SecondKey);
        using RaftStorage last = scene.Open();
        Step(expected, new(new(5, 7, 30), 30, Entries(31, 33, 4)), () => last.Save(new(5, 7, 30), []));
    }

    private static void Step(Expected expected, LogPicture after, Action step)
    {
        expected.Before = expected.After;
        expected.After = after;
        step();
        expected.Before = after;
    }

    /// <summary>The power goes off while the log is being opened, at every call of that in turn.</summary>
    private static void RecoverWithMoreCrashes(StorageScene scene, SimulatedDisk disk)
    {
        for (int call = 0; ; call++)
        {
            disk.CallsUntilPowerLoss = call;
            if (Survives(() => scene.Look()))
            {
                disk.CallsUntilPowerLoss = null;
                return;
            }

            disk.LosePower();
        }
    }

    private static bool Survives(Action life)
    {
        try
        {
            life();
            return true;
        }
        catch (PowerLostException)
        {
            return false;
        }
    }
}
