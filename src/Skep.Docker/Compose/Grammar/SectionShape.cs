using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose.Grammar;

/// <summary>One key of a section.</summary>
/// <param name="Since">The first minor of version 3 that has it; <see cref="Reading.Specification"/>: none has.</param>
internal sealed record Key(string Name, Shape Shape, int Since)
{
    /// <summary>Printed also when it is 0, false or an empty section.</summary>
    public bool ShowsEmpty { get; init; }

    /// <summary>Read and printed, but a service does without it: the words of the warning.</summary>
    public string? Unused { get; init; }

    /// <summary>From this dialect on a service does honour it, and there is nothing to warn about.</summary>
    public int UsedSince { get; init; } = int.MaxValue;
}

/// <summary>A mapping with known keys, printed in their order.</summary>
internal sealed class SectionShape(IReadOnlyList<Key> keys) : Shape
{
    /// <summary>Also the value null, as an empty section.</summary>
    public bool TakesNull { get; init; }

    /// <summary>Null stays null and is printed.</summary>
    public bool KeepsNull { get; init; }

    /// <summary>From this minor on keys nobody knows are left out with a warning; otherwise they are refused.</summary>
    public int OpenSince { get; init; } = int.MaxValue;

    /// <summary>The first minor whose schema takes x- keys here; null: never.</summary>
    public int? ExtrasSince { get; init; }

    /// <summary>Makes the long form of what is not a mapping; null: it has no short form.</summary>
    public Func<YamlNode, string, Reading, YamlMap?>? ShortForm { get; init; }

    /// <summary>Docker prints x- keys of networks and volumes only where those are external.</summary>
    public bool ShowsExtrasOfExternalOnly { get; init; }

    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>What the keys say together.</summary>
    public Func<YamlMap, string, Reading, YamlMap>? Finish { get; init; }

    /// <summary>Merges otherwise than key by key.</summary>
    public Func<YamlMap, YamlMap, YamlMap?>? OwnMerge { get; init; }

    /// <summary>What may stand here, for messages.</summary>
    public string Expected { get; init; } = "a mapping";

    private readonly Dictionary<string, Key> byName = keys.ToDictionary(key => key.Name);

    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        if (node is YamlNull && (TakesNull || KeepsNull))
        {
            return KeepsNull ? node : new YamlMap([], node.Place);
        }

        YamlMap map = node as YamlMap
            ?? ShortForm?.Invoke(node, path, reading)
            ?? throw Reading.Wrong(node, path, $"must be {Expected}{(TakesNull || KeepsNull ? " or null" : "")}");
        var entries = new List<YamlEntry>();
        foreach (YamlEntry entry in map.Entries)
        {
            entries.AddRange(ReadEntry(entry, path, reading));
        }

        YamlMap read = map with { Entries = entries };
        foreach (string name in Required.Where(name => read[name] is null))
        {
            throw Reading.Wrong(node, path, $"{name} is required");
        }

        return Finish is null ? read : Finish(read, path, reading);
    }

    public override YamlNode Merge(YamlNode below, YamlNode above)
    {
        if (below is not YamlMap lower || above is not YamlMap upper)
        {
            return above is YamlNull && below is YamlMap ? below : above;
        }

        if (OwnMerge?.Invoke(lower, upper) is { } own)
        {
            return own;
        }

        YamlMap merged = lower;
        foreach (YamlEntry entry in upper.Entries)
        {
            merged = Merging.Put(merged, entry, byName.GetValueOrDefault(entry.Key)?.Shape);
        }

        return merged;
    }

    public override YamlNode Show(YamlNode node, Showing showing)
    {
        if (node is not YamlMap map)
        {
            return node;
        }

        var entries = new List<YamlEntry>();
        foreach (Key key in keys)
        {
            if (map.Find(key.Name) is not { } entry)
            {
                continue;
            }

            YamlNode shown = key.Shape.Show(entry.Value, showing);
            if (key.ShowsEmpty ? shown is not YamlNull : !SaysNothing(shown))
            {
                showing.NeedsSpecification |= key.Since == Reading.Specification;
                entries.Add(entry with { Value = shown });
            }
        }

        IEnumerable<YamlEntry> extras = map.Entries
            .Where(entry => !byName.ContainsKey(entry.Key))
            .Where(_ => !ShowsExtrasOfExternalOnly || map["external"] is YamlFlag { Value: true })
            .OrderBy(entry => entry.Key, KeyOrder.Instance)
            .Select(entry => entry with { Value = AnyShape.Ordered(entry.Value) });
        return map with { Entries = [.. entries, .. extras] };
    }

    private IEnumerable<YamlEntry> ReadEntry(YamlEntry entry, string path, Reading reading)
    {
        string name = entry.Key;
        string whole = path.Length == 0 ? name : $"{path}.{name}";
        if (byName.TryGetValue(name, out Key? key) && reading.Dialect >= key.Since)
        {
            if (entry.Value.Tag == Merging.Reset)
            {
                return [entry];
            }

            if (key.Unused is { } words && reading.Dialect < key.UsedSince && entry.Value is not YamlNull)
            {
                reading.Warn(new(entry.Place, whole, words));
            }

            return [entry with { Value = key.Shape.Read(entry.Value, whole, reading) with { Tag = entry.Value.Tag } }];
        }

        if (ExtrasSince is { } since && reading.Dialect >= since && name.StartsWith("x-", StringComparison.Ordinal))
        {
            return [entry];
        }

        if (reading.Dialect >= OpenSince)
        {
            reading.Warn(new(entry.Place, whole, "nobody knows this key: it is left out"));
            return [];
        }

        string section = path.Length == 0 ? "(root)" : path;
        throw ComposeException.At(
            entry.Place, $"{section} Additional property {name} is not allowed{WayOut(name, key, reading)}");
    }

    private string WayOut(string name, Key? key, Reading reading)
    {
        if (key is null)
        {
            string? near = Nearest.Of(
                name, keys.Where(known => known.Since <= reading.Dialect).Select(known => known.Name));
            return near is null ? "" : $": did you mean {near}?";
        }

        return key.Since > Reading.Specification ? ""
            : key.Since == Reading.Specification
            ? $": version 3.{reading.Dialect} does not have it; "
                + "leave the key `version` out to use the Compose specification"
            : $": it came with version 3.{key.Since}";
    }

    private static bool SaysNothing(YamlNode node) => node switch
    {
        YamlNull => true,
        YamlText text => text.Value.Length == 0,
        YamlInteger integer => integer.Value == 0,
        YamlNumber number => number.Value == 0,
        YamlFlag flag => !flag.Value,
        YamlList list => list.Items.Count == 0,
        YamlMap map => map.Entries.Count == 0,
        _ => false,
    };
}
