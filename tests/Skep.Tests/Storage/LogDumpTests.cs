using Skep.Manager.Storage;
using Skep.Raft;
using Skep.Transport.Contracts;
using static Skep.Tests.Storage.StorageScene;

namespace Skep.Tests.Storage;

public sealed class LogDumpTests : IDisposable
{
    private readonly StorageScene scene = InMemory();

    public void Dispose() => scene.Dispose();

    private List<string> Dump(int faultCount)
    {
        List<string> lines = [];
        Assert.Equal(faultCount, LogDump.Write(scene.Disk, scene.Folder, scene.Keys, lines.Add));
        return lines;
    }

    private void Write()
    {
        using RaftStorage storage = scene.Create();
        storage.Save(new HardState(1, 7, 1), [new Entry(1, 1, EntryKind.Normal, default), Entry(2, 1, "secret-text")]);
        storage.SaveSnapshot(Snapshot(1));
        storage.Save(new HardState(1, 7, 2), [new Entry(1, 3, EntryKind.Normal, StoreWire.WriteActions(9, []))]);
    }

    [Fact]
    public void Every_record_is_a_line_and_contents_are_not_shown()
    {
        Write();
        string[] expected =
        [
            "snapshot 0000000000000001-0000000000000001.snapshot snapshot 1 term 1 voters=(7 8 9) learners=(10) "
                + "100 bytes of node node1 cluster cluster1 member 7",
            $"segment 0000000000000001.log 2560 bytes, data key {scene.Keys.Newest.Id:x16}",
            " frame at 512, 472 bytes",
            "  head node node1 cluster cluster1 member 7, after segment 0000000000000000 and entry 0",
            " frame at 1024, 472 bytes",
            "  entry 1 term 1 0 bytes nothing",
            "  entry 2 term 1 11 bytes (the log has an entry that is no transaction)",
            "  state term 1 vote 7 commit 1",
            " frame at 1536, 472 bytes",
            "  saved snapshot 1 term 1 voters=(7 8 9) learners=(10)",
            " frame at 2048, 472 bytes",
            "  entry 3 term 1 2 bytes ",
            "  state term 1 vote 7 commit 2",
        ];
        Assert.Equal(expected, Dump(0));
    }

    [Fact]
    public void Damage_is_shown_where_it_is_and_the_rest_is_read()
    {
        Write();
        scene.Open().Dispose();
        using (RaftStorage storage = scene.Open())
        {
            storage.Save(null, [Entry(4)]);
        }

        byte[] content = scene.Disk.Read(scene.Segments[0]);
        content[1100] ^= 1;
        scene.Put(scene.Segments[0], content);

        List<string> lines = Dump(1);
        Assert.Contains(
            "! 0000000000000001.log at byte 1024: damaged: the checksum of a frame is wrong, and something follows",
            lines);
        Assert.Contains(lines, line => line.StartsWith("  entry 4 term 1", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_the_key_a_segment_is_said_to_need_it()
    {
        Write();
        ulong needed = scene.Keys.Newest.Id;
        scene.Keys = new StorageKeys(DataKey.Create());

        Assert.Contains(Dump(2), line => line.Contains($"needs data key {needed:x16}", StringComparison.Ordinal));
    }
}
