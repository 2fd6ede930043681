using System.Text.Json;

namespace Skep.Cli.Client;

/// <summary>Reads a daemon's answers without minding what is missing or null.</summary>
internal static class JsonReading
{
    public static JsonElement Member(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement member) ? member : default;

    /// <summary>The member is there and not null.</summary>
    public static bool Has(this JsonElement json, string name) =>
        json.Member(name).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public static string Text(this JsonElement json, string name) => json.Member(name) is var member
        && member.ValueKind == JsonValueKind.String ? member.GetString()! : "";

    public static long Number(this JsonElement json, string name) => json.Member(name) is var member
        && member.ValueKind == JsonValueKind.Number
            ? member.TryGetInt64(out long whole) ? whole : (long)member.GetDouble() : 0;

    public static bool Flag(this JsonElement json, string name) => json.Member(name).ValueKind == JsonValueKind.True;

    public static IEnumerable<JsonElement> Items(this JsonElement json) =>
        json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : [];

    public static IEnumerable<JsonElement> Items(this JsonElement json, string name) => json.Member(name).Items();

    public static IEnumerable<JsonProperty> Members(this JsonElement json) =>
        json.ValueKind == JsonValueKind.Object ? json.EnumerateObject() : [];

    /// <summary>A list of texts.</summary>
    public static IReadOnlyList<string> Texts(this JsonElement json, string name) =>
        [.. json.Items(name).Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : "")];

    /// <summary>A map of texts, in the order of its keys.</summary>
    public static IReadOnlyDictionary<string, string> Map(this JsonElement json, string name) =>
        new SortedDictionary<string, string>(
            json.Member(name).Members().ToDictionary(
                member => member.Name,
                member => member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : ""),
            StringComparer.Ordinal);
}
