using System.Formats.Tar;
using System.IO.Compression;
using Skep.Agent.Archive;
using Skep.Docker.Engine;
using Skep.Docker.Mounts;
using Skep.Linux;
using Skep.Linux.Files;
using Skep.Swarm;
using Skep.Tests.Linux.Files;

namespace Skep.Tests.Archive;

public sealed class CopyTests : IDisposable
{
    private static readonly CopyInOptions Plain = new(KeepsKinds: false, Owner: null, AllowsDevices: false);

    private readonly ScratchDirectory scratch = new();
    private readonly ContainerTree tree;

    public CopyTests()
    {
        scratch.Write("secret", "host");
        scratch.Write("root/etc/passwd", "root:x:0:0");
        scratch.MakeDirectory("root/tmp");
        scratch.MakeDirectory("root/mnt/real");
        File.CreateSymbolicLink(scratch["root/bin"], "usr/bin");
        scratch.Write("root/usr/bin/tool", "#!");
        tree = ContainerTree.OfRoot(SafeRoot.Open(scratch["root"]), [], rootIsReadOnly: false);
    }

    public void Dispose()
    {
        tree.Dispose();
        scratch.Dispose();
    }

    private static MemoryStream Archive(params TarEntry[] entries)
    {
        var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (TarEntry entry in entries)
            {
                writer.WriteEntry(entry);
            }
        }

        archive.Position = 0;
        return archive;
    }

    private static PaxTarEntry FileEntry(string name, string content) => new(TarEntryType.RegularFile, name)
    {
        Mode = (UnixFileMode)0x1A4,
        ModificationTime = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000),
        DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)),
    };

    private static PaxTarEntry Entry(TarEntryType type, string name, string link = "")
    {
        var entry = new PaxTarEntry(type, name) { Mode = (UnixFileMode)0x1ED };
        if (link.Length > 0)
        {
            entry.LinkName = link;
        }

        return entry;
    }

    private Task PutAsync(string path, Stream archive, CopyInOptions? options = null) =>
        new CopyIn(tree, path, "c1", options ?? Plain).ReadAsync(archive, default);

    private async Task<string> RefusalAsync(string path, CopyInOptions? options, params TarEntry[] entries)
    {
        RefusedException refusal = await Assert.ThrowsAsync<RefusedException>(
            () => PutAsync(path, Archive(entries), options));
        return $"{refusal.Kind}: {refusal.Message}";
    }

    private async Task<List<string>> GetAsync(string path)
    {
        var archive = new MemoryStream();
        await new CopyOut(tree, path, "c1").WriteAsync(archive, default);
        archive.Position = 0;
        using var reader = new TarReader(archive);
        var names = new List<string>();
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            string content = entry.DataStream is { } data ? new StreamReader(data).ReadToEnd() : "";
            names.Add($"{entry.Name}{(entry.LinkName.Length > 0 ? " -> " + entry.LinkName : "")} {content}".Trim());
        }

        return names;
    }

    // Names and modes are what Docker 20.10 answered for the same paths.
    [Theory]
    [InlineData("/etc", "etc", 0x8000_01ED, "")]
    [InlineData("/etc/.", ".", 0x8000_01ED, "")]
    [InlineData("/etc/", "etc", 0x8000_01ED, "")]
    [InlineData("etc", "etc", 0x8000_01ED, "")]
    [InlineData("/", "/", 0x8000_01ED, "")]
    [InlineData(".", ".", 0x8000_01ED, "")]
    [InlineData("/etc/passwd", "passwd", 0x1A4, "")]
    [InlineData("/bin", "bin", 0x0800_01FF, "/usr/bin")]
    [InlineData("/bin/", "bin", 0x8000_01ED, "")]
    [InlineData("/../../etc", "etc", 0x8000_01ED, "")]
    public void A_path_is_described_as_Docker_does(string path, string name, uint mode, string linkTarget)
    {
        PathStat stat = new CopyOut(tree, path, "c1").Stat;
        Assert.Equal((name, mode, linkTarget), (stat.Name, stat.Mode, stat.LinkTarget));
    }

    [Fact]
    public void What_is_not_there_is_not_found()
    {
        foreach (string path in new[] { "/nope", "/etc/passwd/x", "/../secret" })
        {
            RefusedException refusal = Assert.Throws<RefusedException>(() => new CopyOut(tree, path, "c1"));
            Assert.Equal(
                (ErrorKind.NotFound, $"Could not find the file {path} in container c1"),
                (refusal.Kind, refusal.Message));
        }

        Assert.Throws<RefusedException>(() => new CopyIn(tree, "/nope", "c1", Plain));
        Assert.Equal(
            "extraction point is not a directory",
            Assert.Throws<RefusedException>(() => new CopyIn(tree, "/etc/passwd", "c1", Plain)).Message);
    }

    [Fact]
    public async Task Entries_are_named_after_the_path()
    {
        Assert.Equal(["etc/", "etc/passwd root:x:0:0"], await GetAsync("/etc"));
        Assert.Equal(["./", "./passwd root:x:0:0"], await GetAsync("/etc/."));
        Assert.Equal(["passwd root:x:0:0"], await GetAsync("/etc/passwd"));
        Assert.Equal(["bin -> usr/bin"], await GetAsync("/bin"));
        Assert.Equal(["bin/", "bin/tool #!"], await GetAsync("/bin/"));
        Assert.Equal("/", (await GetAsync("/"))[0]);
        Assert.Contains("/etc/passwd root:x:0:0", await GetAsync("/"));
    }

    [Fact]
    public async Task Everything_a_file_has_survives_the_way_out_and_in()
    {
        SafeRoot root = tree.Root;
        root.MakeDirectory("from", 0x1FF);
        scratch.Write("root/from/one", "content");
        using (FileObject one = root.Get("from/one", LastLink.Keep))
        {
            root.MakeHardLink("from/two", one);
            one.SetOwner(1234, 70_000);
            one.SetMode(0x9ED);
            one.SetTimes(new UnixTime(1_000_000_000, 0), new UnixTime(1_000_000_000, 0));
            one.SetAttribute("user.raw", [0xFF, 0x00, 0x80]);
        }

        root.MakeLink("from/out", "/../../secret");
        root.MakeNode("from/pipe", FileKind.Fifo, 0x180, default);
        root.CreateFile("from/caf\uDCE9", 0x180).Dispose();
        var archive = new MemoryStream();
        await new CopyOut(tree, "/from/.", "c1").WriteAsync(archive, default);
        archive.Position = 0;
        root.MakeDirectory("to", 0x1FF);
        await PutAsync("/to", archive);
        Assert.Equal(["caf\uDCE9", "one", "out", "pipe", "two"], root.List("to"));
        FileFacts facts = root.Stat("to/one", LastLink.Keep);
        Assert.Equal((1234u, 70_000u, 0x9EDu, 2u), (facts.Uid, facts.Gid, facts.Mode, facts.LinkCount));
        Assert.Equal(1_000_000_000, facts.Modified.Seconds);
        using FileObject copied = root.Get("to/two", LastLink.Keep);
        Assert.Equal([0xFF, 0x00, 0x80], copied.GetAttribute("user.raw")!);
        using FileObject link = root.Get("to/out", LastLink.Keep);
        Assert.Equal("/../../secret", link.ReadLink());
        Assert.Equal(FileKind.Fifo, root.Stat("to/pipe", LastLink.Keep).Kind);
    }

    [Fact]
    public async Task Entries_replace_what_is_there_and_directories_are_merged()
    {
        scratch.Write("root/tmp/d/kept", "kept");
        scratch.Write("root/tmp/file", "old");
        scratch.Write("root/tmp/tree/deep", "old");
        File.CreateSymbolicLink(scratch["root/tmp/link"], "/etc/passwd");
        await PutAsync("/tmp", Archive(
            Entry(TarEntryType.Directory, "d/"),
            FileEntry("d/new", "new"),
            FileEntry("file", "new"),
            FileEntry("tree", "file now"),
            FileEntry("link", "file now"),
            FileEntry("implied/parent/file", "x"),
            FileEntry("file", "twice")));
        Assert.Equal("kept", File.ReadAllText(scratch["root/tmp/d/kept"]));
        Assert.Equal("twice", File.ReadAllText(scratch["root/tmp/file"]));
        Assert.Equal("file now", File.ReadAllText(scratch["root/tmp/tree"]));
        Assert.Equal("file now", File.ReadAllText(scratch["root/tmp/link"]));
        Assert.Equal("x", File.ReadAllText(scratch["root/tmp/implied/parent/file"]));
        Assert.Equal("root:x:0:0", File.ReadAllText(scratch["root/etc/passwd"]));
    }

    [Fact]
    public async Task A_kind_is_kept_when_that_was_asked()
    {
        CopyInOptions keep = Plain with { KeepsKinds = true };
        scratch.Write("root/tmp/d/kept", "kept");
        scratch.Write("root/tmp/f", "kept");
        Assert.Equal(
            "Invalid: Error processing tar file: cannot overwrite directory \"/tmp/d\" with non-directory \"/tmp\"",
            await RefusalAsync("/tmp", keep, FileEntry("d", "x")));
        Assert.Equal(
            "Invalid: Error processing tar file: cannot overwrite non-directory \"/tmp/f\" with directory \"/tmp\"",
            await RefusalAsync("/tmp", keep, Entry(TarEntryType.Directory, "f/")));
        await PutAsync("/tmp", Archive(FileEntry("f", "new")), keep);
        Assert.Equal("new", File.ReadAllText(scratch["root/tmp/f"]));
    }

    [Fact]
    public async Task An_owner_can_be_given_and_gzip_is_understood()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            await Archive(FileEntry("file", "x")).CopyToAsync(gzip);
        }

        packed.Position = 0;
        await PutAsync("/tmp", packed, Plain with { Owner = (7, 8) });
        FileFacts facts = tree.Root.Stat("/tmp/file", LastLink.Keep);
        Assert.Equal((7u, 8u), (facts.Uid, facts.Gid));
    }

    [Fact]
    public async Task Links_that_were_there_before_are_followed_inside_the_container()
    {
        File.CreateSymbolicLink(scratch["root/tmp/data"], "/mnt/real");
        await PutAsync("/tmp", Archive(FileEntry("data/file", "x")));
        await PutAsync("/bin", Archive(FileEntry("other", "x")));
        Assert.True(File.Exists(scratch["root/mnt/real/file"]));
        Assert.True(File.Exists(scratch["root/usr/bin/other"]));
    }

    [Fact]
    public async Task Read_only_places_are_refused()
    {
        ContainerMount volume = MountParser.ParseBind("data:/mnt:ro", "");
        ContainerMount inner = MountParser.ParseBind("data:/mnt/real", "");
        using ContainerTree closed = ContainerTree.OfRoot(
            SafeRoot.Open(scratch["root"]), [volume, inner], rootIsReadOnly: true);
        foreach ((string path, string message) in new[]
        {
            ("/mnt", "mounted volume is marked read-only"),
            ("/tmp", "container rootfs is marked read-only"),
        })
        {
            RefusedException refusal = Assert.Throws<RefusedException>(() => new CopyIn(closed, path, "c1", Plain));
            Assert.Equal((ErrorKind.Forbidden, message), (refusal.Kind, refusal.Message));
        }

        await new CopyIn(closed, "/mnt/real", "c1", Plain).ReadAsync(Archive(FileEntry("a", "")), default);
    }

    public static TheoryData<string, TarEntry[]> Hostile => new()
    {
        { "climbs", [FileEntry("../x", "x")] },
        { "climbs far", [FileEntry("a/../../../../../../../../secret", "x")] },
        { "hard link out", [Entry(TarEntryType.HardLink, "l", "../etc/passwd"), FileEntry("l", "x")] },
        {
            "absolute link, then through it",
            [Entry(TarEntryType.SymbolicLink, "l", "/etc"), FileEntry("l/passwd", "x")]
        },
        {
            "relative link, then through it",
            [Entry(TarEntryType.SymbolicLink, "l", "../../../.."), FileEntry("l/secret", "x")]
        },
        {
            "link through a link",
            [
                Entry(TarEntryType.SymbolicLink, "a", "."),
                Entry(TarEntryType.SymbolicLink, "a/l", "../etc"),
                FileEntry("l/passwd", "x"),
            ]
        },
        {
            "hard link to a link, then through it",
            [
                Entry(TarEntryType.SymbolicLink, "a", "../etc"),
                Entry(TarEntryType.HardLink, "b", "a"),
                FileEntry("b/passwd", "x"),
            ]
        },
        {
            "hard link through a link",
            [
                Entry(TarEntryType.SymbolicLink, "a", "/etc"),
                Entry(TarEntryType.HardLink, "b", "a/passwd"),
                FileEntry("b", "x"),
            ]
        },
        { "device", [new PaxTarEntry(TarEntryType.BlockDevice, "sda") { DeviceMajor = 8, DeviceMinor = 0 }] },
        { "device", [new PaxTarEntry(TarEntryType.CharacterDevice, "m") { DeviceMajor = 1, DeviceMinor = 1 }] },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task A_hostile_archive_changes_nothing_outside_its_place(string name, TarEntry[] entries)
    {
        string host = File.ReadAllText(scratch["secret"]), container = scratch.Describe("root/etc");
        Assert.StartsWith("Invalid: Error processing tar file: ", await RefusalAsync("/tmp", null, entries));
        Assert.Equal(host, File.ReadAllText(scratch["secret"]));
        Assert.Equal(container, scratch.Describe("root/etc"));
        Assert.Equal(["root", "secret"], Directory.GetFileSystemEntries(scratch.Path).Select(Path.GetFileName).Order());
        Assert.NotEmpty(name);
    }

    [Fact]
    public async Task Absolute_names_mean_the_place_itself()
    {
        await PutAsync("/tmp", Archive(FileEntry("/etc/passwd", "x"), FileEntry("/../up", "x")));
        Assert.Equal("root:x:0:0", File.ReadAllText(scratch["root/etc/passwd"]));
        Assert.True(File.Exists(scratch["root/tmp/etc/passwd"]));
        Assert.True(File.Exists(scratch["root/tmp/up"]));
    }

    [Fact]
    public async Task Devices_are_made_when_that_is_allowed()
    {
        await PutAsync(
            "/tmp",
            Archive(new PaxTarEntry(TarEntryType.CharacterDevice, "null") { DeviceMajor = 1, DeviceMinor = 3 }),
            Plain with { AllowsDevices = true });
        Assert.Equal((1u, 3u), tree.Root.Stat("/tmp/null", LastLink.Keep).Represents);
    }

    // The container may swap a directory for a link while an archive is unpacked (CVE-2018-15664).
    [Fact]
    public async Task A_directory_swapped_for_a_link_mid_way_never_leads_to_the_host()
    {
        scratch.MakeDirectory("outside");
        using SafeRoot tmp = tree.Root.OpenDirectory("tmp");
        using var stop = new CancellationTokenSource();
        var swapper = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                // What is unpacked meanwhile gets in the way of some of these.
                Attempt(() => tmp.RemoveTree("dir"));
                Attempt(() => tmp.MakeDirectory("dir", 0x1ED));
                Attempt(() => tmp.RemoveTree("aside"));
                Attempt(() => tmp.Rename("dir", tmp, "aside"));
                Attempt(() => tmp.MakeLink("dir", scratch["outside"]));
            }
        });
        swapper.Start();
        try
        {
            for (int i = 0; i < 300; i++)
            {
                try
                {
                    await PutAsync("/tmp/dir", Archive(FileEntry("sub/file", "x")));
                }
                catch (RefusedException e)
                {
                    Assert.True(e.Kind is ErrorKind.Failed or ErrorKind.NotFound, e.Message);
                }
            }
        }
        finally
        {
            stop.Cancel();
            swapper.Join();
        }

        Assert.Empty(Directory.GetFileSystemEntries(scratch["outside"]));
    }

    private static void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (ErrnoException)
        {
            return;
        }
    }

    [Fact]
    public async Task Garbage_and_unknown_compressions_are_refused()
    {
        byte[] zstd = [0x28, 0xB5, 0x2F, 0xFD, 0, 0], zeros = new byte[300];
        foreach (byte[] content in new[] { zeros, zstd, "garbage garbage"u8.ToArray() })
        {
            RefusedException refusal = await Assert.ThrowsAsync<RefusedException>(
                () => PutAsync("/tmp", new MemoryStream(content)));
            Assert.Equal(ErrorKind.Invalid, refusal.Kind);
        }
    }
}
