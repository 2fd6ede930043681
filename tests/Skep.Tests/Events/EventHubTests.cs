using Skep.Agent.Events;
using Skep.Docker.Engine;
using Skep.Tests.Rpc;
using F = Skep.Docker.Filters.Filters;

namespace Skep.Tests.Events;

public class EventHubTests
{
    private static readonly Dictionary<string, string> Web =
        new() { ["name"] = "web", ["image"] = "busybox:1", ["a"] = "b" };
    private readonly EventHub hub = new(TimeProvider.System);

    [Fact]
    public async Task A_listener_gets_what_happens_after_it_asked()
    {
        hub.Publish("container", "create", "c1", Web);
        IAsyncEnumerable<EventMessage> events = hub.SubscribeAsync(null, null, F.None, default);
        hub.Publish("container", "start", "c1", Web);
        hub.Publish("network", "connect", "n1", new Dictionary<string, string>());

        List<EventMessage> got = await TakeAsync(events, 2);
        Assert.Equal(["start", "connect"], got.Select(e => e.Action));
        Assert.Equal(("start", "c1", "busybox:1"), (got[0].Status, got[0].Id, got[0].From));
        Assert.Equal((null, null, null), (got[1].Status, got[1].Id, got[1].From));
        Assert.True(got[1].TimeNano > got[0].TimeNano);
        Assert.Equal(0, hub.ListenerCount);
    }

    [Fact]
    public async Task What_happened_in_the_swarm_has_the_swarm_s_scope_and_time()
    {
        IAsyncEnumerable<EventMessage> events = hub.SubscribeAsync(null, null, F.Of(("scope", "swarm")), default);
        hub.Publish("container", "create", "c1", Web);
        hub.PublishSwarm("node", "update", "n1", Web, 7_000_000_008);
        hub.PublishSwarm("secret", "remove", "s1", Web, nanoseconds: null);

        List<EventMessage> got = await TakeAsync(events, 2);
        Assert.Equal(
            ("node", "update", "n1", "swarm", 7L, 7_000_000_008L),
            (got[0].Type, got[0].Action, got[0].Actor.Id, got[0].Scope, got[0].Time, got[0].TimeNano));
        Assert.Equal((null, null), (got[0].Status, got[0].Id));
        Assert.Equal("s1", got[1].Actor.Id);
        Assert.True(got[1].Time > 1_700_000_000);
    }

    [Fact]
    public async Task Only_the_last_256_events_are_remembered_in_order()
    {
        for (int i = 0; i < 300; i++)
        {
            hub.Publish("volume", "create", "v" + i, new Dictionary<string, string>());
        }

        DateTimeOffset now = TimeProvider.System.GetUtcNow().AddSeconds(1);
        List<EventMessage> got = await TakeAsync(
            hub.SubscribeAsync(DateTimeOffset.UnixEpoch, now.AddSeconds(-1).AddTicks(9_999_999), F.None, default), 256);
        Assert.Equal("v44", got[0].Actor.Id);
        Assert.Equal("v299", got[^1].Actor.Id);
        Assert.True(got.Zip(got.Skip(1)).All(pair => pair.First.TimeNano < pair.Second.TimeNano));
    }

    [Fact]
    public async Task A_stream_with_an_end_in_the_past_ends()
    {
        hub.Publish("volume", "create", "v", new Dictionary<string, string>());
        DateTimeOffset past = TimeProvider.System.GetUtcNow().AddHours(-1);
        Assert.Empty(await TakeAsync(hub.SubscribeAsync(null, past, F.None, default), 1));
    }

    [Fact]
    public async Task A_stream_with_an_end_soon_ends_by_itself()
    {
        var time = new ManualTime();
        var own = new EventHub(time);
        IAsyncEnumerable<EventMessage> events =
            own.SubscribeAsync(null, time.GetUtcNow().AddSeconds(1), F.None, default);
        own.Publish("volume", "create", "v", new Dictionary<string, string>());
        Task<List<EventMessage>> taking = TakeAsync(events, 2);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await taking);
    }

    [Fact]
    public async Task A_listener_that_leaves_before_it_listens_is_forgotten()
    {
        using var leaving = new CancellationTokenSource();
        _ = hub.SubscribeAsync(null, null, F.None, leaving.Token);
        Assert.Equal(1, hub.ListenerCount);
        await leaving.CancelAsync();
        Assert.Equal(0, hub.ListenerCount);
    }

    [Fact]
    public async Task A_slow_listener_is_cut_off_and_the_others_go_on()
    {
        IAsyncEnumerable<EventMessage> slow = hub.SubscribeAsync(null, null, F.None, default);
        IAsyncEnumerable<EventMessage> picky = hub.SubscribeAsync(null, null, F.Of(("type", "image")), default);
        for (int i = 0; i < 1100; i++)
        {
            hub.Publish("volume", "create", "v" + i, new Dictionary<string, string>());
        }

        hub.Publish("image", "tag", "sha256:1", new Dictionary<string, string>());
        Assert.Equal(1024, (await TakeAsync(slow, 2000)).Count);
        Assert.Single(await TakeAsync(picky, 1));
    }

    [Theory]
    [InlineData("type", "container", true)]
    [InlineData("type", "image", false)]
    [InlineData("event", "health_status", true)]
    [InlineData("event", "health_status: healthy", true)]
    [InlineData("event", "health", false)]
    [InlineData("container", "web", true)]
    [InlineData("container", "c1", true)]
    [InlineData("container", "db", false)]
    [InlineData("image", "busybox", true)]
    [InlineData("image", "busybox:1", true)]
    [InlineData("image", "busybox:2", false)]
    [InlineData("label", "a", true)]
    [InlineData("label", "a=b", true)]
    [InlineData("label", "a=c", false)]
    [InlineData("scope", "swarm", false)]
    [InlineData("daemon", "host", false)]
    public async Task A_listener_gets_only_what_its_filters_let_through(string key, string value, bool isIncluded)
    {
        hub.Publish("container", "health_status: healthy", "c1abc", Web);
        DateTimeOffset end = TimeProvider.System.GetUtcNow();
        IAsyncEnumerable<EventMessage> events =
            hub.SubscribeAsync(DateTimeOffset.UnixEpoch, end, F.Of((key, value)), default);
        Assert.Equal(isIncluded ? 1 : 0, (await TakeAsync(events, 1)).Count);
    }

    private static async Task<List<EventMessage>> TakeAsync(IAsyncEnumerable<EventMessage> events, int count)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var got = new List<EventMessage>();
        await foreach (EventMessage message in events.WithCancellation(late.Token))
        {
            got.Add(message);
            if (got.Count == count)
            {
                break;
            }
        }

        return got;
    }
}
