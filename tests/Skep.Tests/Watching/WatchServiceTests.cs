using Skep.Manager.Watching;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Rpc;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using Config = Skep.Swarm.Objects.Config;
using Node = Skep.Swarm.Objects.Node;
using Resource = Skep.Swarm.Objects.Resource;
using StoreSnapshot = Skep.Swarm.Store.StoreSnapshot;
using StoreAction = Skep.Swarm.Store.StoreAction;
using StoreActionKind = Skep.Swarm.Store.StoreActionKind;
using SwarmTask = Skep.Swarm.Objects.SwarmTask;
using TaskState = Skep.Swarm.Objects.TaskState;

namespace Skep.Tests.Watching;

public class WatchServiceTests
{
    private const WatchActionKind All = (WatchActionKind)7;
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);
    private static readonly Config first = new()
    {
        Id = new("c1"),
        Spec = new() { Annotations = new() { Name = "one", Indices = [new() { Key = "k", Val = "value" }] } },
    };

    private StoreSnapshot store = StoreSnapshot.Empty;
    private readonly ChangeFeed feed = new(StoreSnapshot.Empty);

    [Fact]
    public async Task A_watcher_sees_each_transaction_that_has_something_for_it()
    {
        await using TestServer server = await StartAsync();
        await using var watch = Watch(server, new() { Entries = { Of("config", All) }, IncludeOldObject = true });
        Assert.Empty((await NextAsync(watch)).Events);
        Write(5, new StoreAction(StoreActionKind.Create, new Node { Id = new("n") }));
        Write(6, new(StoreActionKind.Create, first), new(StoreActionKind.Create, Named("c2", "two")));
        Config changed = first with { Spec = first.Spec with { Data = Bytes.Utf8("x") } };
        Write(7, new StoreAction(StoreActionKind.Update, changed));
        Write(8, new StoreAction(StoreActionKind.Remove, changed));

        WatchMessage created = await NextAsync(watch);
        Assert.Equal(6UL, created.Version.Index);
        Assert.Equal(["c1", "c2"], created.Events.Select(one => one.Object.Config.Id));
        Assert.All(created.Events, one => Assert.Equal(WatchActionKind.Create, one.Action));

        WatchMessage.Types.Event updated = Assert.Single((await NextAsync(watch)).Events);
        Assert.Equal(WatchActionKind.Update, updated.Action);
        Assert.Equal(changed, ObjectWire.ToRecord(updated.Object));
        Assert.Equal(first, ObjectWire.ToRecord(updated.OldObject));

        WatchMessage.Types.Event removed = Assert.Single((await NextAsync(watch)).Events);
        Assert.Equal(WatchActionKind.Remove, removed.Action);
        Assert.Equal(changed, ObjectWire.ToRecord(removed.Object));
        Assert.Null(removed.OldObject);
    }

    [Fact]
    public async Task A_watcher_resumes_where_it_was_and_is_told_when_that_is_too_long_ago()
    {
        Write(5, new StoreAction(StoreActionKind.Create, first));
        Write(6, new StoreAction(StoreActionKind.Create, Named("c2", "two")));
        await using TestServer server = await StartAsync();
        await using var watch = Watch(
            server, new() { Entries = { Of("config", All) }, ResumeFrom = new() { Index = 5 } });
        Assert.Empty((await NextAsync(watch)).Events);
        Assert.Equal("c2", Assert.Single((await NextAsync(watch)).Events).Object.Config.Id);

        feed.Reset(store);
        var late = await Assert.ThrowsAsync<RpcException>(async () => await NextAsync(watch));
        Assert.Equal(RpcStatus.OutOfRange, late.Status);
        await using var older = Watch(
            server, new() { Entries = { Of("config", All) }, ResumeFrom = new() { Index = 5 } });
        Assert.Equal(
            RpcStatus.OutOfRange,
            (await Assert.ThrowsAsync<RpcException>(async () => await NextAsync(older))).Status);
    }

    [Fact]
    public void A_selector_lets_through_what_fits()
    {
        var node = new Node
        {
            Id = new("n1"),
            Role = Skep.Swarm.Objects.NodeRole.Manager,
            Spec = new() { Membership = NodeMembership.Accepted },
            Description = new() { Hostname = "host" },
        };
        var task = new SwarmTask
        {
            Id = new("t1"),
            ServiceId = new("s1"),
            NodeId = new("n1"),
            Slot = 3,
            DesiredState = TaskState.Running,
        };
        var resource = new Resource { Id = new("r1"), ExtensionName = "thing" };
        (StoreObject Object, string Kind, SelectBy Fits, SelectBy Misses)[] cases =
        [
            (first, "config", new() { Id = "c1" }, new() { Id = "c" }),
            (first, "config", new() { IdPrefix = "c" }, new() { IdPrefix = "d" }),
            (first, "config", new() { Name = "one" }, new() { Name = "o" }),
            (first, "config", new() { NamePrefix = "o" }, new() { NamePrefix = "two" }),
            (first, "config", Custom("k", "value"), Custom("k", "v")),
            (first, "config", CustomPrefix("k", "v"), CustomPrefix("l", "v")),
            (node, "node", new() { Name = "host" }, new() { Name = "n1" }),
            (node, "node", new() { NamePrefix = "ho" }, new() { NamePrefix = "n" }),
            (node, "node", Role(Transport.Contracts.NodeRole.Manager), Role(Transport.Contracts.NodeRole.Worker)),
            (node, "node", Membership(1), Membership(0)),
            (task, "task", new() { ServiceId = "s1" }, new() { ServiceId = "s2" }),
            (task, "task", new() { NodeId = "n1" }, new() { NodeId = "n2" }),
            (task, "task", Slot("s1", 3), Slot("s1", 4)),
            (task, "task", Slot("s1", 3), Slot("s2", 3)),
            (task, "task", Desired(512), Desired(640)),
            (resource, "thing", new() { Id = "r1" }, new() { Id = "r2" }),
        ];
        foreach (var (item, kind, fits, misses) in cases)
        {
            var change = new StoreChange(StoreActionKind.Create, item, null);
            Assert.True(WatchFilter.Parse(Of(kind, All, fits)).Fits(change), $"{kind} {fits.ByCase}");
            Assert.False(WatchFilter.Parse(Of(kind, All, misses)).Fits(change), $"{kind} {misses.ByCase}");
            Assert.False(WatchFilter.Parse(Of(kind, WatchActionKind.Update, fits)).Fits(change));
            Assert.False(WatchFilter.Parse(Of("secret", All, fits)).Fits(change));
        }
        Assert.True(WatchFilter.Parse(Of("config", All, Desired(512))).Fits(new(StoreActionKind.Create, first, null)));
    }

    [Theory]
    [InlineData("", 1, "no kind of object specified")]
    [InlineData("config", 0, "unrecognized action")]
    [InlineData("config", 8, "unrecognized action")]
    public async Task A_watch_without_meaning_is_refused(string kind, int action, string words)
    {
        await using TestServer server = await StartAsync();
        await using var watch = Watch(server, new() { Entries = { Of(kind, (WatchActionKind)action) } });
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await NextAsync(watch));
        Assert.Equal((RpcStatus.InvalidArgument, words), (refused.Status, refused.Detail));
    }

    [Fact]
    public void Two_selectors_for_the_same_thing_are_refused()
    {
        (string, SelectBy, SelectBy)[] pairs =
        [
            ("config", new() { Id = "a" }, new() { IdPrefix = "b" }),
            ("config", new() { Name = "a" }, new() { NamePrefix = "b" }),
            ("config", Custom("a", "b"), CustomPrefix("a", "b")),
            ("task", new() { ServiceId = "a" }, Slot("a", 1)),
            ("node", Membership(0), Membership(1)),
        ];
        foreach (var (kind, one, other) in pairs)
        {
            var refused = Assert.Throws<Skep.Swarm.RefusedException>(
                () => WatchFilter.Parse(Of(kind, All, one, other)));
            Assert.EndsWith("desc = conflicting filters specified", refused.Message);
        }
    }

    private void Write(ulong revision, params StoreAction[] actions)
    {
        AppliedActions applied = store.Apply([.. actions], revision);
        Assert.Null(applied.Refusal);
        store = applied.After;
        feed.Publish(store, applied.Changes);
        feed.Announce();
    }

    private async Task<TestServer> StartAsync()
    {
        var routes = new RpcRoutes();
        new WatchService(() => feed).Map(routes);
        return await TestServer.StartAsync(routes);
    }

    private static IAsyncEnumerator<WatchMessage> Watch(TestServer server, WatchRequest request) => server.AsManager()
        .ReadStreamAsync(SwarmKitMethods.Watches.Watch, request, CancellationToken.None).GetAsyncEnumerator();

    private static async Task<WatchMessage> NextAsync(IAsyncEnumerator<WatchMessage> watch)
    {
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(patience));
        return watch.Current;
    }

    private static Config Named(string id, string name) =>
        new() { Id = new(id), Spec = new() { Annotations = new() { Name = name } } };

    private static WatchRequest.Types.WatchEntry Of(string kind, WatchActionKind action, params SelectBy[] filters) =>
        new() { Kind = kind, Action = action, Filters = { filters } };

    private static SelectBy Custom(string index, string value) =>
        new() { Custom = new() { Index = index, Value = value } };

    private static SelectBy CustomPrefix(string index, string value) =>
        new() { CustomPrefix = new() { Index = index, Value = value } };

    private static SelectBy Slot(string service, ulong slot) =>
        new() { Slot = new() { ServiceId = service, Slot = slot } };

    private static SelectBy Role(Transport.Contracts.NodeRole role) => new() { Role = role };

    private static SelectBy Membership(int membership) =>
        new() { Membership = (Transport.Contracts.NodeSpec.Types.Membership)membership };

    private static SelectBy Desired(int state) => new() { DesiredState = (Transport.Contracts.TaskState)state };
}
