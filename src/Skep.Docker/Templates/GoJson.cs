using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skep.Docker.Engine;

namespace Skep.Docker.Templates;

/// <summary>Go's encoding/json both ways: what a daemon sent as values for a template, and values as JSON.</summary>
public static class GoJson
{
    // Name and labels, which Docker's specs of the swarm have from a struct that all of them embed.
    private const int AnnotationCount = 2;

    private static readonly HashSet<Type> annotated =
    [
        typeof(NodeSpec), typeof(SecretSpec), typeof(ConfigSpec), typeof(ServiceSpec), typeof(SwarmSpec),
    ];

    /// <summary>The value without any type: objects are maps, as after unmarshalling into an interface.</summary>
    public static object? Raw(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => new GoMap(json.EnumerateObject()
            .Select(member => KeyValuePair.Create(member.Name, Raw(member.Value)))),
        JsonValueKind.Array => new GoList([.. json.EnumerateArray().Select(Raw)], GoList.RawType),
        _ => Scalar(json),
    };

    /// <summary>The value as the Engine API's type shows it: known fields exist although they were not sent.</summary>
    public static object? Typed(JsonElement json, JsonTypeInfo type)
    {
        if (type.Type == typeof(byte[]))
        {
            return json.ValueKind == JsonValueKind.String && json.TryGetBytesFromBase64(out byte[]? bytes)
                ? new GoList([.. bytes.Select(one => (object?)(long)one)], GoList.BytesType)
                : new GoList([], GoList.BytesType, isNil: true);
        }

        switch (KindOf(type))
        {
            case JsonTypeInfoKind.Object when json.ValueKind == JsonValueKind.Object:
                return Struct(json, type);
            case JsonTypeInfoKind.Dictionary when json.ValueKind == JsonValueKind.Object:
                JsonTypeInfo? element = TypeOf(type, type.ElementType);
                return new GoMap(json.EnumerateObject().Select(member =>
                    KeyValuePair.Create(member.Name, TypedOrPlain(member.Value, element))));
            case JsonTypeInfoKind.Dictionary:
                return new GoMap([], isNil: true);
            case JsonTypeInfoKind.Enumerable when json.ValueKind == JsonValueKind.Array:
                JsonTypeInfo? item = TypeOf(type, type.ElementType);
                return new GoList([.. json.EnumerateArray().Select(value => TypedOrPlain(value, item))]);
            case JsonTypeInfoKind.Enumerable:
                return new GoList([], isNil: true);
            default:
                return Plain(json);
        }
    }

    /// <summary>Objects as structs in the order they came in; for answers that have no record of ours.</summary>
    public static object? Plain(JsonElement json, string type = "struct") => json.ValueKind switch
    {
        JsonValueKind.Object => new GoStruct(type, [.. json.EnumerateObject()
            .Select(member => Field(member.Name, Plain(member.Value)))]) { IgnoresCase = true },
        JsonValueKind.Array => new GoList([.. json.EnumerateArray().Select(value => Plain(value))]),
        _ => Scalar(json),
    };

    public static string Write(object? value, bool escapeHtml = false)
    {
        var json = new StringBuilder();
        Append(json, value, escapeHtml);
        return json.ToString();
    }

    private static GoStruct Struct(JsonElement json, JsonTypeInfo type)
    {
        var fields = new List<GoField>();
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (JsonPropertyInfo property in type.Properties)
        {
            known.Add(property.Name);
            JsonTypeInfo? info = TypeOf(type, property.PropertyType);
            bool isSent = json.TryGetProperty(property.Name, out JsonElement sent);
            object? value = isSent ? TypedOrPlain(sent, info) : Zero(property.PropertyType, info);
            fields.Add(Field(property.Name, value) with { IsImplied = !isSent });
        }

        // Members that our record does not know are shown too: the daemon may be newer.
        fields.AddRange(json.EnumerateObject().Where(member => !known.Contains(member.Name))
            .Select(member => Field(member.Name, Plain(member.Value))));
        return new GoStruct(type.Type.Name, fields)
        {
            IgnoresCase = true,
            EmbeddedCount = annotated.Contains(type.Type) ? AnnotationCount : 0,
        };
    }

    // A map of texts has its own converter, which hides from the metadata that it is a map.
    private static JsonTypeInfoKind? KindOf(JsonTypeInfo? type) =>
        type?.Type == typeof(IReadOnlyDictionary<string, string>) ? JsonTypeInfoKind.Dictionary : type?.Kind;

    private static JsonTypeInfo? TypeOf(JsonTypeInfo owner, Type? type) =>
        type is null ? null : owner.OriginatingResolver?.GetTypeInfo(type, owner.Options);

    private static object? TypedOrPlain(JsonElement json, JsonTypeInfo? type) =>
        type is null ? Plain(json) : Typed(json, type);

    private static object? Zero(Type type, JsonTypeInfo? info) => KindOf(info) switch
    {
        JsonTypeInfoKind.Dictionary => new GoMap([], isNil: true),
        JsonTypeInfoKind.Enumerable => new GoList([], isNil: true),
        _ when type == typeof(string) => "",
        _ when type == typeof(bool) => false,
        _ when type == typeof(byte[]) => new GoList([], GoList.BytesType, isNil: true),
        _ when type.IsPrimitive => 0L,
        _ => null,
    };

    private static GoField Field(string name, object? value) => new(name, 0, _ => value);

    private static object? Scalar(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetInt64(out long whole) ? whole : (object)json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static void Append(StringBuilder json, object? value, bool escapeHtml)
    {
        switch (value)
        {
            case null or NoValue or GoMap { IsNil: true } or GoList { IsNil: true }:
                json.Append("null");
                break;
            case bool flag:
                json.Append(flag ? "true" : "false");
                break;
            case string text:
                AppendText(json, text, escapeHtml);
                break;
            case GoList { Type: GoList.BytesType } bytes:
                AppendText(json, Convert.ToBase64String([.. bytes.Items.Select(one => (byte)(long)one!)]), escapeHtml);
                break;
            case GoList list:
                json.Append('[').AppendJoin(',', list.Items.Select(item => Write(item, escapeHtml))).Append(']');
                break;
            case GoMap map:
                AppendMembers(json, map.Entries, escapeHtml);
                break;
            case GoStruct view:
                IEnumerable<GoField> fields = view.Fields
                    .Where(field => field is { ParameterCount: 0, IsImplied: false });
                AppendMembers(
                    json,
                    (view.EscapesHtml ? fields.OrderBy(field => field.Name, StringComparer.Ordinal) : fields)
                        .Select(field => KeyValuePair.Create(field.Name, field.Read([]))),
                    escapeHtml || view.EscapesHtml);
                break;
            default:
                json.Append(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void AppendMembers(
        StringBuilder json, IEnumerable<KeyValuePair<string, object?>> members, bool escapeHtml)
    {
        json.Append('{');
        bool isFirst = true;
        foreach ((string name, object? value) in members)
        {
            json.Append(isFirst ? "" : ",");
            isFirst = false;
            AppendText(json, name, escapeHtml);
            json.Append(':');
            Append(json, value, escapeHtml);
        }

        json.Append('}');
    }

    private static void AppendText(StringBuilder json, string text, bool escapeHtml)
    {
        json.Append('"');
        foreach (char c in text)
        {
            json.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                '<' or '>' or '&' when escapeHtml => $"\\u{(int)c:x4}",
                < ' ' or '\u2028' or '\u2029' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        json.Append('"');
    }
}
