using System.Globalization;
using Skep.Docker.Compose.Grammar;
using Skep.Docker.Compose.Yaml;
using Skep.Docker.Values;
using Skep.Swarm.Objects;

namespace Skep.Docker.Compose.Model;

/// <summary>Typed reading of a section that has passed its checks.</summary>
internal sealed class Fields(YamlMap map)
{
    private static readonly YamlMap Nothing = new([], new("", 0));

    public ComposePlace Place => map.Place;

    public bool Has(string key) => map[key] is not (null or YamlNull);

    /// <summary>Null: not said, or empty.</summary>
    public string? Text(string key) => map[key] is { } node && PlainText.Of(node) is { Length: > 0 } text ? text : null;

    /// <summary>The value of the variable whose name a key has; null: it is not set.</summary>
    public string? Outside(string key) => map[key] is YamlText name ? name.Lookup?.Invoke(name.Value) : null;

    /// <summary>A word out of few: the swarm would refuse others when half of the stack is there. Null: none.</summary>
    /// <param name="path">Of this section, for the message.</param>
    /// <exception cref="ComposeException">It is another word.</exception>
    public string? Word(string key, string path, params string[] words) => Text(key) is not { } text ? null
        : words.Contains(text) ? text
        : throw ComposeException.At(
            Places[key],
            $"{path}.{key} must be one of the following: {string.Join(", ", words.Select(word => $"\"{word}\""))}");

    public bool Flag(string key) => FlagOrNull(key) ?? false;

    public bool? FlagOrNull(string key) => (map[key] as YamlFlag)?.Value;

    public long? Integer(string key) => (map[key] as YamlInteger)?.Value;

    public double Number(string key) => (map[key] as YamlNumber)?.Value ?? 0;

    public long? Nanoseconds(string key) => Text(key) is { } text ? GoDuration.Parse(text) : null;

    public long? Bytes(string key) => Text(key) is { } text ? ByteSize.Parse(text) : null;

    public ValueList<string> Texts(string key) =>
        map[key] is YamlList list ? [.. list.Items.Select(PlainText.Of)] : [];

    public ValueList<string>? TextsOrNull(string key) => map[key] is YamlList ? Texts(key) : null;

    public ValueMap<string> Pairs(string key) => ValueMap.From(Entries(key)
        .Select(entry => KeyValuePair.Create(entry.Key, PlainText.Of(entry.Value))));

    public ValueMap<string?> PairsOrNull(string key) => ValueMap.From(Entries(key)
        .Select(entry => KeyValuePair.Create(entry.Key, (entry.Value as YamlText)?.Value)));

    /// <summary>The section behind a key; an empty one when there is none.</summary>
    public Fields Section(string key) => SectionOrNull(key) ?? new Fields(Nothing with { Place = Place });

    public Fields? SectionOrNull(string key) => map[key] is YamlMap section ? new(section) : null;

    public IEnumerable<Fields> Sections(string key) => map[key] is YamlList list
        ? list.Items.OfType<YamlMap>().Select(item => new Fields(item))
        : [];

    /// <summary>Entries of a mapping, sorted by key.</summary>
    public IEnumerable<YamlEntry> Entries(string key) => map[key] is YamlMap section
        ? section.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)
        : [];

    public IEnumerable<string> Keys => map.Entries.Select(entry => entry.Key);

    public ValueMap<ComposePlace> Places =>
        ValueMap.From(map.Entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Place)));

    /// <summary>Either of a section, or of what stands for it.</summary>
    public static Fields Of(YamlEntry entry) =>
        new(entry.Value as YamlMap ?? Nothing with { Place = entry.Place });

    public static ulong Unsigned(long? value) => (ulong)Math.Max(0, value ?? 0);

    public static ulong? UnsignedOrNull(long? value) => value is null ? null : Unsigned(value);

    public static string Digits(long value) => value.ToString(CultureInfo.InvariantCulture);
}
