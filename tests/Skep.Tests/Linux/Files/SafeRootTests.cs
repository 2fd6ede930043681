using Skep.Linux;
using Skep.Linux.Files;

namespace Skep.Tests.Linux.Files;

public class SafeRootTests
{
    [Theory]
    [InlineData("../secret")]
    [InlineData("/../../secret")]
    [InlineData("up/secret")]
    [InlineData("absolute")]
    [InlineData("deep/a/../../../../secret")]
    public void No_path_leads_out_of_the_root(string path)
    {
        using var scratch = new ScratchDirectory();
        scratch.Write("secret", "host");
        string inside = scratch.MakeDirectory("root/deep/a");
        File.CreateSymbolicLink(scratch["root/up"], "..");
        File.CreateSymbolicLink(scratch["root/absolute"], scratch["secret"]);
        using SafeRoot root = SafeRoot.Open(scratch["root"]);
        Assert.Null(root.Find(path, LastLink.Follow));
        Assert.Throws<ErrnoException>(() => root.OpenRead(path));
    }

    [Fact]
    public void Links_are_resolved_as_if_the_directory_were_the_root()
    {
        using var scratch = new ScratchDirectory();
        scratch.Write("root/etc/passwd", "inside");
        File.CreateSymbolicLink(scratch["root/absolute"], "/etc/passwd");
        File.CreateSymbolicLink(scratch["root/etc/up"], "../../../etc");
        using SafeRoot root = SafeRoot.Open(scratch["root"]);
        Assert.Equal(6, root.Stat("absolute", LastLink.Follow).Size);
        Assert.Equal(6, root.Stat("etc/up/passwd", LastLink.Follow).Size);
        Assert.Equal(FileKind.Link, root.Stat("absolute", LastLink.Keep).Kind);
    }

    [Fact]
    public void Magic_links_of_proc_are_refused()
    {
        using SafeRoot root = SafeRoot.Open("/proc/self");
        Assert.Equal(
            Errno.ELOOP, Assert.Throws<ErrnoException>(() => root.Get("root/etc", LastLink.Follow)).Errno);
    }

    [Theory]
    [InlineData("up/new")]
    [InlineData("absolute/new")]
    [InlineData("../new")]
    public void Nothing_is_made_or_removed_outside(string path)
    {
        using var scratch = new ScratchDirectory();
        scratch.MakeDirectory("root");
        scratch.Write("outside/keep", "kept");
        File.CreateSymbolicLink(scratch["root/up"], "../outside");
        File.CreateSymbolicLink(scratch["root/absolute"], scratch["outside"]);
        string before = scratch.Describe("outside");
        using SafeRoot root = SafeRoot.Open(scratch["root"]);
        Attempt(() => root.MakeDirectory(path, 0x1FF));
        Attempt(() => root.CreateFile(path, 0x1FF).Dispose());
        Attempt(() => root.MakeLink(path, "x"));
        Attempt(() => root.RemoveTree(path[..^3] + "keep"));
        Attempt(() => root.MakeDirectories(path + "/a/b", 0x1FF));
        Assert.Equal(before, scratch.Describe("outside"));
        Assert.False(Directory.Exists(scratch["new"]));
    }

    private static void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (ErrnoException e)
        {
            Assert.Contains(e.Errno, new[] { Errno.ENOENT, Errno.EEXIST, Errno.ENOTDIR });
        }
    }

    [Fact]
    public void A_new_file_never_opens_what_has_its_name()
    {
        using var scratch = new ScratchDirectory();
        scratch.Write("root/there", "old");
        File.CreateSymbolicLink(scratch["root/link"], "target");
        using SafeRoot root = SafeRoot.Open(scratch["root"]);
        foreach (string name in new[] { "there", "link" })
        {
            Assert.Equal(
                Errno.EEXIST, Assert.Throws<ErrnoException>(() => root.CreateFile(name, 0x1B6)).Errno);
        }

        Assert.False(File.Exists(scratch["root/target"]));
    }

    [Fact]
    public void Reading_a_pipe_or_a_device_is_refused_without_waiting()
    {
        using var scratch = new ScratchDirectory();
        using SafeRoot root = SafeRoot.Open(scratch.Path);
        root.MakeNode("pipe", FileKind.Fifo, 0x180, default);
        root.MakeNode("null", FileKind.CharacterDevice, 0x180, (1, 3));
        Assert.Equal((1u, 3u), root.Stat("null", LastLink.Keep).Represents);
        Assert.Throws<ErrnoException>(() => root.OpenRead("pipe"));
        Assert.Throws<ErrnoException>(() => root.OpenRead("null"));
    }

    [Fact]
    public void Removing_a_tree_removes_links_and_not_what_they_name()
    {
        using var scratch = new ScratchDirectory();
        scratch.Write("outside/keep", "kept");
        scratch.Write("root/tree/a/b/file", "gone");
        File.CreateSymbolicLink(scratch["root/tree/a/out"], scratch["outside"]);
        using SafeRoot root = SafeRoot.Open(scratch["root"]);
        root.RemoveTree("tree");
        root.RemoveTree("tree");
        Assert.Empty(root.List());
        Assert.Equal("kept", File.ReadAllText(scratch["outside/keep"]));
    }

    [Fact]
    public void A_tree_deeper_than_any_path_can_be_removed()
    {
        using var scratch = new ScratchDirectory();
        using SafeRoot root = SafeRoot.Open(scratch.Path);
        root.MakeDirectory("tree", 0x1FF);
        SafeRoot at = root.OpenDirectory("tree");
        for (int i = 0; i < 3 * SafeRoot.DepthLimit; i++)
        {
            at.MakeDirectory("down-to-the-next", 0x1FF);
            SafeRoot next = at.OpenDirectory("down-to-the-next");
            at.Dispose();
            at = next;
        }

        at.Dispose();
        root.RemoveTree("tree");
        Assert.Empty(root.List());
    }

    [Fact]
    public void Names_that_are_no_UTF8_are_listed_opened_and_removed()
    {
        using var scratch = new ScratchDirectory();
        using SafeRoot root = SafeRoot.Open(scratch.Path);
        const string Name = "caf\uDCE9-ü-😀";
        Assert.Equal("caf"u8.ToArray().Append((byte)0xE9), NameBytes.Encode(Name)[..4]);
        root.CreateFile(Name, 0x1B6).Dispose();
        Assert.Equal([Name], root.List());
        root.Remove(Name);
        Assert.Empty(root.List());
    }

    [Fact]
    public void Owner_mode_times_and_attributes_are_set_on_the_object_itself()
    {
        using var scratch = new ScratchDirectory();
        scratch.Write("outside", "host");
        using SafeRoot root = SafeRoot.Open(scratch.MakeDirectory("root"));
        root.MakeLink("link", "../outside");
        root.CreateFile("file", 0x180).Dispose();
        var at = new UnixTime(1_000_000_000, 123_456_789);
        foreach (string name in new[] { "link", "file" })
        {
            using FileObject made = root.Get(name, LastLink.Keep);
            made.SetOwner(1234, 5678);
            made.SetTimes(at, at);
            FileFacts facts = made.Stat();
            Assert.Equal((1234u, 5678u, at), (facts.Uid, facts.Gid, facts.Modified));
        }

        using FileObject file = root.Get("file", LastLink.Keep);
        file.SetMode(0x9ED);
        file.SetAttribute("user.colour", [0xFF, 0x00, 0x80]);
        Assert.Equal(0x9EDu, file.Stat().Mode);
        Assert.Contains("user.colour", file.ListAttributes());
        Assert.Equal([0xFF, 0x00, 0x80], file.GetAttribute("user.colour")!);
        Assert.Null(file.GetAttribute("user.taste"));
        Assert.NotEqual(2001, File.GetLastWriteTimeUtc(scratch["outside"]).Year);
    }

    [Fact]
    public void Hard_links_share_one_object()
    {
        using var scratch = new ScratchDirectory();
        using SafeRoot root = SafeRoot.Open(scratch.Path);
        root.CreateFile("one", 0x180).Dispose();
        using (FileObject one = root.Get("one", LastLink.Keep))
        {
            root.MakeHardLink("two", one);
        }

        Assert.Equal(root.Stat("one", LastLink.Keep).Inode, root.Stat("two", LastLink.Keep).Inode);
        Assert.Equal(2u, root.Stat("two", LastLink.Keep).LinkCount);
    }

    [Theory]
    [InlineData("/plain/file", "/plain/file")]
    [InlineData("/l1/x", "/plain/x")]
    [InlineData("/l2/missing/more", "/plain/missing/more")]
    [InlineData("/../../plain/./..", "/")]
    [InlineData("/dangling", "/nowhere")]
    public void The_end_of_a_path_is_told_with_its_links_followed(string path, string end)
    {
        using var scratch = new ScratchDirectory();
        scratch.Write("plain/file", "");
        File.CreateSymbolicLink(scratch["l1"], "plain");
        File.CreateSymbolicLink(scratch["l2"], "/../l1");
        File.CreateSymbolicLink(scratch["dangling"], "nowhere");
        using SafeRoot root = SafeRoot.Open(scratch.Path);
        Assert.Equal(end, root.FollowLinks(path));
    }

    [Fact]
    public void A_ring_of_links_ends()
    {
        using var scratch = new ScratchDirectory();
        File.CreateSymbolicLink(scratch["a"], "b");
        File.CreateSymbolicLink(scratch["b"], "a");
        using SafeRoot root = SafeRoot.Open(scratch.Path);
        Assert.Equal(Errno.ELOOP, Assert.Throws<ErrnoException>(() => root.FollowLinks("a")).Errno);
        Assert.Equal(Errno.ELOOP, Assert.Throws<ErrnoException>(() => root.Get("a", LastLink.Follow)).Errno);
    }

    // A link that changes between looking and opening is what path checks by text fall for.
    [Fact]
    public void A_link_swapped_while_we_work_never_leads_out()
    {
        using var scratch = new ScratchDirectory();
        scratch.Write("outside/file", "host");
        scratch.Write("root/dir/file", "inside");
        using SafeRoot root = SafeRoot.Open(scratch["root"]);
        using var stop = new CancellationTokenSource();
        var swapper = new Thread(() =>
        {
            root.MakeLink("link", scratch["outside"]);
            while (!stop.IsCancellationRequested)
            {
                root.Rename("dir", root, "aside");
                root.Rename("link", root, "dir");
                root.Rename("dir", root, "link");
                root.Rename("aside", root, "dir");
            }
        });
        swapper.Start();
        try
        {
            for (int i = 0; i < 5000; i++)
            {
                using FileObject? file = root.Find("dir/file", LastLink.Follow);
                Assert.True(file is null || file.Stat().Size == 6);
            }
        }
        finally
        {
            stop.Cancel();
            swapper.Join();
        }
    }
}
