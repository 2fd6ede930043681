using Skep.Agent;
using Skep.Agent.Events;
using Skep.Agent.Volumes;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Linux.Files;
using Skep.Linux.Mounts;
using Skep.Swarm;
using Skep.Tests.Linux.Files;

namespace Skep.Tests.Volumes;

public sealed class VolumeEngineTests : IDisposable
{
    private readonly ScratchDirectory scratch = new();
    private readonly EventHub events = new(TimeProvider.System);
    private readonly List<string> logged = [];
    private VolumeEngine engine;

    public VolumeEngineTests() => engine = Restart();

    public void Dispose() => scratch.Dispose();

    private VolumeEngine Restart(params VolumeUse[] uses)
    {
        Directory.CreateDirectory(scratch["data"]);
        engine = new VolumeEngine(
            new Instance(scratch["data"], scratch["run"]),
            new IdSource(new Random(7).NextBytes),
            TimeProvider.System,
            events,
            new Log((_, line) => logged.Add(line), Severity.Debug));
        engine.Adopt(uses);
        return engine;
    }

    private static CreateVolumeRequest Named(string name, params (string, string)[] options) => new()
    {
        Name = name,
        DriverOpts = options.Length == 0 ? null : options.ToDictionary(pair => pair.Item1, pair => pair.Item2),
    };

    private static CreateVolumeRequest Tmpfs(string name) =>
        Named(name, ("type", "tmpfs"), ("device", "tmpfs"), ("o", "size=1m"));

    private IEnumerable<string?> Names(Filters filters) => engine.List(filters).Volumes!.Select(volume => volume.Name);

    private static void Refuses(ErrorKind kind, string message, Action action)
    {
        RefusedException refusal = Assert.Throws<RefusedException>(action);
        Assert.Equal((kind, message), (refusal.Kind, refusal.Message));
    }

    private List<string> Events() =>
        [
            .. events.SubscribeAsync(
                DateTimeOffset.UnixEpoch, TimeProvider.System.GetUtcNow(), Filters.None, default)
                .ToBlockingEnumerable().Select(message => $"{message.Action} {message.Actor.Id} "
                    + string.Join(',', message.Actor.Attributes.Select(pair => pair.Key + "=" + pair.Value))),
        ];

    [Fact]
    public void A_volume_lies_where_Docker_puts_it_and_survives_a_restart()
    {
        Volume made = engine.Create(
            Named("data") with { Labels = new Dictionary<string, string> { ["a"] = "b" } }, null);
        Assert.Equal(scratch["data/volumes/data/_data"], made.Mountpoint);
        Assert.Equal(("local", "local"), (made.Driver, made.Scope));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", made.CreatedAt);
        Assert.Equal(0x1C1, (int)File.GetUnixFileMode(scratch["data/volumes/data"]));
        Assert.Equal(0x1ED, (int)File.GetUnixFileMode(made.Mountpoint));
        Restart();
        Volume again = engine.Inspect("data");
        Assert.Equal((made.CreatedAt, "b", null), (again.CreatedAt, again.Labels!["a"], again.Options));
    }

    [Fact]
    public void A_volume_without_a_name_gets_one_and_the_label()
    {
        Volume made = engine.Create(new CreateVolumeRequest(), "c1");
        Assert.Matches("^[0-9a-f]{64}$", made.Name);
        Assert.Equal("", made.Labels!["com.docker.volume.anonymous"]);
    }

    [Fact]
    public void An_existing_volume_is_found_whatever_its_options_are()
    {
        engine.Create(Tmpfs("data"), null);
        Assert.Equal("tmpfs", engine.Create(Named("data", ("type", "nfs")), null).Options!["type"]);
    }

    // Docker 20.10's answers to the same requests.
    [Fact]
    public void What_cannot_be_is_refused_in_Dockers_words()
    {
        const string Characters = "includes invalid characters for a local volume name, only "
            + "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path";
        Refuses(
            ErrorKind.Invalid,
            "create x: volume name is too short, names should be at least two alphanumeric characters",
            () => engine.Create(Named("x"), null));
        foreach (string name in new[] { "x/y", "..", ".x", "a b", "ab\n", "../../etc" })
        {
            string quoted = name.Replace("\n", "\\n", StringComparison.Ordinal);
            Refuses(
                ErrorKind.Invalid,
                $"create {name}: \"{quoted}\" {Characters}",
                () => engine.Create(Named(name), null));
        }

        Refuses(
            ErrorKind.NotFound,
            "create vv: error looking up volume plugin other: plugin \"other\" not found",
            () => engine.Create(Named("vv") with { Driver = "other" }, null));
        Refuses(
            ErrorKind.Invalid,
            "create vv: invalid option: \"foo\"",
            () => engine.Create(Named("vv", ("foo", "")), null));
        Refuses(
            ErrorKind.Invalid,
            "create vv: missing required option: \"device\"",
            () => engine.Create(Named("vv", ("type", "nfs")), null));
        Refuses(
            ErrorKind.Invalid,
            "create vv: missing required option: \"type\"",
            () => engine.Create(Named("vv", ("device", "x")), null));
        Refuses(
            ErrorKind.Invalid,
            "create vv: quota size requested but no quota support",
            () => engine.Create(Named("vv", ("size", "1g")), null));
        Refuses(
            ErrorKind.Invalid, "create vv: invalid size: 'zz'", () => engine.Create(Named("vv", ("size", "zz")), null));
        Refuses(ErrorKind.NotFound, "get vv: no such volume", () => engine.Inspect("vv"));
        Assert.Empty(Names(Filters.None));
        Assert.Empty(Directory.GetFileSystemEntries(scratch["data/volumes"]));
    }

    [Fact]
    public async Task A_volume_in_use_is_not_removed_until_it_is_released()
    {
        engine.Create(Named("data"), "c2");
        engine.Create(Named("data"), "c1");
        RefusedException refusal = await Assert.ThrowsAsync<RefusedException>(
            () => engine.RemoveAsync("data", force: true, default));
        Assert.Equal(
            (ErrorKind.Conflict, "remove data: volume is in use - [c1, c2]"), (refusal.Kind, refusal.Message));
        engine.Release("data", "c1");
        engine.Release("data", "c2");
        await engine.RemoveAsync("data", force: false, default);
        Assert.Empty(Directory.GetFileSystemEntries(scratch["data/volumes"]));
        await engine.RemoveAsync("data", force: true, default);
        refusal = await Assert.ThrowsAsync<RefusedException>(() => engine.RemoveAsync("data", force: false, default));
        Assert.Equal((ErrorKind.NotFound, "get data: no such volume"), (refusal.Kind, refusal.Message));
        Assert.Equal(["create data driver=local", "destroy data driver=local"], Events());
    }

    [Fact]
    public void What_a_crash_left_half_made_or_half_removed_is_gone_after_a_start()
    {
        scratch.Write("data/volumes/.new-a-12/_data/x", "");
        scratch.Write("data/volumes/.old-b-34/_data/x", "");
        scratch.Write("data/volumes/.old-b-34/volume.json", "{}");
        scratch.Write("data/volumes/by-hand/_data/x", "kept");
        Restart();
        Assert.Equal(["by-hand"], Names(Filters.None));
        Assert.Equal([scratch["data/volumes/by-hand"]], Directory.GetFileSystemEntries(scratch["data/volumes"]));
    }

    [Fact]
    public void Lists_are_filtered()
    {
        engine.Create(Named("web1") with { Labels = new Dictionary<string, string> { ["tier"] = "web" } }, null);
        engine.Create(Named("web2"), "c1");
        engine.Create(Named("db"), null);
        Assert.Equal(["db", "web1", "web2"], Names(Filters.None));
        Assert.Equal(["web1", "web2"], Names(Filters.Of(("name", "web"))));
        Assert.Equal(["web1"], Names(Filters.Of(("label", "tier=web"))));
        Assert.Equal(["db", "web1"], Names(Filters.Of(("dangling", "true"))));
        Assert.Equal(["web2"], Names(Filters.Of(("dangling", "false"))));
        Assert.Empty(Names(Filters.Of(("driver", "nfs"))));
        Refuses(ErrorKind.Invalid, "invalid filter 'foo'", () => engine.List(Filters.Of(("foo", "x"))));
    }

    [Fact]
    public async Task Prune_takes_unused_volumes_without_a_name_and_with_all_the_others_too()
    {
        engine.Create(Named("named"), null);
        engine.Create(Tmpfs("mounted"), null);
        string anonymous = engine.Create(new CreateVolumeRequest(), null).Name;
        string used = engine.Create(new CreateVolumeRequest(), "c1").Name;
        scratch.Write($"data/volumes/{anonymous}/_data/file", "12345");
        VolumesPruned pruned = await engine.PruneAsync(Filters.None, default);
        Assert.Equal([anonymous], pruned.VolumesDeleted!);
        Assert.Equal(5, pruned.SpaceReclaimed);
        pruned = await engine.PruneAsync(Filters.Of(("all", "true")), default);
        Assert.Equal(["named"], pruned.VolumesDeleted!);
        Assert.Equal(new[] { used, "mounted" }.Order(StringComparer.Ordinal), Names(Filters.None));
        Assert.Contains("prune  reclaimed=5", Events());
    }

    [Fact]
    public async Task A_volume_with_options_is_mounted_on_first_use_and_unmounted_after_the_last()
    {
        string path = engine.Create(Tmpfs("ram"), "c1").Mountpoint;
        Assert.False(MountTable.IsMountPoint(path));
        Assert.Equal(path, await engine.MountAsync("ram", "c1", default));
        await engine.MountAsync("ram", "c2", default);
        await engine.MountAsync("ram", "c2", default);
        Assert.Single(MountTable.Below(path));
        await engine.UnmountAsync("ram", "c1", default);
        Assert.True(MountTable.IsMountPoint(path));
        await engine.UnmountAsync("ram", "c2", default);
        await engine.UnmountAsync("ram", "c2", default);
        Assert.False(MountTable.IsMountPoint(path));
    }

    [Fact]
    public async Task After_a_restart_mounts_stay_as_long_as_their_containers_run()
    {
        string ram = engine.Create(Tmpfs("ram"), "c1").Mountpoint;
        string gone = engine.Create(Tmpfs("gone"), "c2").Mountpoint;
        await engine.MountAsync("ram", "c1", default);
        await engine.MountAsync("gone", "c2", default);
        Restart(new VolumeUse("c1", "ram", IsRunning: true), new VolumeUse("c2", "gone", IsRunning: false));
        Assert.True(MountTable.IsMountPoint(ram));
        Assert.False(MountTable.IsMountPoint(gone));
        await Assert.ThrowsAsync<RefusedException>(() => engine.RemoveAsync("gone", force: false, default));
        await engine.UnmountAsync("ram", "c1", default);
        Assert.False(MountTable.IsMountPoint(ram));
    }

    [Fact]
    public async Task A_directory_of_the_host_can_be_a_volume()
    {
        scratch.Write("host/file", "x");
        string path = engine.Create(
            Named("bound", ("type", "none"), ("o", "bind"), ("device", scratch["host"])), "c1").Mountpoint;
        await engine.MountAsync("bound", "c1", default);
        Assert.Equal("x", File.ReadAllText(path + "/file"));
        await engine.UnmountAsync("bound", "c1", default);
        engine.Release("bound", "c1");
        await engine.RemoveAsync("bound", force: false, default);
        Assert.Equal("x", File.ReadAllText(scratch["host/file"]));
    }

    [Fact]
    public async Task A_failed_mount_says_why_and_hides_the_password()
    {
        string path = engine.Create(
            Named("share", ("type", "nosuchfs"), ("o", "ro,username=me,password=geheim"), ("device", "//host/share")),
            "c1").Mountpoint;
        RefusedException refusal = await Assert.ThrowsAsync<RefusedException>(
            () => engine.MountAsync("share", "c1", default));
        Assert.Equal(
            $"error while mounting volume '{path}': failed to mount local volume: mount //host/share:{path}, "
            + "flags: 0x1, data: username=me,password=********: no such device",
            refusal.Message);
        Assert.DoesNotContain(logged, line => line.Contains("geheim", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_empty_volume_is_filled_from_the_image_with_everything_a_file_has()
    {
        scratch.Write("image/data/file", "content");
        scratch.Write("image/data/sub/inner", "inner");
        File.CreateSymbolicLink(scratch["image/data/link"], "/etc/passwd");
        using SafeRoot image = SafeRoot.Open(scratch["image/data"]);
        using (FileObject file = image.Get("file", LastLink.Keep))
        {
            image.MakeHardLink("sub/second", file);
            file.SetOwner(10, 20);
            file.SetMode(0x9A4);
            file.SetAttribute("user.colour", "red"u8);
            file.SetTimes(new UnixTime(1, 2), new UnixTime(3, 4));
        }

        using (FileObject own = image.Get(".", LastLink.Keep))
        {
            own.SetOwner(30, 40);
            own.SetMode(0x1C0);
        }

        image.MakeNode("pipe", FileKind.Fifo, 0x1A4, default);
        engine.Create(Named("data"), "c1");
        Assert.True(engine.MayBeEmpty("data"));
        Assert.True(await engine.FillAsync("data", "", image, "c1", default));
        Assert.False(await engine.FillAsync("data", "", image, "c1", default));
        Assert.False(engine.MayBeEmpty("data"));
        using SafeRoot volume = SafeRoot.Open(scratch["data/volumes/data/_data"]);
        Assert.Equal(["file", "link", "pipe", "sub"], volume.List());
        FileFacts facts = volume.Stat("file", LastLink.Keep);
        Assert.Equal((10u, 20u, 0x9A4u, 2u), (facts.Uid, facts.Gid, facts.Mode, facts.LinkCount));
        Assert.Equal(new UnixTime(3, 4), facts.Modified);
        Assert.Equal(facts.Inode, volume.Stat("sub/second", LastLink.Keep).Inode);
        using FileObject link = volume.Get("link", LastLink.Keep);
        Assert.Equal("/etc/passwd", link.ReadLink());
        using FileObject copied = volume.Get("file", LastLink.Keep);
        Assert.Equal("red"u8.ToArray(), copied.GetAttribute("user.colour")!);
        FileFacts top = volume.Stat(".", LastLink.Keep);
        Assert.Equal((30u, 40u, 0x1C0u), (top.Uid, top.Gid, top.Mode));
        Assert.Equal(["_data", "volume.json"], Directory.GetFileSystemEntries(scratch["data/volumes/data"])
            .Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Filling_that_fails_leaves_the_volume_empty()
    {
        scratch.Write("image/a", "content");
        scratch.Write("image/b", "content");
        using SafeRoot image = SafeRoot.Open(scratch["image"]);
        engine.Create(Named("data"), "c1");
        using var cancelled = new CancellationTokenSource();
        await engine.MountAsync("data", "c1", default);
        cancelled.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => engine.FillAsync("data", "", image, "c1", cancelled.Token));
        Assert.True(engine.MayBeEmpty("data"));
        scratch.Write("data/volumes/data/filling", "");
        scratch.Write("data/volumes/data/_data/half/of", "it");
        Restart();
        Assert.True(engine.MayBeEmpty("data"));
    }

    [Fact]
    public void Usage_counts_each_file_once()
    {
        string path = engine.Create(Named("data"), "c1").Mountpoint;
        File.WriteAllText(path + "/one", "12345");
        using (SafeRoot data = SafeRoot.Open(path))
        using (FileObject one = data.Get("one", LastLink.Keep))
        {
            data.MakeHardLink("two", one);
        }

        File.CreateSymbolicLink(path + "/out", "/etc/passwd");
        engine.Create(Tmpfs("ram"), null);
        Volume usage = Assert.Single(engine.Usage(default));
        Assert.Equal((1, 5 + 11), (usage.UsageData!.RefCount, usage.UsageData.Size));
        using SafeRoot tree = SafeRoot.Open(path);
        Assert.Null(TreeSize.Of(tree, entryLimit: 2, default));
    }
}
