using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;

namespace Skep.Tests.Networking;

public class TrafficLabelsTests
{
    [Fact]
    public void Labels_say_how_ports_are_led_for_all_or_for_one()
    {
        ValueMap<string> labels = Labels(
            ("skep.ingress", "local"), ("skep.ingress.8080", "snat, local"), ("skep.ingress.8081", ""));
        Assert.Equal(new(true, true), TrafficLabels.IngressOf(labels, 8080));
        Assert.Equal(new(false, false), TrafficLabels.IngressOf(labels, 8081));
        Assert.Equal(new(false, true), TrafficLabels.IngressOf(labels, 80));
        Assert.Equal(new(false, false), TrafficLabels.IngressOf(default, 80));
        TrafficLabels.Check(labels);
    }

    [Theory]
    [InlineData(null, 5_000)]
    [InlineData("30s", 30_000)]
    [InlineData("250ms", 250)]
    [InlineData("2m", 120_000)]
    [InlineData("0", 0)]
    [InlineData("9999h", 3_600_000)]
    [InlineData("soon", 5_000)]
    public void A_label_says_how_long_connections_may_last(string? label, int milliseconds) => Assert.Equal(
        TimeSpan.FromMilliseconds(milliseconds),
        TrafficLabels.DrainOf(label is null ? default : Labels(("skep.drain", label))));

    [Theory]
    [InlineData("skep.ingress", "nat", "\"nat\" means nothing")]
    [InlineData("skep.ingress.80", "snat,remote", "\"remote\" means nothing")]
    [InlineData("skep.drain", "soon", "\"soon\" is no duration")]
    [InlineData("skep.drain", "-1s", "\"-1s\" is no duration")]
    [InlineData("skep.drain", "5", "\"5\" is no duration")]
    public void What_means_nothing_is_refused(string key, string value, string words) => Assert.Contains(
        words,
        Assert.Throws<RefusedException>(() => TrafficLabels.Check(Labels((key, value)))).Message,
        StringComparison.Ordinal);

    private static ValueMap<string> Labels(params (string Key, string Value)[] labels) =>
        ValueMap.From(labels.Select(one => KeyValuePair.Create(one.Key, one.Value)));
}
