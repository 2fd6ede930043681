using Skep.Docker.Engine;
using Skep.Docker.Stacks;
using static Skep.Tests.Stacks.Composed;

namespace Skep.Tests.Stacks;

public class FieldChangeTests
{
    [Fact]
    public void What_the_swarm_fills_in_is_no_difference()
    {
        ServiceSpec spec = SpecOf(Web);
        ServiceSpec shown = spec with
        {
            Mode = new() { Replicated = new() { Replicas = 1 } },
            EndpointSpec = new() { Mode = "vip" },
            TaskTemplate = spec.TaskTemplate with { Runtime = "container" },
        };
        Assert.True(FieldChange.AreSame(spec, shown));
        Assert.Empty(FieldChange.Between(spec, shown));
    }

    [Fact]
    public void Values_change_and_items_of_lists_come_and_go()
    {
        ServiceSpec before = SpecOf(Web with { Environment = Variables("A=1", "B=2", "D=4") });
        ServiceSpec after = SpecOf(Web with { Image = "web:2", Environment = Variables("B=2", "C=3"), User = "me" });
        Assert.False(FieldChange.AreSame(before, after));
        Assert.Equal(
            [
                "~ Labels.com.docker.stack.image: \"web:1\" -> \"web:2\"",
                "- TaskTemplate.ContainerSpec.Env: \"A=1\"",
                "- TaskTemplate.ContainerSpec.Env: \"D=4\"",
                "+ TaskTemplate.ContainerSpec.Env: \"C=3\"",
                "~ TaskTemplate.ContainerSpec.Image: \"web:1\" -> \"web:2\"",
                "+ TaskTemplate.ContainerSpec.User: \"me\"",
            ],
            FieldChange.Between(before, after).Select(change => change.ToString()));
    }

    [Fact]
    public void Another_order_is_a_change_of_the_whole_list()
    {
        ServiceSpec before = SpecOf(Web with { Command = ["a", "b"] });
        ServiceSpec after = SpecOf(Web with { Command = ["b", "a"] });
        Assert.Equal(
            "~ TaskTemplate.ContainerSpec.Args: [\"a\",\"b\"] -> [\"b\",\"a\"]",
            Assert.Single(FieldChange.Between(before, after)).ToString());
    }

    [Fact]
    public void A_new_service_shows_all_that_it_consists_of() => Assert.Contains(
        "+ Mode.Replicated.Replicas: 1", FieldChange.All(SpecOf(Web)).Select(change => change.ToString()));

    [Fact]
    public void Labels_are_compared_one_by_one() => Assert.Equal(
        ["- Labels.a: 1", "~ Labels.b: 1 -> 2", "+ Labels.c: 3"],
        FieldChange.OfMaps(
            "Labels",
            new Dictionary<string, string> { ["a"] = "1", ["b"] = "1" },
            new Dictionary<string, string> { ["b"] = "2", ["c"] = "3" }).Select(change => change.ToString()));

    private static Skep.Swarm.Objects.ValueMap<string?> Variables(params string[] pairs) =>
        Skep.Swarm.Objects.ValueMap.From(pairs.Select(pair =>
            KeyValuePair.Create(pair.Split('=')[0], (string?)pair.Split('=')[1])));
}
