using System.Text;
using Skep.Manager.Storage;
using Skep.Raft;
using static Skep.Tests.Storage.StorageScene;

namespace Skep.Tests.Storage;

public sealed class DataKeyTests : IDisposable
{
    private readonly StorageScene scene = InMemory();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void A_key_is_changed_while_the_log_is_written_and_then_nothing_needs_the_old_one()
    {
        DataKey first = scene.Keys.Newest, second = DataKey.Create(), third = DataKey.Create();
        using (RaftStorage storage = scene.Create())
        {
            ulong index = 1;
            ulong Write(int count)
            {
                for (int save = 0; save < count; save++, index++)
                {
                    storage.Save(new HardState(1, 7, index - 1), [Entry(index)]);
                }

                return index - 1;
            }

            Write(50);
            storage.SaveSnapshot(Snapshot(40));
            foreach ((DataKey older, DataKey newest) in new[] { (first, second), (second, third) })
            {
                storage.RotateKey(new StorageKeys(newest, older));
                ulong last = Write(30);
                Assert.True(storage.NeedsOlderKey);
                Assert.InRange(storage.OlderKeyUpTo, last - 30, last - 30);
                storage.SaveSnapshot(Snapshot(last - 10));
                Assert.True(storage.NeedsOlderKey);
                storage.ReleaseUpTo(last - 20);
                Assert.False(storage.NeedsOlderKey);
                storage.RotateKey(new StorageKeys(newest));
            }
        }

        scene.Keys = new StorageKeys(third);
        RecoveredState found = scene.Look();
        Assert.Equal(Snapshot(100), found.Snapshot);
        Assert.Equal(Entries(101, 110), found.Entries);
    }

    [Fact]
    public void A_rotation_that_was_interrupted_goes_on_after_the_restart()
    {
        DataKey first = scene.Keys.Newest, second = DataKey.Create();
        using (RaftStorage storage = scene.Create())
        {
            storage.Save(new HardState(1, 7, 4), Entries(1, 5));
            storage.SaveSnapshot(Snapshot(3));
        }

        scene.Keys = new StorageKeys(second, first);
        using (RaftStorage storage = scene.Open())
        {
            Assert.True(storage.NeedsOlderKey);
            Assert.Equal(5UL, storage.OlderKeyUpTo);
            storage.Save(null, [Entry(6)]);
        }

        using (RaftStorage storage = scene.Open())
        {
            Assert.Equal(Entries(4, 6), storage.Recovered.Entries);
            storage.SaveSnapshot(Snapshot(6));
            storage.ReleaseUpTo(6);
            Assert.False(storage.NeedsOlderKey);
        }

        scene.Keys = new StorageKeys(second);
        Assert.Equal(Snapshot(6), scene.Look().Snapshot);
        scene.Keys = new StorageKeys(first);
        Assert.Equal(StorageFault.WrongKey, scene.Refusal());
    }

    [Fact]
    public void Nothing_stands_on_the_disk_in_clear()
    {
        byte[] secretKey = [.. Enumerable.Range(100, 32).Select(value => (byte)value)];
        scene.Keys = new StorageKeys(new DataKey(secretKey));
        string secret = "the-password-that-nobody-may-read";
        using (RaftStorage storage = scene.Create())
        {
            storage.Save(new HardState(1, 7, 1), [Entry(1, 1, secret), Entry(2, 1, "x" + secret)]);
            storage.SaveSnapshot(new Snapshot(Snapshot(2).Meta, Encoding.UTF8.GetBytes($"<{secret}>")));
            storage.Save(null, [Entry(3, 1, secret)]);
        }

        Assert.Equal(2, scene.Look().Snapshot!.Data.ToArray().Count(value => value is (byte)'<' or (byte)'>'));
        foreach ((string path, byte[] content) in scene.Remember())
        {
            Assert.Equal(-1, content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)));
            Assert.Equal(-1, content.AsSpan().IndexOf(secretKey));
            Assert.True(content.AsSpan().IndexOf("node1"u8) < 0, path);
        }
    }

    [Fact]
    public void No_two_files_or_frames_are_encrypted_alike()
    {
        using (RaftStorage storage = scene.Create())
        {
            for (int save = 0; save < 20; save++)
            {
                storage.Save(new HardState(1, 7, 0), [Entry(1, 1, new string('x', 300))]);
            }
        }

        byte[] content = scene.Disk.Read(Assert.Single(scene.Segments));
        HashSet<string> frames = [];
        for (int at = 512; at < content.Length; at += 512)
        {
            Assert.True(frames.Add(Convert.ToHexString(content, at + 40, 100)));
        }

        Assert.Equal(21, frames.Count);
    }

    [Fact]
    public void A_key_shows_its_mark_and_not_itself()
    {
        var key = new DataKey(Enumerable.Repeat((byte)0xAB, 32).ToArray());

        Assert.DoesNotContain("abab", key.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("ABAB", new StorageKeys(key).ToString(), StringComparison.OrdinalIgnoreCase);
    }
}
