using Skep.Docker.Compose;
using Skep.Swarm.Objects;
using static Skep.Tests.Stacks.Composed;
using Mount = Skep.Docker.Engine.Mount;

namespace Skep.Tests.Stacks;

public class StackMountsTests
{
    private static ComposeMount Volume => new() { Kind = "volume", Source = "data", Target = "/data", Place = Place };

    [Fact]
    public void A_volume_of_the_stack_has_its_label_and_driver()
    {
        Mount mount = MountOf(Volume with { VolumeIsNotCopied = true }, new ComposeVolume
        {
            Key = "data",
            Driver = "local",
            DriverOptions = ValueMap.Of(("type", "nfs")),
            Labels = ValueMap.Of(("a", "b")),
            Place = Place,
        });
        Assert.Equal(("volume", "app_data", "/data"), (mount.Type, mount.Source, mount.Target));
        Assert.True(mount.VolumeOptions!.NoCopy);
        Assert.Equal(
            new Dictionary<string, string> { ["a"] = "b", ["com.docker.stack.namespace"] = "app" },
            mount.VolumeOptions.Labels);
        Assert.Equal("nfs", mount.VolumeOptions.DriverConfig!.Options!["type"]);
    }

    [Fact]
    public void An_external_volume_is_left_as_it_is()
    {
        Mount mount = MountOf(Volume, new ComposeVolume
        {
            Key = "data",
            Name = "theirs",
            IsExternal = true,
            Place = Place,
        });
        Assert.Equal("theirs", mount.Source);
        Assert.Null(mount.VolumeOptions!.Labels);
        Assert.Null(mount.VolumeOptions.DriverConfig);
    }

    [Fact]
    public void A_volume_without_a_name_belongs_to_its_task_alone()
    {
        Mount mount = MountOf(Volume with { Source = null }, null);
        Assert.Null(mount.Source);
        Assert.Null(mount.VolumeOptions);
        Assert.True(
            MountOf(Volume with { Source = null, VolumeIsNotCopied = true }, null).VolumeOptions!.NoCopy);
    }

    [Fact]
    public void Options_must_fit_the_kind_of_mount()
    {
        Assert.Equal("stack.yml:7: service web: bind options are incompatible with type volume",
            Refused(Volume with { OptionGroups = ["bind"] }));
        Assert.Equal("stack.yml:7: service web: undefined volume \"data\"", Refused(Volume));
        Assert.Equal("stack.yml:7: service web: invalid bind source, source cannot be empty",
            Refused(Volume with { Kind = "bind", Source = null }));
        Assert.Equal("stack.yml:7: service web: invalid tmpfs source, source must be empty",
            Refused(Volume with { Kind = "tmpfs" }));
        Assert.Equal("stack.yml:7: service web: mounts of type cluster are not supported: use volume, bind or tmpfs",
            Refused(Volume with { Kind = "cluster" }));
    }

    [Fact]
    public void Bind_mounts_keep_their_propagation()
    {
        Mount mount = MountOf(new ComposeMount
        {
            Kind = "bind",
            Source = "/srv",
            Target = "/srv",
            IsReadOnly = true,
            BindPropagation = "rslave",
            BindCreatesPath = true,
            OptionGroups = ["bind"],
            Place = Place,
        }, null);
        Assert.True(mount.ReadOnly);
        Assert.Equal(("rslave", true), (mount.BindOptions!.Propagation, mount.BindOptions.CreateMountpoint));
    }

    [Fact]
    public void The_short_form_of_a_tmpfs_is_a_mount_too()
    {
        Mount[] mounts = [.. SpecOf(Web with { Tmpfs = ["/a", "/b:size=64m,mode=1770,ro"] })
            .TaskTemplate.ContainerSpec!.Mounts!];
        Assert.Equal(["tmpfs /a", "tmpfs /b"], mounts.Select(mount => $"{mount.Type} {mount.Target}"));
        Assert.Null(mounts[0].TmpfsOptions);
        Assert.Equal((64L << 20, 0x3F8u), (mounts[1].TmpfsOptions!.SizeBytes, mounts[1].TmpfsOptions!.Mode));
        Assert.True(mounts[1].ReadOnly);
        Assert.Equal(5_000_000_000, Assert.Single(SpecOf(Web with { Tmpfs = ["/c:size=5000000000"] })
            .TaskTemplate.ContainerSpec!.Mounts!).TmpfsOptions!.SizeBytes);
        Assert.Equal(
            "stack.yml:7: service web: tmpfs option \"uid=5\": expected size=BYTES, mode=OCTAL, ro or exec",
            Refusal(Web with { Tmpfs = ["/a:uid=5"] }));
    }

    private static ComposeProject Project(ComposeMount mount, ComposeVolume? volume) => new()
    {
        Services = [Web with { Mounts = [mount] }],
        Volumes = volume is null ? [] : [volume],
    };

    private static Mount MountOf(ComposeMount mount, ComposeVolume? volume) =>
        Assert.Single(SpecOf(Project(mount, volume)).TaskTemplate.ContainerSpec!.Mounts!);

    private static string Refused(ComposeMount mount) => Refusal(Project(mount, null));
}
