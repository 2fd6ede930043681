using Skep.Agent;
using Skep.Agent.Archive;
using Skep.Agent.Events;
using Skep.Agent.Mounts;
using Skep.Agent.Volumes;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Docker.Mounts;
using Skep.Linux.Files;
using Skep.Linux.Mounts;
using Skep.Swarm;
using Skep.Tests.Linux.Files;

namespace Skep.Tests.Mounts;

public sealed class ContainerMountsTests : IDisposable
{
    private readonly ScratchDirectory scratch = new();
    private readonly Instance instance;
    private readonly VolumeEngine volumes;
    private readonly ContainerMounts mounts;

    public ContainerMountsTests()
    {
        instance = new Instance(scratch.MakeDirectory("data"), scratch.MakeDirectory("run"));
        volumes = new VolumeEngine(
            instance,
            new IdSource(new Random(7).NextBytes),
            TimeProvider.System,
            new EventHub(TimeProvider.System),
            Log.None);
        mounts = new ContainerMounts(instance, volumes);
    }

    public void Dispose() => scratch.Dispose();

    private Task<IReadOnlyList<ContainerMount>> CreateAsync(HostConfig host, params string[] declared) =>
        mounts.CreateAsync(
            "c1",
            new ContainerConfig { Volumes = declared.ToDictionary(target => target, _ => Empty.Value) },
            host,
            _ => [],
            default);

    private static Dictionary<string, string> TmpfsAt(string target) => new() { [target] = "size=1m" };

    [Fact]
    public async Task A_list_of_mounts_becomes_what_the_runtime_is_told()
    {
        IReadOnlyList<ContainerMount> created = await CreateAsync(
            new HostConfig
            {
                Binds = [$"{scratch["made"]}:/srv/deep:ro", "data:/srv"],
                Tmpfs = TmpfsAt("/tmp"),
            },
            "/anonymous");
        Assert.False(Directory.Exists(scratch["made"]));
        IReadOnlyList<ResolvedMount> resolved = await mounts.ActivateAsync("c1", "c1", created, default);
        Assert.True(Directory.Exists(scratch["made"]));
        string anonymous = created.Single(mount => mount.IsAnonymous).Name;
        Assert.Equal(
            [
                "tmpfs tmpfs /tmp noexec,nosuid,nodev,rprivate,size=1m",
                $"bind {scratch["data/volumes/data/_data"]} /srv rbind,rprivate",
                $"bind {scratch[$"data/volumes/{anonymous}/_data"]} /anonymous rbind,rprivate",
                $"bind {scratch["made"]} /srv/deep rbind,ro,rro,rprivate",
            ],
            resolved.Select(mount =>
                $"{mount.Type} {mount.Source} {mount.Target} {string.Join(',', mount.Options)}"));
        MountPoint shown = created.Single(mount => mount.Name == "data").ToMountPoint();
        Assert.Equal(
            ("volume", "data", "local", "z", true, "", scratch["data/volumes/data/_data"]),
            (shown.Type, shown.Name, shown.Driver, shown.Mode, shown.Writable, shown.Propagation, shown.Source));
    }

    [Fact]
    public async Task A_refused_creation_leaves_no_volume_without_a_name_and_no_reference()
    {
        await Assert.ThrowsAsync<RefusedException>(() => CreateAsync(new HostConfig
        {
            Mounts = [new() { Type = "volume", Target = "/a" }, new() { Type = "volume", Source = "?", Target = "/b" }],
        }));
        Assert.Empty(volumes.List(Filters.None).Volumes!);
    }

    [Fact]
    public async Task A_missing_source_is_an_error_for_mounts_that_do_not_make_it()
    {
        RefusedException refusal = await Assert.ThrowsAsync<RefusedException>(() => CreateAsync(
            new HostConfig { Mounts = [new() { Type = "bind", Source = "/no/such", Target = "/x" }] }));
        Assert.Equal(
            (ErrorKind.Invalid, "invalid mount config for type \"bind\": bind source path does not exist: /no/such"),
            (refusal.Kind, refusal.Message));
    }

    [Fact]
    public async Task A_bind_around_our_own_data_follows_its_mounts()
    {
        IReadOnlyList<ContainerMount> created = await CreateAsync(new HostConfig { Binds = [$"{scratch.Path}:/x"] });
        Assert.Equal("rslave", Assert.Single(created).Propagation);
        ResolvedMount resolved = Assert.Single(await mounts.ActivateAsync("c1", "c1", created, default));
        Assert.Contains(resolved.Propagation, new[] { "rslave", "rprivate" });
        await Assert.ThrowsAsync<RefusedException>(
            () => CreateAsync(new HostConfig { Binds = [$"{scratch.Path}:/x:rprivate"] }));
    }

    [Fact]
    public async Task A_shared_bind_needs_a_shared_source()
    {
        string disk = scratch.MountTmpfs("disk", "1m");
        KernelMounts.SetPropagation(disk, "private");
        IReadOnlyList<ContainerMount> created = await CreateAsync(new HostConfig { Binds = [$"{disk}:/x:rshared"] });
        RefusedException refusal = await Assert.ThrowsAsync<RefusedException>(
            () => mounts.ActivateAsync("c1", "c1", created, default));
        Assert.Equal($"path {disk} is mounted on {disk} but it is not a shared mount", refusal.Message);
        KernelMounts.SetPropagation(disk, "shared");
        ResolvedMount resolved = Assert.Single(await mounts.ActivateAsync("c1", "c1", created, default));
        Assert.Equal(["rbind", "rshared"], resolved.Options);
    }

    [Fact]
    public async Task A_removed_container_takes_only_its_own_volumes_without_a_name()
    {
        IReadOnlyList<ContainerMount> created = await CreateAsync(new HostConfig { Binds = ["named:/n"] }, "/a", "/b");
        IReadOnlyList<ContainerMount> other = await mounts.CreateAsync(
            "c2", new ContainerConfig(), new HostConfig { VolumesFrom = ["c1"] }, _ => created, default);
        string shared = created.Single(mount => mount.Destination == "/a").Name;
        await mounts.RemoveAsync("c2", other.Where(mount => mount.Destination == "/b"), true, default);
        await mounts.RemoveAsync("c1", created, removeVolumes: true, default);
        Assert.Equal(
            new[] { shared, "named" }.Order(StringComparer.Ordinal),
            volumes.List(Filters.None).Volumes!.Select(volume => volume.Name));
    }

    [Fact]
    public async Task Volumes_are_filled_from_the_root_even_through_hostile_links()
    {
        scratch.Write("secret/host", "secret");
        scratch.Write("root/srv/data/file", "image");
        File.CreateSymbolicLink(scratch["root/link"], "/srv/data");
        File.CreateSymbolicLink(scratch["root/out"], scratch["secret"]);
        scratch.Write("root/etc/passwd", "x");
        using SafeRoot root = SafeRoot.Open(scratch["root"]);
        IReadOnlyList<ContainerMount> created = await CreateAsync(
            new HostConfig { Binds = ["v1:/link", "v2:/out", "v3:/srv/data:nocopy", "v4:/nowhere"] });
        Assert.True(mounts.NeedsRoot(created));
        await mounts.FillAsync("c1", created, root, default);
        Assert.Equal("image", File.ReadAllText(scratch["data/volumes/v1/_data/file"]));
        foreach (string empty in new[] { "v2", "v3", "v4" })
        {
            Assert.Empty(Directory.GetFileSystemEntries(scratch[$"data/volumes/{empty}/_data"]));
        }

        RefusedException refusal = await Assert.ThrowsAsync<RefusedException>(
            async () => await mounts.FillAsync("c1", await CreateAsync(new(), "/etc/passwd"), root, default));
        Assert.Equal(
            "cannot mount volume over existing file, file exists /etc/passwd", refusal.Message);
    }

    [Fact]
    public async Task A_subpath_is_pinned_and_cannot_lead_out_of_its_volume()
    {
        var host = new HostConfig
        {
            Mounts =
            [
                new()
                {
                    Type = "volume",
                    Source = "data",
                    Target = "/x",
                    VolumeOptions = new() { Subpath = "inner" },
                },
            ],
        };
        IReadOnlyList<ContainerMount> created = await CreateAsync(host);
        await Assert.ThrowsAsync<RefusedException>(() => mounts.ActivateAsync("c1", "c1", created, default));
        scratch.Write("secret/host", "secret");
        File.CreateSymbolicLink(scratch["data/volumes/data/_data/inner"], scratch["secret"]);
        await Assert.ThrowsAsync<RefusedException>(() => mounts.ActivateAsync("c1", "c1", created, default));
        File.Delete(scratch["data/volumes/data/_data/inner"]);
        scratch.Write("data/volumes/data/_data/inner/file", "x");
        ResolvedMount resolved = Assert.Single(await mounts.ActivateAsync("c1", "c1", created, default));
        Assert.Equal("x", File.ReadAllText(resolved.Source + "/file"));
        TemporaryMount.Sweep(instance);
        Assert.Empty(MountTable.Below(instance.ExecRoot));
        resolved = Assert.Single(await mounts.ActivateAsync("c1", "c1", created, default));
        await mounts.DeactivateAsync("c1", "c1", created, default);
        Assert.Empty(MountTable.Below(instance.ExecRoot));
        Assert.Empty(Directory.GetFileSystemEntries(scratch["run/subpaths"]));
    }

    [Fact]
    public async Task A_stopped_containers_tree_has_its_volumes_and_leaves_nothing_mounted()
    {
        scratch.Write("lower/etc/file", "image");
        File.CreateSymbolicLink(scratch["lower/evil"], "/../../../../etc");
        scratch.Write("host/file", "host");
        IReadOnlyList<ContainerMount> created = await CreateAsync(new HostConfig
        {
            Binds = ["data:/srv/data", $"{scratch["host"]}:/evil/host:ro", $"{scratch["host/file"]}:/one/file"],
            Tmpfs = TmpfsAt("/ram"),
        });
        (string, string, IReadOnlyList<string>)[] root = [("bind", scratch["lower"], ["rbind", "rw"])];
        await using (StoppedTree stopped = await StoppedTree.OpenAsync(
            instance, mounts, "c1", "1", root, created, rootIsReadOnly: true, default))
        await using (StoppedTree second = await StoppedTree.OpenAsync(
            instance, mounts, "c1", "2", root, created, rootIsReadOnly: true, default))
        {
            ContainerTree tree = stopped.Tree;
            Assert.Equal(4, second.Tree.Root.Stat("one/file", LastLink.Follow).Size);
            tree.Root.CreateFile("srv/data/new", 0x1A4).Dispose();
            Assert.True(File.Exists(scratch["data/volumes/data/_data/new"]));
            Assert.Equal(4, tree.Root.Stat("etc/host/file", LastLink.Follow).Size);
            Assert.ThrowsAny<IOException>(() => tree.Root.CreateFile("etc/host/new", 0x1A4));
            Assert.Equal(4, tree.Root.Stat("one/file", LastLink.Follow).Size);
            tree.CheckWritable("/srv/data/x");
            Assert.Equal(
                "mounted volume is marked read-only",
                Assert.Throws<RefusedException>(() => tree.CheckWritable("/evil/host/x")).Message);
            Assert.Equal(
                "container rootfs is marked read-only",
                Assert.Throws<RefusedException>(() => tree.CheckWritable("/srv")).Message);
        }

        Assert.Empty(MountTable.Below(instance.ExecRoot));
        Assert.Empty(Directory.GetFileSystemEntries(scratch["run/mounts"]));
        Assert.False(Directory.Exists("/etc/host"));
    }
}
