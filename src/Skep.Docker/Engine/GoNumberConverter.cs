using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skep.Docker.Engine;

/// <summary>
/// Whole numbers as Go reads them: null leaves zero. docker-compose sends null for what its file leaves out.
/// </summary>
public sealed class GoNumberConverter<T> : JsonConverter<T>
    where T : struct, IUtf8SpanParsable<T>, IUtf8SpanFormattable
{
    public override bool HandleNull => true;

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return default;
        }

        ReadOnlySpan<byte> digits = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        return reader.TokenType == JsonTokenType.Number
            && T.TryParse(digits, CultureInfo.InvariantCulture, out T number)
            ? number
            : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        Span<byte> digits = stackalloc byte[20]; // -9223372036854775808
        value.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        writer.WriteRawValue(digits[..length], skipInputValidation: true);
    }
}

/// <summary>Claims as Go reads them: null leaves false.</summary>
public sealed class GoFlagConverter : JsonConverter<bool>
{
    public override bool HandleNull => true;

    public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False or JsonTokenType.Null => false,
            _ => throw new JsonException(),
        };

    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) =>
        writer.WriteBooleanValue(value);
}
