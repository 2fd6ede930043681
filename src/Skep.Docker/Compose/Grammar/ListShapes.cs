using Skep.Docker.Compose.Yaml;
using Skep.Docker.Values;

namespace Skep.Docker.Compose.Grammar;

/// <summary>A list of text.</summary>
internal sealed class TextListShape : Shape
{
    /// <summary>One text stands for a list of it.</summary>
    public bool TakesOne { get; init; }

    public bool TakesNumbers { get; init; }

    /// <summary>The same text twice is accepted.</summary>
    public bool TakesRepeats { get; init; }

    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        if (TakesOne && node is YamlText)
        {
            return new YamlList([node], node.Place);
        }

        if (node is not YamlList list)
        {
            throw Reading.Wrong(node, path, TakesOne ? "must be a string or list" : "must be a list");
        }

        if (!TakesRepeats)
        {
            Repeats.Refuse(list, path);
        }

        return list with { Items = [.. list.Items.Select((item, index) => ReadItem(item, $"{path}.{index}"))] };
    }

    public override YamlNode Merge(YamlNode below, YamlNode above) =>
        above with { } is YamlList list ? list with { Items = [.. ((YamlList)below).Items, .. list.Items] } : above;

    private YamlText ReadItem(YamlNode item, string path) => item switch
    {
        YamlText text => text,
        YamlInteger or YamlNumber when TakesNumbers => new(PlainText.Of(item), item.Place),
        _ => throw Reading.Wrong(item, path, TakesNumbers ? "must be a string or number" : "must be a string"),
    };
}

/// <summary>A command: a list of words, or one line that is parted as a shell does it.</summary>
internal sealed class CommandShape : Shape
{
    public override YamlNode Read(YamlNode node, string path, Reading reading) => node switch
    {
        YamlNull when reading.IsSpecification => node,
        YamlList list => list with { Items = [.. list.Items.Select((item, index) => Word(item, $"{path}.{index}"))] },
        YamlText text => Split(text, path),
        _ => throw Reading.Wrong(node, path, "must be a string or list"),
    };

    public static YamlText Word(YamlNode item, string path) => item as YamlText
        ?? throw Reading.Wrong(item, path, "must be a string");

    private static YamlList Split(YamlText line, string path)
    {
        try
        {
            string[] words = ShellWords.Split(line.Value);
            return new([.. words.Select(word => new YamlText(word, line.Place))], line.Place) { Tag = line.Tag };
        }
        catch (FormatException wrong)
        {
            throw Reading.Wrong(line, path, $"must be a command: {wrong.Message}");
        }
    }
}

/// <summary>The command of a healthcheck: a list from CMD, CMD-SHELL or NONE on, or a line for the shell.</summary>
internal sealed class HealthTestShape : Shape
{
    public override YamlNode Read(YamlNode node, string path, Reading reading) => node switch
    {
        YamlText => new YamlList([new YamlText("CMD-SHELL", node.Place), node], node.Place),
        YamlList list => list with
        {
            Items = [.. list.Items.Select((item, index) => CommandShape.Word(item, $"{path}.{index}"))],
        },
        _ => throw Reading.Wrong(node, path, "must be a string or list"),
    };
}

/// <summary>NAME=VALUE pairs as a list, or a mapping; in long form a mapping.</summary>
internal sealed class PairsShape : Shape
{
    /// <summary>A name without a value is not the same as an empty value.</summary>
    public bool KeepsNull { get; init; }

    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        switch (node)
        {
            case YamlMap map:
                return map with
                {
                    Entries = [.. map.Entries.Select(entry =>
                        entry with { Value = ReadValue(entry.Value, $"{path}.{entry.Key}", reading) })],
                };
            case YamlList list:
                Repeats.Refuse(list, path);
                return new YamlMap(ReadItems(list, path), list.Place) { Tag = list.Tag };
            default:
                throw Reading.Wrong(node, path, "must be a mapping or list");
        }
    }

    public override YamlNode Merge(YamlNode below, YamlNode above) =>
        ((YamlMap)above).Entries.Aggregate((YamlMap)below, (all, entry) => all.With(entry.Key, entry.Value));

    public override YamlNode Show(YamlNode node, Showing showing) => AnyShape.Ordered(node);

    private YamlNode ReadValue(YamlNode value, string path, Reading reading) => value switch
    {
        YamlNull when KeepsNull => value,
        YamlNull => new YamlText("", value.Place),
        YamlText text => text,
        YamlInteger or YamlNumber or YamlMoment => new YamlText(PlainText.Of(value), value.Place),
        YamlFlag when reading.IsSpecification => new YamlText(PlainText.Of(value), value.Place),
        YamlFlag => throw Reading.Wrong(value, path, "must be a string, number or null: put true and false in quotes"),
        _ => throw Reading.Wrong(value, path, "must be a string, number or null"),
    };

    private List<YamlEntry> ReadItems(YamlList list, string path)
    {
        var entries = new Dictionary<string, YamlEntry>();
        for (int index = 0; index < list.Items.Count; index++)
        {
            YamlNode item = list.Items[index];
            if (item is not YamlText)
            {
                throw Reading.Wrong(item, $"{path}.{index}", "must be a string");
            }

            string text = PlainText.Of(item);
            int equals = text.IndexOf('=');
            string name = equals < 0 ? text : text[..equals];
            YamlNode value = equals >= 0 ? new YamlText(text[(equals + 1)..], item.Place)
                : KeepsNull ? new YamlNull(item.Place)
                : new YamlText("", item.Place);
            entries[name] = new(name, item.Place, value);
        }

        return [.. entries.Values];
    }
}

/// <summary>Names and addresses: HOST:ADDRESS or HOST=ADDRESS each, or a mapping; in long form a list.</summary>
internal sealed class HostsShape : Shape
{
    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        switch (node)
        {
            case YamlMap map:
                IEnumerable<YamlText> pairs = map.Entries
                    .Where(entry => entry.Value is not YamlNull)
                    .SelectMany(entry => Addresses(entry, $"{path}.{entry.Key}", reading))
                    .OrderBy(pair => pair.Value, StringComparer.Ordinal);
                return new YamlList([.. pairs.Select(WithoutBrackets)], map.Place);
            case YamlList list:
                Repeats.Refuse(list, path);
                return list with
                {
                    Items = [.. list.Items.SelectMany((item, index) => ReadItem(item, $"{path}.{index}", reading))],
                };
            default:
                throw Reading.Wrong(node, path, "must be a mapping or list");
        }
    }

    public override YamlNode Merge(YamlNode below, YamlNode above) =>
        (YamlList)above with { Items = [.. ((YamlList)below).Items, .. ((YamlList)above).Items] };

    private static IEnumerable<YamlText> Addresses(YamlEntry entry, string path, Reading reading) => entry.Value switch
    {
        YamlText or YamlInteger or YamlNumber =>
            [new YamlText($"{entry.Key}:{PlainText.Of(entry.Value)}", entry.Value.Place)],
        YamlList list when reading.IsSpecification =>
            list.Items.Select(item => new YamlText($"{entry.Key}:{PlainText.Of(item)}", item.Place)),
        _ => throw Reading.Wrong(entry.Value, path, "must be a string, number or null"),
    };

    private static IEnumerable<YamlNode> ReadItem(YamlNode item, string path, Reading reading)
    {
        if (item is not YamlText text)
        {
            throw Reading.Wrong(item, path, "must be a string");
        }

        int at = text.Value.IndexOf('=');
        at = at < 0 ? text.Value.IndexOf(':') : at;
        if (at < 0)
        {
            reading.Warn(new(
                item.Place, path, $"\"{text.Value}\" names no address and is left out: write HOST:ADDRESS"));
            return [];
        }

        return [WithoutBrackets(text with { Value = $"{text.Value[..at]}:{text.Value[(at + 1)..]}" })];
    }

    private static YamlText WithoutBrackets(YamlText pair)
    {
        int colon = pair.Value.IndexOf(':');
        string address = pair.Value[(colon + 1)..];
        return address.Length > 2 && address[0] == '[' && address[^1] == ']'
            ? pair with { Value = $"{pair.Value[..colon]}:{address[1..^1]}" }
            : pair;
    }
}

/// <summary>Lists whose items must differ.</summary>
internal static class Repeats
{
    public static void Refuse(YamlList list, string path)
    {
        var seen = new Dictionary<string, int>();
        for (int index = 0; index < list.Items.Count; index++)
        {
            YamlNode item = list.Items[index];
            string key = item switch
            {
                YamlMap map => "m" + YamlWriter.Write((YamlMap)AnyShape.Ordered(map)),
                YamlText text => "t" + text.Value,
                YamlList => $"l{index}",
                _ => "n" + PlainText.Of(item),
            };
            if (!seen.TryAdd(key, index))
            {
                throw Reading.Wrong(item, path, $"array items[{seen[key]},{index}] must be unique");
            }
        }
    }
}
