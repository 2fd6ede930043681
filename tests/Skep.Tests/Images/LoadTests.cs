using System.Text;
using System.Text.Json;
using Skep.Agent.Images;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Docker.Images;
using Skep.Swarm;

namespace Skep.Tests.Images;

[Collection(nameof(PrivateContainerd))]
public sealed class LoadTests(PrivateContainerd containerd)
{
    private static readonly CancellationToken Stop = CancellationToken.None;

    // Written by Docker 20.10: "docker save tiny:1 tiny:2"; the second stands on the first, its layer is a link.
    private static string Fixture => Path.Combine(AppContext.BaseDirectory, "Images", "docker-20.10-save.tar.gz");

    [Fact]
    public async Task An_archive_of_Docker_20_10_keeps_its_ids_names_and_sizes()
    {
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        await using (FileStream archive = File.OpenRead(Fixture))
        {
            await rig.Engine.LoadAsync(archive, isQuiet: false, rig.ReportAsync, Stop);
        }

        const string One = "sha256:3c4039c2d1d84c89379e8795fcae7a2002f509c48aa7f7faec6ac642c7e5114e";
        const string Two = "sha256:c17446cccc7eccda8c8c5e1f74e219a0c60320471cf7426921a5989caecc9925";
        IReadOnlyList<ImageSummary> rows = rig.Engine.List(new ImageListOptions { SharedSize = true });
        Assert.Equal([(Two, 45L, 5L), (One, 5L, 5L)], rows.Select(row => (row.Id, row.Size, row.SharedSize)));
        Assert.Equal(
            ["Loaded image: tiny:1\n", "Loaded image: tiny:2\n"],
            rig.Lines.Select(line => line.Stream).OfType<string>().Order());
        Assert.Equal([$"image load {One} name={One}", $"image load {Two} name={Two}"], rig.Events.Order());

        IReadOnlyList<HistoryItem> history = await rig.Engine.HistoryAsync("tiny:2", Stop);
        Assert.Equal([40L, 0, 5], history.Select(step => step.Size));
        Assert.Equal([Two, "<missing>", "<missing>"], history.Select(step => step.Id));
    }

    [Fact]
    public async Task What_is_saved_can_be_loaded_again_by_both_of_its_tables_of_contents()
    {
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        await using (FileStream archive = File.OpenRead(Fixture))
        {
            await rig.Engine.LoadAsync(archive, isQuiet: true, rig.ReportAsync, Stop);
        }

        var saved = new MemoryStream();
        await rig.Engine.SaveAsync(["tiny"], saved, Stop);
        byte[] bytes = saved.ToArray();

        // Without its manifest.json the same archive is a plain OCI image layout.
        byte[] layout = [.. bytes];
        layout.AsSpan(layout.AsSpan().IndexOf("manifest.json\0"u8), 1)[0] = (byte)'M';
        FixChecksum(layout, "Manifest.json\0"u8);
        foreach (byte[] archive in new[] { bytes, TarBuilder.Gzip(bytes), layout })
        {
            await using EngineUnderTest other = await EngineUnderTest.StartAsync(containerd);
            await other.Engine.LoadAsync(new MemoryStream(archive), isQuiet: true, other.ReportAsync, Stop);
            Assert.Equal(
                rig.Engine.List(new ImageListOptions()).Select(row => (row.Id, row.Size, row.RepoTags!.Single())),
                other.Engine.List(new ImageListOptions()).Select(row => (row.Id, row.Size, row.RepoTags!.Single())));
        }
    }

    [Fact]
    public async Task A_name_that_moves_leaves_the_old_image_untagged()
    {
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        SampleImage first = SampleImage.New("first"), second = SampleImage.New("second");
        await LoadAsync(rig, Archive(first, "app:1"));
        await LoadAsync(rig, Archive(second, "app:1"));
        Assert.Contains(
            rig.Lines,
            line => line.Stream == $"The image app:1 already exists, renaming the old one with ID {first.Id} "
                + "to empty string\n");
        ImageSummary dangling = Assert.Single(
            rig.Engine.List(new ImageListOptions { Filters = Filters.Of(("dangling", "true")) }));
        Assert.Equal(first.Id, dangling.Id);
        ImagesPruned pruned = await rig.Engine.PruneAsync(Filters.None, Stop);
        Assert.Contains(pruned.ImagesDeleted!, row => row.Deleted == first.Id);
        Assert.True(pruned.SpaceReclaimed > 0);
        Assert.Equal((4, 2, 2, 0), await rig.CountAsync());
    }

    public static TheoryData<string, byte[]> HostileLayers() => new()
    {
        { "outside of the root", new TarBuilder().File("../escape", "x").ToBytes() },
        { "outside of the root", new TarBuilder().File("a/../../escape", "x").ToBytes() },
        { "outside of the root", new TarBuilder().Hardlink("passwd", "../../etc/passwd").ToBytes() },
        { "invalid whiteout", new TarBuilder().File("a/.wh...", "").ToBytes() },
        { "invalid whiteout", new TarBuilder().File(".wh..", "").ToBytes() },
        { "block device", new TarBuilder().Device("dev/sda", '4', 8, 0).ToBytes() },
        { "character device 1:1", new TarBuilder().Device("dev/mem", '3', 1, 1).ToBytes() },
        { "unexpected EOF", new TarBuilder().Entry("big", '0', claimedSize: 5000).ToBytes() },
        { "invalid tar header", [.. Enumerable.Repeat((byte)'x', 2048)] },
        { "invalid PAX record", new TarBuilder().Entry("pax", 'x', content: "99 path=x\n"u8.ToArray()).ToBytes() },
        { "its files have more than", Sparse(4L << 30) },
    };

    [Theory, MemberData(nameof(HostileLayers))]
    public async Task A_hostile_layer_is_refused_and_leaves_nothing(string why, byte[] layer)
    {
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        var image = new SampleImage("amd64", (layer, layer));
        var loaded = await Assert.ThrowsAsync<RefusedException>(() => LoadAsync(rig, Archive(image, "evil:1")));
        var imported = await Assert.ThrowsAsync<RefusedException>(() => rig.Engine.ImportAsync(
            new MemoryStream(TarBuilder.Gzip(layer)), new ImportRequest(), rig.ReportAsync, Stop));
        Assert.Contains(why, loaded.Message);
        Assert.Contains(why, imported.Message);
        Assert.Equal((0, 0, 0, 0), await rig.CountAsync());
        Assert.Empty(Directory.EnumerateFiles(rig.Instance.DataRoot, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_bomb_is_stopped_before_it_is_unpacked()
    {
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(
            packed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
        {
            byte[] zeros = new byte[1 << 20];
            gzip.Write(new TarBuilder().Entry("zeros", '0', claimedSize: 300L << 20).ToBytes().AsSpan(0, 512));
            for (int i = 0; i < 300; i++)
            {
                gzip.Write(zeros);
            }
        }

        packed.Position = 0;
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => rig.Engine.ImportAsync(packed, new ImportRequest(), rig.ReportAsync, Stop));
        Assert.Contains("more than", refused.Message);
        Assert.Equal((0, 0, 0, 0), await rig.CountAsync());
    }

    public static TheoryData<string, byte[]> HostileArchives() => new()
    {
        { "neither a manifest.json nor an index.json", new TarBuilder().File("x", "y").ToBytes() },
        { "manifest.json", new TarBuilder().File("manifest.json", "{").ToBytes() },
        { "it has no image", new TarBuilder().File("manifest.json", "[]").ToBytes() },
        { "leads out of the archive", Item("../../etc/passwd") },
        { "leads out of the archive", new TarBuilder().Symlink("c", "../../etc/passwd").ToBytes() },
        { "etc/passwd is missing", Item("/etc/passwd") },
        { "too many links", new TarBuilder().Symlink("c", "c").File("manifest.json", ItemText("c")).ToBytes() },
        { "no RootFS", new TarBuilder().File("c", "{}").File("manifest.json", ItemText("c")).ToBytes() },
        { "xz", [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, 1, 2] },
        { "unexpected EOF", new TarBuilder().Entry("x", '0', claimedSize: 9000).ToBytes() },
        { "invalid manifest, layers length mismatch", new TarBuilder()
            .File("c", "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + TarBuilder.Digest([]) + "\"]}}")
            .File("manifest.json", ItemText("c")).ToBytes() },
    };

    [Theory, MemberData(nameof(HostileArchives))]
    public async Task A_broken_archive_is_refused_and_leaves_nothing(string why, byte[] archive)
    {
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => LoadAsync(rig, archive));
        Assert.Contains(why, refused.Message);
        Assert.Equal((0, 0, 0, 0), await rig.CountAsync());
        Assert.Empty(Directory.EnumerateFiles(rig.Instance.DataRoot, "*", SearchOption.AllDirectories));
    }

    private static Task LoadAsync(EngineUnderTest rig, byte[] archive) =>
        rig.Engine.LoadAsync(new MemoryStream(archive), isQuiet: false, rig.ReportAsync, Stop);

    internal static byte[] Archive(SampleImage image, params string[] tags)
    {
        var tar = new TarBuilder().File("config", image.ConfigBytes);
        for (int i = 0; i < image.Layers.Count; i++)
        {
            tar.File($"layer{i}", image.Layers[i].Packed);
        }

        IReadOnlyList<ArchiveItem> items =
        [
            new()
            {
                Config = "config", RepoTags = tags, Layers = [.. image.Layers.Select((_, i) => $"layer{i}")],
            },
        ];
        return tar.File(
            "manifest.json",
            JsonSerializer.SerializeToUtf8Bytes(items, ImageJson.Default.IReadOnlyListArchiveItem)).ToBytes();
    }

    private static byte[] Item(string config) => new TarBuilder().File("manifest.json", ItemText(config)).ToBytes();

    private static string ItemText(string config) => $$"""[{"Config":"{{config}}","Layers":[],"RepoTags":null}]""";

    // A PAX header that says: this file of no data has so many bytes.
    private static byte[] Sparse(long size)
    {
        string body = $"GNU.sparse.realsize={size}\n";
        string record = $"{body.Length + 3} {body}";
        return new TarBuilder().Entry("pax", 'x', content: Encoding.ASCII.GetBytes(record))
            .File("sparse", "").ToBytes();
    }

    private static void FixChecksum(byte[] archive, ReadOnlySpan<byte> name)
    {
        Span<byte> header = archive.AsSpan(archive.AsSpan().IndexOf(name), 512);
        header.Slice(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in header)
        {
            sum += b;
        }

        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(7, '0')).CopyTo(header[148..]);
    }
}
