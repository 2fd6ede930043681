namespace Skep.Docker.Compose.Yaml;

/// <summary>One value of a YAML document, with its place. Never changed: edited copies are made.</summary>
internal abstract record YamlNode(ComposePlace Place)
{
    /// <summary>!reset or !override, which say how a later file treats an earlier one; null: neither.</summary>
    public string? Tag { get; init; }
}

internal sealed record YamlNull(ComposePlace Place) : YamlNode(Place);

internal sealed record YamlFlag(bool Value, ComposePlace Place) : YamlNode(Place);

internal sealed record YamlInteger(long Value, ComposePlace Place) : YamlNode(Place);

internal sealed record YamlNumber(double Value, ComposePlace Place) : YamlNode(Place)
{
    /// <summary>Printed with the digits of a 32-bit number, as Docker holds some.</summary>
    public bool IsSingle { get; init; }
}

/// <summary>A date or a moment, which YAML tells from text.</summary>
internal sealed record YamlMoment(DateTimeOffset Value, ComposePlace Place) : YamlNode(Place);

internal sealed record YamlText(string Value, ComposePlace Place) : YamlNode(Place)
{
    /// <summary>A variable was put in: it may stand for a number or a truth value.</summary>
    public bool IsInterpolated { get; init; }

    /// <summary>Of a variable's name: who knows its value. Included files have variables of their own.</summary>
    public Func<string, string?>? Lookup { get; init; }
}

internal sealed record YamlList(IReadOnlyList<YamlNode> Items, ComposePlace Place) : YamlNode(Place);

internal sealed record YamlEntry(string Key, ComposePlace Place, YamlNode Value);

internal sealed record YamlMap(IReadOnlyList<YamlEntry> Entries, ComposePlace Place) : YamlNode(Place)
{
    public YamlNode? this[string key] => Find(key)?.Value;

    public YamlEntry? Find(string key)
    {
        foreach (YamlEntry entry in Entries)
        {
            if (entry.Key == key)
            {
                return entry;
            }
        }

        return null;
    }

    public YamlMap With(string key, YamlNode value)
    {
        var entries = new List<YamlEntry>(Entries);
        int index = entries.FindIndex(entry => entry.Key == key);
        if (index < 0)
        {
            entries.Add(new(key, value.Place, value));
        }
        else
        {
            entries[index] = new(key, value.Place, value);
        }

        return this with { Entries = entries };
    }

    public YamlMap Without(string key) => this with { Entries = [.. Entries.Where(entry => entry.Key != key)] };
}
