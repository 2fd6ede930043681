using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose.Grammar;

/// <summary>true, false, or a mapping with the outside name, as it was written once.</summary>
internal sealed class ExternalShape(string thing) : Shape
{
    private static readonly FlagShape Flag = new();
    private static readonly SectionShape Old = new([new("name", new TextShape(), 0)]) { OpenSince = 0 };

    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        if (node is not YamlMap)
        {
            return Flag.Read(node, path, reading);
        }

        var old = (YamlMap)Old.Read(node, path, reading);
        if (old["name"] is not null)
        {
            reading.Warn(new(node.Place, path, $"{thing}.external.name is deprecated in favor of {thing}.name"));
        }

        return old;
    }
}

/// <summary>A list of names, or a mapping from names to options; in long form the mapping.</summary>
internal sealed class UsesShape(Shape item) : Shape
{
    private readonly NamedShape named = new(item);

    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        if (node is not YamlList list)
        {
            return node is YamlMap
                ? named.Read(node, path, reading)
                : throw Reading.Wrong(node, path, "must be a list or mapping");
        }

        Repeats.Refuse(list, path);
        var entries = new List<YamlEntry>();
        for (int index = 0; index < list.Items.Count; index++)
        {
            YamlText name = list.Items[index] as YamlText
                ?? throw Reading.Wrong(list.Items[index], $"{path}.{index}", "must be a string");
            entries.Add(new(name.Value, name.Place, new YamlNull(name.Place)));
        }

        return new YamlMap(entries, list.Place) { Tag = list.Tag };
    }

    public override YamlNode Merge(YamlNode below, YamlNode above) => named.Merge(below, above);

    public override YamlNode Show(YamlNode node, Showing showing) => named.Show(node, showing);
}

/// <summary>`restart`, of which version 3 has no way to say that nothing is started again.</summary>
internal sealed class RestartShape : Shape
{
    private static readonly TextShape Text = new();

    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        if (node is YamlText { Value: "no" } && !reading.IsSpecification)
        {
            reading.Warn(new(
                node.Place, path, "the swarm starts it again all the same: say deploy.restart_policy.condition: none"));
        }

        return Text.Read(node, path, reading);
    }
}

/// <summary>What a service waits for: a list of services, or a mapping with a condition each.</summary>
internal sealed class DependsOnShape : Shape
{
    private static readonly NamedShape Long = new(new SectionShape(
    [
        new("condition", new TextShape
        {
            Words = ["service_started", "service_healthy", "service_completed_successfully"],
        }, Reading.Specification),
        new("restart", new FlagShape(), Reading.Specification)
        {
            Unused = "a service is not restarted with what it waits for: it is left out",
        },
        new("required", new FlagShape(), Reading.Specification) { ShowsEmpty = true },
    ])
    {
        ExtrasSince = Reading.Specification,
        Required = ["condition"],
    });

    /// <summary>
    /// A name alone is null in the specification, where it means that the service was started, and an empty text in
    /// version 3, where it means nothing: so files of both can be joined.
    /// </summary>
    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        if (node is YamlMap && reading.IsSpecification)
        {
            return Long.Read(node, path, reading);
        }

        if (node is not YamlList list)
        {
            throw Reading.Wrong(
                node, path, reading.IsSpecification ? "must be a list or mapping" : "must be a list");
        }

        Repeats.Refuse(list, path);
        var entries = list.Items.Select((item, index) => item is YamlText text
            ? new YamlEntry(text.Value, text.Place, NameAlone(text.Place, reading))
            : throw Reading.Wrong(item, $"{path}.{index}", "must be a string"));
        return new YamlMap([.. entries], list.Place) { Tag = list.Tag };
    }

    public override YamlNode Merge(YamlNode below, YamlNode above) => Long.Merge(below, above);

    public override YamlNode Show(YamlNode node, Showing showing)
    {
        var map = (YamlMap)node;
        if (map.Entries.All(entry => entry.Value is not YamlMap))
        {
            return new YamlList([.. map.Entries.Select(entry => new YamlText(entry.Key, entry.Place))], map.Place);
        }

        showing.NeedsSpecification = true;
        return Long.Show(map with { Entries = [.. map.Entries.Select(Written)] }, showing);
    }

    private static YamlEntry Written(YamlEntry entry)
    {
        ComposePlace place = entry.Place;
        var condition = new YamlText("service_started", place);
        return entry.Value is YamlMap
            ? entry
            : entry with { Value = new YamlMap([new("condition", place, condition)], place) };
    }

    private static YamlNode NameAlone(ComposePlace place, Reading reading) =>
        reading.IsSpecification ? new YamlNull(place) : new YamlText("", place);
}

/// <summary>One number for both limits, or soft and hard.</summary>
internal sealed class UlimitShape : Shape
{
    private static readonly IntegerShape Number = new();
    private static readonly SectionShape Both = new(
    [
        new("soft", Number, 0),
        new("hard", Number, 0),
    ])
    {
        Required = ["soft", "hard"],
        ExtrasSince = Reading.Specification,
        Expected = "an integer or mapping",
    };

    public override YamlNode Read(YamlNode node, string path, Reading reading) =>
        (node is YamlMap ? (Shape)Both : Number).Read(node, path, reading);

    public override YamlNode Show(YamlNode node, Showing showing) => node is YamlMap ? Both.Show(node, showing) : node;
}
