using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Tests.Values;

public class ValueTests
{
    [Fact]
    public void Lists_maps_and_bytes_are_equal_by_content()
    {
        ValueList<string> list = ["a", "b"];
        Assert.Equal(list, ValueList.From(["a", "b"]));
        Assert.Equal(list.GetHashCode(), ValueList.From(["a", "b"]).GetHashCode());
        Assert.NotEqual(list, ValueList.From(["b", "a"]));
        Assert.Equal(default(ValueList<string>), ValueList.From<string>([]));
        Assert.Equal(ValueMap.Of(("a", 1), ("b", 2)), ValueMap.Of(("b", 2), ("a", 1)));
        Assert.NotEqual(ValueMap.Of(("a", 1)), ValueMap.Of(("a", 2)));
        Assert.Equal(Bytes.Utf8("x"), Bytes.Owning([120]));
        Assert.Equal(new ContainerSpec { Env = ["A=1"] }, new ContainerSpec { Env = ["A=1"] });
        Assert.NotEqual(new ContainerSpec { Env = ["A=1"] }, new ContainerSpec { Env = ["A=2"] });
    }

    [Fact]
    public void A_map_finds_what_is_put_into_it_whatever_the_order()
    {
        var random = new Random(3);
        ValueMap<int> map = default;
        var model = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int step = 0; step < 500; step++)
        {
            string key = random.Next(40).ToString();
            if (random.Next(3) == 0)
            {
                map = map.Without(key);
                model.Remove(key);
            }
            else
            {
                map = map.With(key, step);
                model[key] = step;
            }
            Assert.Equal<KeyValuePair<string, int>>(model, map);
            Assert.Equal(model.ContainsKey(key), map.TryGetValue(key, out int value) && value == step);
        }
        Assert.Equal(2, ValueMap.From([KeyValuePair.Create("a", 1), KeyValuePair.Create("a", 2)])["a"]);
    }

    [Fact]
    public void Times_keep_their_nanoseconds_and_cross_the_epoch()
    {
        DateTimeOffset early = DateTimeOffset.UnixEpoch.AddTicks(-15_000_001);
        var time = SwarmTime.From(early);
        Assert.Equal(new SwarmTime(-2, 499_999_900), time);
        Assert.Equal(early, time.ToDateTimeOffset());
        Assert.True(new SwarmTime(1, 1).CompareTo(new SwarmTime(1, 2)) < 0);
        Assert.Equal(DateTimeOffset.MaxValue.ToUnixTimeSeconds(), new SwarmTime(long.MaxValue, 0).ToDateTimeOffset()
            .ToUnixTimeSeconds());
        Assert.Equal(DateTimeOffset.MaxValue, new SwarmTime(long.MaxValue, int.MaxValue).ToDateTimeOffset());
        Assert.Equal(DateTimeOffset.MinValue, new SwarmTime(long.MinValue, -1).ToDateTimeOffset());
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(1L)]
    [InlineData(-1L)]
    [InlineData(5_000_000_000L)]
    [InlineData(-1_500_000_001L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Durations_are_dockers_nanoseconds(long nanoseconds)
    {
        var duration = SwarmDuration.FromNanoseconds(nanoseconds);
        Assert.Equal(nanoseconds, duration.ToNanoseconds());
        Assert.Equal(nanoseconds / 100, duration.ToTimeSpan().Ticks);
    }

    [Fact]
    public void An_id_that_was_never_set_is_the_empty_one()
    {
        Assert.Equal(default, new NodeId(""));
        Assert.True(default(NodeId).IsEmpty);
        Assert.Equal("", default(NodeId).ToString());
        Assert.NotEqual(new NodeId("a"), new NodeId("b"));
    }

    [Fact]
    public void Secrets_do_not_print_themselves()
    {
        var cluster = new Cluster
        {
            Id = new("c"),
            RootCA = new() { CAKey = Bytes.Utf8("hidden"), JoinTokens = new() { Worker = "hidden" } },
            UnlockKeys = [new EncryptionKey { Key = Bytes.Utf8("hidden") }],
        };
        var pull = new ContainerSpec { PullOptions = new() { RegistryAuth = "hidden" } };
        Assert.DoesNotContain("hidden", $"{cluster} {pull}");
    }
}
