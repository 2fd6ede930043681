using System.Text;
using Skep.Linux;
using Skep.Linux.Files;
using Skep.Linux.Mounts;
using Skep.Tests.Linux.Files;

namespace Skep.Tests.Linux.Mounts;

public class MountTests
{
    [Fact]
    public void Options_become_flags_propagation_and_data()
    {
        MountOptions options = MountOptions.Parse(
            ["rbind", "ro", "nosuid", "rslave", "index=off", "lowerdir=/a:/b", "rw", ""]);
        Assert.Equal(MountOptions.Bind | MountOptions.Recursive | MountOptions.NoSuid, options.Flags);
        Assert.Equal(MountOptions.Slave | MountOptions.Recursive, options.Propagation);
        Assert.Equal("index=off,lowerdir=/a:/b", options.Data);
    }

    [Fact]
    public void A_line_of_the_mount_table_is_understood()
    {
        const string Line =
            "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime shared:1 master:7 - ext3 /dev/root\\134x rw,errors=continue\n";
        MountEntry entry = Assert.Single(MountTable.Parse(Encoding.UTF8.GetBytes(Line)));
        Assert.Equal((36, 35, "/mnt1", "/mnt 2"), (entry.Id, entry.ParentId, entry.Root, entry.Target));
        Assert.Equal(["shared:1", "master:7"], entry.Propagation);
        Assert.Equal(
            ("ext3", "/dev/root\\x", "rw,errors=continue"),
            (entry.FileSystem, entry.Source, entry.SuperOptions));
    }

    [Fact]
    public void A_read_only_bind_is_read_only_and_its_source_is_not()
    {
        using var scratch = new ScratchDirectory();
        scratch.Write("source/file", "x");
        string target = scratch.MakeDirectory("target");
        KernelMounts.Mount("bind", scratch["source"], target, ["rbind", "ro", "rprivate"]);
        Assert.ThrowsAny<IOException>(() => File.WriteAllText(target + "/file", "y"));
        scratch.Write("source/file", "y");
        Assert.Equal("y", File.ReadAllText(target + "/file"));
        Assert.True(MountTable.IsMountPoint(target));
        Assert.Empty(MountTable.Below(target)[0].Propagation);
        KernelMounts.Unmount(target);
        Assert.False(MountTable.IsMountPoint(target));
        Assert.False(KernelMounts.Detach(target));
    }

    [Fact]
    public void Leftovers_below_a_directory_are_detached_deepest_first()
    {
        using var scratch = new ScratchDirectory();
        scratch.MountTmpfs("run", "1m");
        scratch.MountTmpfs("run/a", "1m");
        scratch.MountTmpfs("run/a/b", "1m");
        scratch.MountTmpfs("runaway", "1m");
        Assert.Equal(
            [scratch["run/a/b"], scratch["run/a"], scratch["run"]],
            MountTable.Below(scratch["run"]).Select(entry => entry.Target));
        KernelMounts.DetachBelow(scratch["run"]);
        Assert.Empty(MountTable.Below(scratch["run"]));
        Assert.True(MountTable.IsMountPoint(scratch["runaway"]));
    }

    [Fact]
    public void A_mount_that_a_later_one_hides_is_no_mount_point()
    {
        using var scratch = new ScratchDirectory();
        scratch.MountTmpfs("run", "1m");
        scratch.MountTmpfs("run/secrets", "1m");
        scratch.MountTmpfs("run", "1m");
        Assert.Contains(MountTable.Read(), entry => entry.Target == scratch["run/secrets"]);
        Assert.False(MountTable.IsMountPoint(scratch["run/secrets"]));
        Assert.True(MountTable.IsMountPoint(scratch["run"]));
        scratch.MountTmpfs("run/secrets", "1m");
        Assert.True(MountTable.IsMountPoint(scratch["run/secrets"]));
        KernelMounts.DetachBelow(scratch["run"]);
    }

    [Theory]
    [InlineData("/run/skep/secrets", false)] // below the first /run, which the second one hides
    [InlineData("/run", true)]
    [InlineData("/run/skep", true)]
    [InlineData("/run/other", false)]
    [InlineData("/var/lib", true)] // on the second one of two at the same place
    [InlineData("/", true)]
    public void A_path_is_walked_from_mount_to_mount(string path, bool leadsToOne)
    {
        (int Id, int On, string Target)[] table =
        [
            (20, 1, "/"), (21, 20, "/run"), (22, 21, "/run/skep/secrets"), (23, 21, "/run"), (24, 23, "/run/skep"),
            (25, 20, "/var"), (26, 25, "/var"), (27, 26, "/var/lib"),
        ];
        string text = string.Concat(
            table.Select(one => $"{one.Id} {one.On} 0:1 / {one.Target} rw - tmpfs none rw\n"));

        IReadOnlyList<MountEntry> entries = MountTable.Parse(Encoding.UTF8.GetBytes(text));

        Assert.Equal(leadsToOne, MountTable.Leads(entries, path));
        Assert.Equal(leadsToOne && path != "/", MountTable.Leads([.. entries.Skip(1)], path)); // in a changed root
    }

    [Fact]
    public void A_mount_of_an_unknown_file_system_names_its_place()
    {
        using var scratch = new ScratchDirectory();
        ErrnoException refusal = Assert.Throws<ErrnoException>(
            () => KernelMounts.Mount("nosuchfs", "none", scratch.Path, ["password=secret"]));
        Assert.Equal(Errno.ENODEV, refusal.Errno);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(60)]
    public void An_overlay_may_have_more_layers_than_a_page_of_paths_holds(int layerCount)
    {
        using var scratch = new ScratchDirectory();
        string disk = scratch.MountTmpfs("disk", "8m");
        string deep = disk + "/" + new string('d', 80);
        var layers = new List<string>();
        for (int i = 0; i < layerCount; i++)
        {
            layers.Add(Directory.CreateDirectory($"{deep}/{i}/fs").FullName);
            File.WriteAllText($"{deep}/{i}/fs/file", $"layer {i}");
        }

        string upper = Directory.CreateDirectory(deep + "/upper").FullName;
        string work = Directory.CreateDirectory(deep + "/work").FullName;
        string target = scratch.MakeDirectory("target");
        KernelMounts.Mount(
            "overlay",
            "overlay",
            target,
            [$"workdir={work}", $"upperdir={upper}", $"lowerdir={string.Join(':', layers)}"]);
        Assert.Equal("layer 0", File.ReadAllText(target + "/file"));
        File.WriteAllText(target + "/file", "changed");
        Assert.Equal("changed", File.ReadAllText(upper + "/file"));
        KernelMounts.Unmount(target);
    }

    [Fact]
    public void A_clone_of_a_tree_is_attached_read_only_where_a_link_cannot_redirect_it()
    {
        using var scratch = new ScratchDirectory();
        scratch.Write("source/file", "x");
        scratch.MountTmpfs("source/inner", "1m");
        scratch.Write("source/inner/file", "y");
        scratch.MakeDirectory("root/place");
        using SafeRoot root = SafeRoot.Open(scratch["root"]);
        using SafeRoot host = SafeRoot.Open(scratch.Path);
        using (FileObject source = host.Get("source", LastLink.Follow))
        using (FileObject place = root.Get("place", LastLink.Follow))
        using (MountClone clone = MountClone.Of(source, recursive: true, readOnly: true))
        {
            clone.Attach(place);
        }

        Assert.Equal("y", File.ReadAllText(scratch["root/place/inner/file"]));
        Assert.ThrowsAny<IOException>(() => File.WriteAllText(scratch["root/place/inner/file"], "z"));
        KernelMounts.Detach(scratch["root/place"]);
        Assert.Empty(Directory.GetFileSystemEntries(scratch["root/place"]));
    }
}
