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
    [InlineData("skep.weight.new", "101", "label skep.weight.new: \"101\" is no weight; whole numbers from 0 to 100")]
    [InlineData("skep.weight.new", "-1", "\"-1\" is no weight")]
    [InlineData("skep.weight.new", "", "\"\" is no weight")]
    [InlineData("skep.weight", "50", "label skep.weight: a service has no such weight; nodes have skep.weight")]
    [InlineData("skep.weight.old", "50", "label skep.weight.old: a service has no such weight")]
    public void What_means_nothing_is_refused(string key, string value, string words) => Assert.Contains(
        words,
        Assert.Throws<RefusedException>(() => TrafficLabels.Check(Labels((key, value)))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(null, 100)]
    [InlineData("0", 0)]
    [InlineData("35", 35)]
    [InlineData("100", 100)]
    [InlineData("101", 100)]
    [InlineData("ten", 100)]
    public void A_label_of_a_node_says_what_its_tasks_weigh(string? label, int weight) => Assert.Equal(
        weight, TrafficLabels.WeightOf(label is null ? default : Labels(("skep.weight", label))));

    [Fact]
    public void A_node_s_weight_that_is_none_is_refused_with_the_node_and_the_way_out()
    {
        TrafficLabels.CheckNode("host2", Labels(("skep.weight", "50"), ("skep.weightless", "x")));
        Assert.Equal(
            "rpc error: code = InvalidArgument desc = label skep.weight of node host2: \"0.5\" is no weight; whole "
            + "numbers from 0 to 100 are, and 100 is what holds without the label",
            Assert.Throws<RefusedException>(
                () => TrafficLabels.CheckNode("host2", Labels(("skep.weight", "0.5")))).Message);
    }

    private static ValueMap<string> Labels(params (string Key, string Value)[] labels) =>
        ValueMap.From(labels.Select(one => KeyValuePair.Create(one.Key, one.Value)));
}
