using System.Text;
using System.Text.Json;

namespace Skep.Cli.Client;

/// <summary>The part of a path after "?".</summary>
internal sealed class Query
{
    private readonly StringBuilder text = new();

    public static string Escape(string part) => Uri.EscapeDataString(part);

    /// <param name="value">Null: left out.</param>
    public Query Add(string name, string? value)
    {
        if (value is not null)
        {
            text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Escape(value));
        }

        return this;
    }

    public Query AddFlag(string name, bool value) => Add(name, value ? "1" : null);

    /// <param name="pairs">"name=value" as the flags give them.</param>
    public Query AddFilters(IEnumerable<string> pairs)
    {
        var filters = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (string pair in pairs.Where(pair => pair.Length > 0))
        {
            int equals = pair.IndexOf('=');
            string name = pair[..equals];
            if (!filters.TryGetValue(name, out List<string>? values))
            {
                filters[name] = values = [];
            }

            values.Add(pair[(equals + 1)..]);
        }

        return filters.Count == 0 ? this : Add("filters", Write(filters));
    }

    public override string ToString() => text.ToString();

    // {"name":{"value":true}}: the form that every daemon since API 1.22 reads.
    private static string Write(SortedDictionary<string, List<string>> filters)
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach ((string name, List<string> values) in filters)
            {
                writer.WriteStartObject(name);
                foreach (string value in values.Distinct())
                {
                    writer.WriteBoolean(value, true);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
