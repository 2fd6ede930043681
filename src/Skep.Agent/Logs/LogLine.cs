using System.Buffers;
using System.Text;
using System.Text.Json;
using Skep.Agent.Streams;

namespace Skep.Agent.Logs;

/// <summary>One line of a json-file log.</summary>
/// <param name="Text">With its line feed, unless the line was cut at <see cref="LogLimits.LineBytesMax"/>.</param>
/// <param name="Attributes">Labels and variables that the log options name; null: none.</param>
public sealed record LogLine(
    StreamKind Stream, DateTimeOffset Time, byte[] Text, IReadOnlyDictionary<string, string>? Attributes = null)
{
    // Docker's json-file format, one object a line:
    //   {"log":"text\n","stream":"stdout","attrs":{…},"time":"2006-01-02T15:04:05.999999999Z"}
    private static readonly JsonWriterOptions Compact = new()
    {
        SkipValidation = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Bytes that are not UTF-8 become U+FFFD, as Go's JSON does.</summary>
    public static void Encode(
        IBufferWriter<byte> target,
        StreamKind stream,
        DateTimeOffset time,
        ReadOnlySpan<byte> text,
        IReadOnlyDictionary<string, string>? attributes)
    {
        using var writer = new Utf8JsonWriter(target, Compact);
        writer.WriteStartObject();
        writer.WriteString("log"u8, Encoding.UTF8.GetString(text));
        writer.WriteString("stream"u8, stream == StreamKind.Stderr ? "stderr"u8 : "stdout"u8);
        if (attributes is { Count: > 0 })
        {
            writer.WriteStartObject("attrs"u8);
            foreach ((string name, string value) in attributes)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        writer.WriteString("time"u8, Rfc3339.Format(time));
        writer.WriteEndObject();
        writer.Flush();
        target.Write("\n"u8);
    }

    /// <summary>Reads one line; null: it is torn or damaged, and is left out.</summary>
    public static LogLine? TryDecode(ReadOnlySpan<byte> json)
    {
        try
        {
            return Decode(json);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static LogLine? Decode(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        byte[]? text = null;
        StreamKind stream = StreamKind.Stdout;
        DateTimeOffset? time = null;
        Dictionary<string, string>? attributes = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("log"u8))
            {
                reader.Read();
                text = Encoding.UTF8.GetBytes(reader.GetString() ?? "");
            }
            else if (reader.ValueTextEquals("stream"u8))
            {
                reader.Read();
                stream = reader.ValueTextEquals("stderr"u8) ? StreamKind.Stderr : StreamKind.Stdout;
            }
            else if (reader.ValueTextEquals("time"u8))
            {
                reader.Read();
                time = Rfc3339.Parse(reader.GetString() ?? "");
            }
            else if (reader.ValueTextEquals("attrs"u8))
            {
                reader.Read();
                attributes = ReadAttributes(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return text is null || time is null ? null : new LogLine(stream, time.Value, text, attributes);
    }

    private static Dictionary<string, string> ReadAttributes(ref Utf8JsonReader reader)
    {
        var attributes = new Dictionary<string, string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            attributes[name] = reader.GetString() ?? "";
        }

        return attributes;
    }
}
