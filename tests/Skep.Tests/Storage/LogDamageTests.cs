using Skep.Manager.Storage;
using Skep.Raft;
using static Skep.Tests.Storage.StorageScene;

namespace Skep.Tests.Storage;

/// <summary>What a crash leaves is cut off; what was damaged later is refused and never repaired silently.</summary>
public sealed class LogDamageTests : IDisposable
{
    private readonly StorageScene scene = InMemory();

    public void Dispose() => scene.Dispose();

    /// <summary>Six saves of one entry each in one segment; the last one is ten sectors long.</summary>
    private (string Path, byte[] Content, IReadOnlyList<int> Frames) SixSaves()
    {
        using (RaftStorage storage = scene.Create())
        {
            for (ulong index = 1; index <= 6; index++)
            {
                storage.Save(new HardState(1, 7, index - 1), [Entry(index, 1, index == 6 ? new('x', 5000) : null)]);
            }
        }

        string path = Assert.Single(scene.Segments);
        IReadOnlyList<int> frames = scene.FrameOffsets(path);
        Assert.Equal(8, frames.Count);
        return (path, scene.Disk.Read(path), frames);
    }

    [Fact]
    public void D5_a_tail_cut_at_any_byte_of_the_last_two_saves_loses_only_those()
    {
        (string path, byte[] content, IReadOnlyList<int> frames) = SixSaves();
        SortedDictionary<string, byte[]> whole = scene.Remember();
        for (int length = frames[^3]; length < content.Length; length++)
        {
            scene.PutBack(whole);
            scene.Put(path, content[..length]);
            bool isTorn = !frames.Contains(length);

            RecoveredState found = scene.Look();
            Assert.Equal((ulong)frames.Count(offset => offset <= length) - 2, found.Entries[^1].Index);
            Assert.Equal(isTorn ? 1 : 0, found.Notes.Length);
            Assert.Equal(isTorn ? 1 : 0, scene.Broken.Count);
        }
    }

    [Fact]
    public void D5_after_a_torn_tail_the_log_goes_on()
    {
        (string path, byte[] content, IReadOnlyList<int> frames) = SixSaves();
        scene.Put(path, content[..(frames[^2] + 700)]);
        using (RaftStorage storage = scene.Open())
        {
            storage.Save(new HardState(2, 7, 4), [Entry(6, 2), Entry(7, 2)]);
        }

        RecoveredState found = scene.Look();
        Assert.Equal([.. Entries(1, 5), Entry(6, 2), Entry(7, 2)], found.Entries);
        Assert.Equal(content[frames[^2]..(frames[^2] + 700)], scene.Disk.Read(Assert.Single(scene.Broken)));
    }

    [Fact]
    public void D5_any_sector_of_the_last_save_that_was_not_written_makes_it_unfinished()
    {
        (string path, byte[] content, IReadOnlyList<int> frames) = SixSaves();
        SortedDictionary<string, byte[]> whole = scene.Remember();
        for (int sector = frames[^2]; sector < frames[^1]; sector += 512)
        {
            scene.PutBack(whole);
            byte[] torn = [.. content];
            torn.AsSpan(sector, 512).Clear();
            scene.Put(path, torn);

            Assert.Equal(Entries(1, 5), scene.Look().Entries);
        }
    }

    [Fact]
    public void D5_a_lost_sector_of_a_save_before_the_last_is_damage_since_it_had_been_synced()
    {
        (string path, byte[] content, IReadOnlyList<int> frames) = SixSaves();
        for (int sector = 512; sector < frames[^2]; sector += 512)
        {
            byte[] torn = [.. content];
            torn.AsSpan(sector, 512).Clear();
            scene.Put(path, torn);

            Assert.Equal(StorageFault.Damaged, scene.Refusal());
        }
    }

    [Fact]
    public void D5_the_last_save_is_unfinished_when_only_its_later_pages_came_to_the_disk()
    {
        (string path, byte[] content, IReadOnlyList<int> frames) = SixSaves();
        byte[] torn = [.. content];
        torn.AsSpan(frames[^2], 4096 - (frames[^2] % 4096)).Clear();
        scene.Put(path, torn);

        Assert.Equal(Entries(1, 5), scene.Look().Entries);
    }

    [Fact]
    public void D6_a_bit_that_turned_anywhere_is_refused_and_nothing_is_changed()
    {
        (string path, byte[] content, _) = SixSaves();
        // Every byte of the headers, some of the long bodies.
        for (int at = 0; at < content.Length; at += at % 512 < 48 ? 1 : 13)
        {
            byte[] damaged = [.. content];
            damaged[at] ^= (byte)(1 << (at % 8));
            scene.Put(path, damaged);

            Assert.Equal(StorageFault.Damaged, scene.Refusal());
            Assert.Equal(damaged, scene.Disk.Read(path));
        }
    }

    [Fact]
    public void D6_the_refusal_names_the_file_the_place_and_what_to_do()
    {
        (string path, byte[] content, IReadOnlyList<int> frames) = SixSaves();
        content[frames[2] + 100] ^= 1;
        scene.Put(path, content);

        var refusal = Assert.Throws<StorageRefusedException>(scene.Look);
        Assert.Contains($"{path} is damaged at byte {frames[2]}", refusal.Message);
        Assert.Contains("let it join again", refusal.Message);
    }

    [Fact]
    public void D6_frames_in_another_order_are_refused()
    {
        (string path, byte[] content, IReadOnlyList<int> frames) = SixSaves();
        byte[] swapped = [.. content];
        content.AsSpan(frames[2], 512).CopyTo(swapped.AsSpan(frames[3]));
        content.AsSpan(frames[3], 512).CopyTo(swapped.AsSpan(frames[2]));
        scene.Put(path, swapped);
        Assert.Equal(StorageFault.Damaged, scene.Refusal());

        byte[] without = [.. content[..frames[2]], .. content[frames[3]..]];
        scene.Put(path, without);
        Assert.Equal(StorageFault.Damaged, scene.Refusal());
    }

    /// <summary>Four starts, so four segments, of two entries each.</summary>
    private IReadOnlyList<string> FourSegments()
    {
        scene.Create().Dispose();
        for (ulong index = 1; index <= 7; index += 2)
        {
            using RaftStorage storage = scene.Open();
            storage.Save(new HardState(1, 7, index), Entries(index, index + 1));
        }

        Assert.Equal(5, scene.Segments.Count);
        Assert.Equal(Entries(1, 8), scene.Look().Entries);
        return scene.Segments;
    }

    [Fact]
    public void D6_a_segment_that_is_missing_doubled_exchanged_or_cut_is_refused()
    {
        IReadOnlyList<string> segments = FourSegments();
        SortedDictionary<string, byte[]> whole = scene.Remember();
        byte[] third = whole[segments[2]], fourth = whole[segments[3]];
        List<Action> damages =
        [
            () =>
            {
                scene.Disk.Delete(segments[0]);
                scene.Disk.Delete(segments[1]);
            },
            () => scene.Disk.Delete(segments[2]),
            () => scene.Put(segments[3], third),
            () => scene.Put(segments[2], fourth),
            () => scene.Put(segments[2], []),
            () => scene.Put(segments[2], third[..^512]),
            () => scene.Put(segments[2], [.. third, .. fourth[512..]]),
        ];
        foreach (Action damage in damages)
        {
            scene.PutBack(whole);
            damage();
            Assert.Equal(StorageFault.Damaged, scene.Refusal());
        }
    }

    [Fact]
    public void Room_that_was_taken_ahead_and_left_by_a_crash_is_no_damage()
    {
        (string path, byte[] content, _) = SixSaves();
        scene.Put(path, [.. content, .. new byte[3_000_000]]);

        Assert.Equal(6UL, scene.Look().Entries[^1].Index);
        Assert.Equal(content.Length, scene.Disk.Read(path).Length);
    }
}
