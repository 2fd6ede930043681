using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skep.Docker.Engine;

/// <summary>Points in time as Go writes them: RFC 3339 with "Z" and no trailing zeros.</summary>
public sealed class GoTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TryGetDateTimeOffset(out DateTimeOffset time) ? time : Parse(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(
            value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));

    // Go's nine digits of a second are two more than .NET takes.
    private static DateTimeOffset Parse(string text)
    {
        int point = text.IndexOf('.');
        int end = point < 0 ? -1 : text.AsSpan(point + 1).IndexOfAnyExceptInRange('0', '9') + point + 1;
        string cut = end > point + 8 ? text[..(point + 8)] + text[end..] : text;
        return DateTimeOffset.TryParse(
            cut, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : throw new JsonException($"\"{text}\" is not a point in time");
    }
}
