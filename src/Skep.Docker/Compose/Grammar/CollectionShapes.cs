using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose.Grammar;

/// <summary>A mapping from names that users choose, printed in order.</summary>
internal sealed class NamedShape(Shape item) : Shape
{
    /// <summary>Names outside of letters, digits, dot, dash and underscore are accepted.</summary>
    public bool TakesAnyName { get; init; }

    /// <summary>Names are small letters only: of limits.</summary>
    public bool TakesSmallLettersOnly { get; init; }

    /// <summary>The later file's item replaces the earlier one's.</summary>
    public bool ReplacesItems { get; init; }

    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        if (node is YamlNull && reading.IsSpecification)
        {
            return new YamlMap([], node.Place);
        }

        if (node is not YamlMap map)
        {
            throw Reading.Wrong(node, path, "must be a mapping");
        }

        return map with { Entries = [.. map.Entries.Select(entry => ReadEntry(entry, path, reading))] };
    }

    public override YamlNode Merge(YamlNode below, YamlNode above) => ((YamlMap)above).Entries.Aggregate(
        (YamlMap)below,
        (merged, entry) => Merging.Put(merged, entry, ReplacesItems ? null : item));

    public override YamlNode Show(YamlNode node, Showing showing) => node is not YamlMap map ? node : map with
    {
        Entries = [.. map.Entries
            .OrderBy(entry => entry.Key, KeyOrder.Instance)
            .Select(entry => entry with { Value = item.Show(entry.Value, showing) })],
    };

    private YamlEntry ReadEntry(YamlEntry entry, string path, Reading reading)
    {
        bool isName = TakesAnyName || (entry.Key.Length > 0 && entry.Key.All(letter => TakesSmallLettersOnly
            ? char.IsAsciiLetterLower(letter)
            : char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-'));
        if (!isName && !TakesSmallLettersOnly)
        {
            throw ComposeException.At(
                entry.Place,
                $"{path} Additional property {entry.Key} is not allowed: names have letters, digits, and ._- only");
        }

        return entry with
        {
            Value = item.Read(entry.Value, $"{path}.{entry.Key}", reading) with { Tag = entry.Value.Tag },
        };
    }
}

/// <summary>A list of sections; of two files' items with the same key the later one's counts.</summary>
/// <param name="mergeKey">What tells items apart and orders them; null: all items stay.</param>
internal sealed class SectionListShape(Shape item, Func<YamlMap, string>? mergeKey) : Shape
{
    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        if (node is not YamlList list)
        {
            throw Reading.Wrong(node, path, "must be a list");
        }

        return list with { Items = [.. list.Items.Select((one, index) => item.Read(one, $"{path}.{index}", reading))] };
    }

    public override YamlNode Merge(YamlNode below, YamlNode above)
    {
        var lower = (YamlList)below;
        var upper = (YamlList)above;
        if (mergeKey is null)
        {
            return upper with { Items = [.. lower.Items, .. upper.Items] };
        }

        var byKey = new SortedDictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (YamlNode one in lower.Items.Concat(upper.Items))
        {
            byKey[one is YamlMap map ? mergeKey(map) : PlainText.Of(one)] = one;
        }

        return upper with { Items = [.. byKey.Values] };
    }

    public override YamlNode Show(YamlNode node, Showing showing) => node is not YamlList list
        ? node
        : list with { Items = [.. list.Items.Select(one => item.Show(one, showing))] };
}
