using Skep.Docker.Filters;
using Skep.Swarm;
using F = Skep.Docker.Filters.Filters;

namespace Skep.Tests.Filtering;

public class FiltersTests
{
    [Theory]
    [InlineData("""{"name":["a","b"],"label":["x=1"]}""")]
    [InlineData("""{"name":{"a":true,"b":true},"label":{"x=1":true}}""")]
    public void Both_forms_of_filters_mean_the_same(string json)
    {
        F filters = F.Parse(json);
        Assert.Equal(["a", "b"], filters.Values("name"));
        Assert.Equal(["x=1"], filters.Values("label"));
        Assert.True(filters.Has("label"));
        Assert.False(filters.Has("volume"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("3")]
    [InlineData("""{"a":3}""")]
    [InlineData("""{"a":[3]}""")]
    [InlineData("""{"a":{"b":"c"}}""")]
    [InlineData("""{"a":[[[[[[[[[[[[]]]]]]]]]]]]}""")]
    public void What_is_not_filters_is_refused(string json)
    {
        var refused = Assert.Throws<RefusedException>(() => F.Parse(json));
        Assert.Equal("invalid filter", refused.Message);
        Assert.Equal(ErrorKind.Invalid, refused.Kind);
    }

    [Fact]
    public void An_unknown_key_is_named()
    {
        F filters = F.Of(("name", "a"), ("colour", "red"));
        var refused = Assert.Throws<RefusedException>(() => filters.RequireKnown("name", "label"));
        Assert.Equal("invalid filter 'colour'", refused.Message);
    }

    [Fact]
    public void Names_match_exactly_by_prefix_and_by_pattern()
    {
        F filters = F.Of(("name", "web"), ("name", "^/?db[0-9]$"));
        Assert.True(filters.MatchesExact("name", "web"));
        Assert.False(filters.MatchesExact("name", "web1"));
        Assert.True(filters.MatchesFuzzy("name", "web1"));
        Assert.True(filters.MatchesPattern("name", "/db7"));
        Assert.True(filters.MatchesPattern("name", "my-web-1"));
        Assert.False(filters.MatchesPattern("name", "db77"));
        Assert.True(filters.MatchesExact("id", "anything"));
        Assert.True(filters.MatchesAny("name", ["x", "web"]));
    }

    [Fact]
    public void A_pattern_that_cannot_be_read_matches_nothing()
    {
        Assert.False(F.Of(("name", "(")).MatchesPattern("name", "web"));
        Assert.False(F.Of(("name", "(?=a)")).MatchesPattern("name", "a"));
    }

    [Fact]
    public void All_labels_must_hold_and_prune_can_exclude_some()
    {
        var labels = new Dictionary<string, string> { ["a"] = "1", ["b"] = "" };
        Assert.True(F.Of(("label", "a=1"), ("label", "b")).MatchesLabels(labels));
        Assert.False(F.Of(("label", "a=1"), ("label", "c")).MatchesLabels(labels));
        Assert.False(F.Of(("label", "a=2")).MatchesLabels(labels));
        Assert.False(F.Of(("label", "a")).MatchesLabels(null));
        Assert.False(F.Of(("label!", "a")).MatchesLabels(labels));
        Assert.True(F.Of(("label!", "c")).MatchesLabels(labels));
    }

    [Fact]
    public void A_flag_is_one_of_two_claims()
    {
        Assert.True(F.None.Flag("dangling", whenAbsent: true));
        Assert.True(F.Of(("dangling", "1")).Flag("dangling", whenAbsent: false));
        Assert.False(F.Of(("dangling", "false")).Flag("dangling", whenAbsent: true));
        var refused = Assert.Throws<RefusedException>(() => F.Of(("dangling", "yes")).Flag("dangling", false));
        Assert.Equal("invalid filter 'dangling=[yes]'", refused.Message);
    }
}

public class TimestampsTests
{
    private static readonly DateTimeOffset Now = new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);

    [Theory]
    [InlineData("1h30m", "2024-05-06T05:38:09Z")]
    [InlineData("2006-01-02", "2006-01-02T00:00:00Z")]
    [InlineData("2006-01-02Z", "2006-01-02T00:00:00Z")]
    [InlineData("2006-01-02T15", "2006-01-02T15:00:00Z")]
    [InlineData("2006-01-02T15:04", "2006-01-02T15:04:00Z")]
    [InlineData("2006-01-02T15:04:05-07:00", "2006-01-02T22:04:05Z")]
    [InlineData("2006-01-02T15:04:05.123456789Z", "2006-01-02T15:04:05.1234567Z")]
    [InlineData("1136073600", "2006-01-01T00:00:00Z")]
    [InlineData("1136073600.000000100", "2006-01-01T00:00:00.0000001Z")]
    [InlineData("0", "1970-01-01T00:00:00Z")]
    public void Every_form_of_a_point_in_time_is_read(string text, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, null), Timestamps.Parse(text, Now));

    [Theory]
    [InlineData("yesterday")]
    [InlineData("2006-13-02")]
    [InlineData("1.")]
    [InlineData("99999999999999999999")]
    public void Other_texts_are_refused(string text) =>
        Assert.Throws<RefusedException>(() => Timestamps.Parse(text, Now));

    [Fact]
    public void The_end_of_time_is_no_reason_to_fail() =>
        Assert.Equal(9999, Timestamps.ParseUnix("9223372036854775807")!.Value.Year);
}
