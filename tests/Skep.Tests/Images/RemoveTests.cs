using Skep.Agent.Images;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Swarm;

namespace Skep.Tests.Images;

[Collection(nameof(PrivateContainerd))]
public sealed class RemoveTests(PrivateContainerd containerd) : IAsyncLifetime
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private static readonly string container = new('c', 64);

    private readonly SampleImage image = SampleImage.New("remove");
    private EngineUnderTest rig = null!;

    private ImageEngine Engine => rig.Engine;

    private string Short => image.Id[7..19];

    public async Task InitializeAsync()
    {
        rig = await EngineUnderTest.StartAsync(containerd);
        await Engine.LoadAsync(
            new MemoryStream(LoadTests.Archive(image, "app:1")), isQuiet: true, rig.ReportAsync, Stop);
        rig.Events.Clear();
    }

    public Task DisposeAsync() => rig.DisposeAsync().AsTask();

    [Fact]
    public async Task The_last_name_takes_the_image_along()
    {
        await Engine.TagAsync("app:1", "other", "2", Stop);
        Assert.Equal(["U app:1"], await RemoveAsync("app:1"));
        IReadOnlyList<string> rows = await RemoveAsync("other:2");
        Assert.Equal(["U other:2", "D " + image.Id], rows.Take(2));
        Assert.Equal(4, rows.Count);
        Assert.Equal((0, 0, 0, 0), await rig.CountAsync());
        string id = image.Id;
        Assert.Equal(
            [$"image tag {id} name=other:2", $"image untag {id} name={id}", $"image untag {id} name={id}",
                $"image delete {id} name={id}"],
            rig.Events);
    }

    [Fact]
    public async Task An_id_with_one_name_is_removed_with_it_and_one_with_two_repositories_is_not()
    {
        await Engine.TagAsync("app:1", "other", null, Stop);
        Assert.Equal(
            $"conflict: unable to delete {Short} (must be forced) - image is referenced in multiple repositories",
            await RefusalAsync(Short));
        Assert.Equal("U app:1", (await RemoveAsync(Short, isForced: true))[0]);
        Assert.Equal((0, 0, 0, 0), await rig.CountAsync());
    }

    [Fact]
    public async Task A_name_in_use_is_kept_unless_forced_and_the_image_with_it()
    {
        rig.Uses.Add(new ImageUse(container, "hive", IsRunning: true));
        Assert.Equal(
            "conflict: unable to remove repository reference \"app:1\" (must force) - container cccccccccccc "
                + $"is using its referenced image {Short}",
            await RefusalAsync("app:1"));
        Assert.Equal(
            $"conflict: unable to delete {Short} (cannot be forced) - image is being used by running container "
                + "cccccccccccc",
            await RefusalAsync(image.Id, isForced: true));

        // Forced, the name goes; the running container keeps the image, and the user is told.
        await Assert.ThrowsAsync<RefusedException>(() => Engine.RemoveAsync("nosuch", true, true, Stop));
        Assert.Equal(["U app:1"], await RemoveAsync("app:1", isForced: true));
        Assert.Equal(image.Id, (await Engine.ResolveAsync(image.Id, Stop)).Id);
    }

    [Fact]
    public async Task A_stopped_container_forbids_removal_by_id_unless_forced()
    {
        rig.Uses.Add(new ImageUse(container, "hive", IsRunning: false));
        Assert.Equal(
            $"conflict: unable to delete {Short} (must be forced) - image is being used by stopped container "
                + "cccccccccccc",
            await RefusalAsync(Short));
        Assert.Equal(4, (await RemoveAsync(Short, isForced: true)).Count);
    }

    [Fact]
    public async Task Prune_keeps_what_has_a_name_or_is_used_and_takes_the_rest_when_asked()
    {
        Assert.Null((await Engine.PruneAsync(Filters.None, Stop)).ImagesDeleted);
        Filters all = Filters.Of(("dangling", "false"));
        rig.Uses.Add(new ImageUse(container, "hive", IsRunning: false));
        Assert.Null((await Engine.PruneAsync(all, Stop)).ImagesDeleted);
        rig.Uses.Clear();
        Assert.Null((await Engine.PruneAsync(Filters.Of(("dangling", "0"), ("label", "x")), Stop)).ImagesDeleted);
        ImagesPruned pruned = await Engine.PruneAsync(all, Stop);
        Assert.Equal(["app:1"], pruned.ImagesDeleted!.Select(row => row.Untagged).OfType<string>());
        Assert.Equal((0, 0, 0, 0), await rig.CountAsync());
    }

    [Fact]
    public async Task Lists_can_be_filtered_by_reference_label_and_age()
    {
        SampleImage other = SampleImage.New("list");
        await Engine.LoadAsync(
            new MemoryStream(LoadTests.Archive(other, "team/web:2", "web:1")), isQuiet: true, rig.ReportAsync, Stop);
        Assert.Equal(["team/web:2", "web:1"], Tags(("reference", "*web*"), ("reference", "*/*")).Order());
        Assert.Equal(["app:1"], Tags(("reference", "app")));
        Assert.Equal(3, Tags(("label", "a=b")).Count);
        Assert.Empty(Tags(("label", "a=c")));
        Assert.Empty(Tags(("since", "app:1")));
        Assert.Equal(3, Tags(("until", "1h")).Count);
        Assert.Equal("invalid filter 'x'", Assert.Throws<RefusedException>(() => Tags(("x", "y"))).Message);
    }

    [Fact]
    public async Task Everything_is_known_again_after_containerd_was_killed()
    {
        await containerd.RestartAsync();
        Assert.Equal(image.Id, (await Engine.ResolveAsync("app:1", Stop)).Id);
        await Engine.TagAsync("app:1", "after", null, Stop);
        Assert.Empty(await rig.RestartAsync());
        Assert.Equal(image.Id, (await Engine.ResolveAsync("after", Stop)).Id);
    }

    private IReadOnlyList<string> Tags(params (string, string)[] filters) =>
        [.. Engine.List(new ImageListOptions { Filters = Filters.Of(filters) }).SelectMany(row => row.RepoTags!)];

    private async Task<IReadOnlyList<string>> RemoveAsync(string name, bool isForced = false) =>
        [.. (await Engine.RemoveAsync(name, isForced, prunesParents: true, Stop))
            .Select(row => row.Untagged is null ? "D " + row.Deleted : "U " + row.Untagged)];

    private async Task<string> RefusalAsync(string name, bool isForced = false)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => Engine.RemoveAsync(name, isForced, prunesParents: true, Stop));
        Assert.Equal(ErrorKind.Conflict, refused.Kind);
        return refused.Message;
    }
}
