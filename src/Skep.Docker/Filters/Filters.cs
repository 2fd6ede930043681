using System.Text.Json;
using System.Text.RegularExpressions;
using Skep.Swarm;

namespace Skep.Docker.Filters;

/// <summary>The <c>filters</c> of a request: what a listed object must match, key by key.</summary>
/// <remarks>
/// A key without values, and a key that is absent, match everything. Within a key one value is enough, but every label
/// value must hold. Values keep the order in which they came.
/// </remarks>
public sealed class Filters
{
    /// <summary>No filter at all: everything matches.</summary>
    public static readonly Filters None = new([]);

    private readonly Dictionary<string, List<string>> values;

    private Filters(Dictionary<string, List<string>> values) => this.values = values;

    /// <summary>Filters of given keys and values, for callers inside the engine and for tests.</summary>
    public static Filters Of(params ReadOnlySpan<(string Key, string Value)> pairs)
    {
        var values = new Dictionary<string, List<string>>();
        foreach ((string key, string value) in pairs)
        {
            Add(values, key, value);
        }

        return new Filters(values);
    }

    /// <summary>Reads <c>{"key":["value"]}</c> (before API 1.22) or <c>{"key":{"value":true}}</c>.</summary>
    /// <exception cref="RefusedException">Neither of the two forms.</exception>
    public static Filters Parse(string? json)
    {
        if (string.IsNullOrEmpty(json))
        {
            return None;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            return document.RootElement.ValueKind == JsonValueKind.Null ? None : new(Read(document.RootElement));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new RefusedException(ErrorKind.Invalid, "invalid filter", e);
        }
    }

    /// <summary>The same filters and one value more.</summary>
    public Filters With(string key, string value)
    {
        var more = values.ToDictionary(pair => pair.Key, pair => new List<string>(pair.Value));
        Add(more, key, value);
        return new Filters(more);
    }

    public bool IsEmpty => values.Count == 0;

    public IReadOnlyCollection<string> Keys => values.Keys;

    public bool Has(string key) => values.ContainsKey(key);

    /// <summary>Empty when the key is absent.</summary>
    public IReadOnlyList<string> Values(string key) => values.TryGetValue(key, out List<string>? found) ? found : [];

    /// <exception cref="RefusedException">"invalid filter 'x'": a key that is not one of those named.</exception>
    public void RequireKnown(params ReadOnlySpan<string> known)
    {
        foreach (string key in values.Keys)
        {
            if (!known.Contains(key))
            {
                throw new RefusedException(ErrorKind.Invalid, $"invalid filter '{key}'");
            }
        }
    }

    /// <summary>The source is one of the key's values.</summary>
    public bool MatchesExact(string key, string source) => Values(key) is var wanted
        && (wanted.Count == 0 || wanted.Contains(source));

    /// <summary>One of the sources is one of the key's values.</summary>
    public bool MatchesAny(string key, IEnumerable<string> sources) => Values(key) is var wanted
        && (wanted.Count == 0 || sources.Any(wanted.Contains));

    /// <summary>The source begins with one of the key's values.</summary>
    public bool MatchesFuzzy(string key, string source) => Values(key) is var wanted
        && (wanted.Count == 0 || wanted.Any(prefix => source.StartsWith(prefix, StringComparison.Ordinal)));

    /// <summary>The source is one of the key's values, or one of them as a regular expression is found in it.</summary>
    public bool MatchesPattern(string key, string source) =>
        MatchesExact(key, source) || Values(key).Any(pattern => IsFound(pattern, source));

    /// <summary>Every value of the key, "name" or "name=value", is among the labels.</summary>
    public bool MatchesLabels(string key, IReadOnlyDictionary<string, string>? labels)
    {
        foreach (string wanted in Values(key))
        {
            int equals = wanted.IndexOf('=');
            string name = equals < 0 ? wanted : wanted[..equals];
            if (labels is null || !labels.TryGetValue(name, out string? value)
                || (equals >= 0 && value != wanted[(equals + 1)..]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The labels have all of "label" and, as prune allows it, not all of "label!".</summary>
    public bool MatchesLabels(IReadOnlyDictionary<string, string>? labels) =>
        MatchesLabels("label", labels)
        && (Values("label!").Count == 0 || !MatchesLabels("label!", labels));

    /// <summary>The key as a claim: "1" or "true", "0" or "false"; the default when the key is absent.</summary>
    /// <exception cref="RefusedException">Another value, or both claims at once.</exception>
    public bool Flag(string key, bool whenAbsent)
    {
        if (!values.TryGetValue(key, out List<string>? found))
        {
            return whenAbsent;
        }

        bool isTrue = found.Contains("1") || found.Contains("true");
        bool isFalse = found.Contains("0") || found.Contains("false");
        return isTrue != isFalse
            ? isTrue
            : throw new RefusedException(
                ErrorKind.Invalid,
                found.Count == 0 ? $"invalid filter '{key}'" : $"invalid filter '{key}=[{string.Join(' ', found)}]'");
    }

    private static bool IsFound(string pattern, string source)
    {
        try
        {
            // A pattern is a stranger's input: matching must take time linear in the source, as in Go.
            return Regex.IsMatch(source, pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false; // Docker passes over a pattern that it cannot read.
        }
    }

    private static Dictionary<string, List<string>> Read(JsonElement root)
    {
        var values = new Dictionary<string, List<string>>();
        foreach (JsonProperty field in root.EnumerateObject())
        {
            values.TryAdd(field.Name, []);
            switch (field.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (JsonProperty value in field.Value.EnumerateObject())
                    {
                        if (value.Value.GetBoolean())
                        {
                            Add(values, field.Name, value.Name);
                        }
                    }

                    break;
                case JsonValueKind.Array:
                    foreach (JsonElement value in field.Value.EnumerateArray())
                    {
                        Add(values, field.Name, value.GetString() ?? throw new JsonException("null in a filter"));
                    }

                    break;
                default:
                    throw new JsonException("a filter is an object or a list");
            }
        }

        return values;
    }

    private static void Add(Dictionary<string, List<string>> values, string key, string value)
    {
        if (!values.TryGetValue(key, out List<string>? list))
        {
            values.Add(key, list = []);
        }

        if (!list.Contains(value))
        {
            list.Add(value);
        }
    }
}
