using Skep.Docker.Engine;
using Skep.Docker.Mounts;
using Skep.Swarm;

namespace Skep.Tests.Mounts;

public class MountPlanTests
{
    private const string NotAbsolute = "invalid mount path: 'x' mount path must be absolute";

    // The words are those of Docker 20.10, asked with the same values.
    [Theory]
    [InlineData("a:b:c:d", "invalid volume specification: 'a:b:c:d'")]
    [InlineData("foo:rw", "invalid volume specification: 'foo:rw'")]
    [InlineData(":/x", "invalid volume specification: ':/x'")]
    [InlineData("", "invalid volume specification: ''")]
    [InlineData("a:/x:zz", "invalid mode: zz")]
    [InlineData("/tmp:/x:ro,rw", "invalid mode: ro,rw")]
    [InlineData(
        "/x:x", "invalid volume specification: '/x:x': invalid mount config for type \"bind\": " + NotAbsolute)]
    [InlineData(
        "/x:/../", "invalid volume specification: '/x:/../': invalid mount config for type \"bind\": "
        + "invalid specification: destination can't be '/'")]
    [InlineData(
        "/tmp:/x:nocopy", "invalid volume specification: '/tmp:/x:nocopy': invalid mount config for type \"bind\": "
        + "field VolumeOptions must not be specified")]
    [InlineData(
        "a:/x:rshared", "invalid volume specification: 'a:/x:rshared': invalid mount config for type \"volume\": "
        + "field BindOptions must not be specified")]
    public void A_bind_that_makes_no_sense_is_refused_in_Dockers_words(string text, string message)
    {
        RefusedException refusal = Assert.Throws<RefusedException>(() => MountParser.ParseBind(text, ""));
        Assert.Equal((ErrorKind.Invalid, message), (refusal.Kind, refusal.Message));
    }

    public static TheoryData<Mount, string> Refused => new()
    {
        { new() { Type = "bind", Source = "/a", Target = "" }, "\"bind\": field Target must not be empty" },
        { new() { Type = "bind", Target = "/x" }, "\"bind\": field Source must not be empty" },
        {
            new() { Type = "bind", Source = "x", Target = "/x" }, "\"bind\": " + NotAbsolute
        },
        {
            new() { Type = "bind", Source = "/a", Target = "/x", BindOptions = new() { Propagation = "up" } },
            "\"bind\": invalid propagation mode: up"
        },
        { new() { Type = "volume", Source = "v", Target = "x" }, "\"volume\": " + NotAbsolute },
        {
            new() { Type = "volume", Target = "/x", ReadOnly = true },
            "\"volume\": must not set ReadOnly mode when using anonymous volumes"
        },
        {
            new() { Type = "volume", Source = "v", Target = "/x", VolumeOptions = new() { Subpath = "../y" } },
            "\"volume\": subpath must be a relative path within the volume"
        },
        {
            new() { Type = "volume", Target = "/x", VolumeOptions = new() { Subpath = "y" } },
            "\"volume\": must not set Subpath when using anonymous volumes"
        },
        { new() { Type = "tmpfs", Source = "a", Target = "/x" }, "\"tmpfs\": field Source must not be specified" },
        {
            new() { Type = "tmpfs", Target = "/x", TmpfsOptions = new() { Options = [["suid"]] } },
            "\"tmpfs\": invalid option: suid"
        },
        { new() { Type = "npipe", Source = "a", Target = "/x" }, "\"npipe\": mount type unknown" },
        { new() { Type = "image", Source = "a", Target = "/x" }, "\"image\": mount type unknown" },
        { new() { Type = "cluster", Source = "a", Target = "/x" }, "\"cluster\": mount type unknown" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_mount_that_makes_no_sense_is_refused_in_Dockers_words(Mount mount, string message)
    {
        RefusedException refusal = Assert.Throws<RefusedException>(() => MountParser.ParseMount(mount));
        Assert.Equal("invalid mount config for type " + message, refusal.Message);
    }

    [Fact]
    public void A_bind_and_a_volume_are_told_apart_by_the_slash()
    {
        Assert.Equal(
            new ContainerMount
            {
                Type = "bind",
                Source = "/a",
                Destination = "/x",
                Mode = "ro,z,rslave",
                Writable = false,
                Propagation = "rslave",
                MakesSource = true,
            },
            MountParser.ParseBind("/a/./b/..:/x/:ro,z,rslave", ""));
        Assert.Equal(
            new ContainerMount { Type = "volume", Name = "data", Destination = "/x", Mode = "z", CopiesImage = true },
            MountParser.ParseBind("data:/x", ""));
        Assert.False(MountParser.ParseBind("data:/x:nocopy", "").CopiesImage);
        Assert.Equal("nfs", MountParser.ParseBind("data:/x", "nfs").Driver);
    }

    [Fact]
    public void A_bind_of_the_mounts_list_is_not_made_on_the_host()
    {
        ContainerMount mount = MountParser.ParseMount(new() { Type = "bind", Source = "/a", Target = "/x" });
        Assert.False(mount.MakesSource);
        Assert.Equal(("rprivate", true), (mount.Propagation, mount.PropagationIsOurs));
    }

    [Fact]
    public void Options_of_a_tmpfs_are_merged_with_the_defaults_and_the_last_counts()
    {
        Assert.Equal(["noexec", "nosuid", "nodev", "rprivate"], TmpfsText.Merge(""));
        Assert.Equal(
            ["nosuid", "nodev", "rprivate", "exec", "size=2m", "mode=1777"],
            TmpfsText.Merge("size=1m,exec,size=2m,mode=1777"));
        RefusedException refusal = Assert.Throws<RefusedException>(() => TmpfsText.Merge("foo=1"));
        Assert.Equal("invalid tmpfs option [\"foo\" \"1\"]", refusal.Message);
        Assert.Equal(
            "ro,mode=1777,size=64m,exec",
            TmpfsText.From(new() { Mode = 0x3FF, SizeBytes = 64 << 20, Options = [["exec"]] }, readOnly: true));
        Assert.Equal("size=1025", TmpfsText.From(new() { SizeBytes = 1025 }, readOnly: false));
    }

    [Theory]
    [InlineData("")]
    [InlineData("c:zz")]
    [InlineData("c:rshared")]
    [InlineData("c:nocopy")]
    public void Volumes_from_allow_only_access_and_label(string text) =>
        Assert.Throws<RefusedException>(() => MountParser.ParseVolumesFrom(text));

    [Theory]
    [InlineData("/tmp:/x", "/etc:/x/", null)]
    [InlineData("/tmp:/x", null, "/x")]
    public void A_destination_can_be_asked_for_once(string first, string? second, string? tmpfs)
    {
        var host = new HostConfig
        {
            Binds = second is null ? [first] : [first, second],
            Tmpfs = tmpfs is null ? null : new Dictionary<string, string> { [tmpfs] = "" },
        };
        RefusedException refusal = Assert.Throws<RefusedException>(
            () => MountPlan.Decide(new ContainerConfig(), host, _ => []));
        Assert.Equal("Duplicate mount point: /x", refusal.Message);
    }

    [Fact]
    public void Own_mounts_replace_those_of_other_containers_and_declared_volumes_give_way()
    {
        IReadOnlyList<ContainerMount> plan = MountPlan.Decide(
            new ContainerConfig
            {
                Volumes = new Dictionary<string, Empty>
                {
                    ["/a"] = Empty.Value,
                    ["/c/"] = Empty.Value,
                    ["../d"] = Empty.Value,
                    ["/t"] = Empty.Value,
                },
            },
            new HostConfig
            {
                VolumesFrom = ["other:ro"],
                Binds = ["/host:/a"],
                Tmpfs = new Dictionary<string, string> { ["/t"] = "size=1m" },
            },
            name =>
            {
                Assert.Equal("other", name);
                return
                [
                    MountParser.ParseBind("one:/a", ""),
                    MountParser.ParseBind("two:/b", ""),
                    MountParser.ParseTmpfs("/hidden", ""),
                ];
            });
        Assert.Equal(
            ["/a bind /host", "/b volume two", "/c volume ", "/d volume ", "/t tmpfs "],
            plan.OrderBy(mount => mount.Destination).Select(
                mount => $"{mount.Destination} {mount.Type} {mount.Name}{mount.Source}"));
        ContainerMount shared = plan.Single(mount => mount.Name == "two");
        Assert.Equal((false, false, ""), (shared.Writable, shared.CopiesImage, shared.Mode));
    }

    [Fact]
    public void Mounts_are_made_from_the_root_downwards()
    {
        ContainerMount[] mounts =
        [
            MountParser.ParseTmpfs("/a/b/c", ""), MountParser.ParseTmpfs("/z", ""), MountParser.ParseTmpfs("/a/b", ""),
        ];
        Assert.Equal(["/z", "/a/b", "/a/b/c"], MountPlan.InMountOrder(mounts).Select(mount => mount.Destination));
    }
}
