using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Skep.Engine.Requests;

internal sealed partial class EngineRequest
{
    /// <summary>Room for a line; most answers need no more.</summary>
    private const int FirstLineBytes = 1024;

    // Clients print some answers as they are: "&" shall not become "\u0026" there.
    internal static readonly JsonWriterOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>An answer without a body: 204, or what the status says.</summary>
    public Task AnswerAsync(int status)
    {
        context.Response.StatusCode = status;
        if (status is not (204 or 304))
        {
            context.Response.ContentLength = 0;
        }

        return Task.CompletedTask;
    }

    public Task AnswerJsonAsync<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        AnswerJsonAsync(ToLine(value, type), status);

    /// <param name="json">The whole answer, with the line's end.</param>
    public Task AnswerJsonAsync(ReadOnlyMemory<byte> json, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        return context.Response.Body.WriteAsync(json, Stop).AsTask();
    }

    public Task AnswerTextAsync(string text, string contentType = "text/plain; charset=utf-8")
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, Stop).AsTask();
    }

    /// <summary>The client wants the head alone.</summary>
    public bool IsHead => HttpMethods.IsHead(context.Request.Method);

    public Task AnswerHeadAsync()
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    public void SetHeader(string header, string value) => context.Response.Headers[header] = value;

    /// <summary>The answer's body. The head goes with its first byte: until then the request can be refused.</summary>
    public Stream AnswerBody(string contentType)
    {
        context.Response.ContentType = contentType;
        return context.Response.Body;
    }

    /// <summary>Sends the head of a stream at once, so that the client knows that it began.</summary>
    /// <returns>Where the stream goes. Each write reaches the client at once when it is flushed.</returns>
    public async Task<Stream> StartStreamAsync(string contentType)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = contentType;
        await context.Response.StartAsync(Stop);
        await context.Response.Body.FlushAsync(Stop);
        return context.Response.Body;
    }

    /// <summary>One object of a stream of them, each on a line, sent at once. Starts the answer if need be.</summary>
    public async ValueTask SendLineAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken stop)
    {
        if (!context.Response.HasStarted)
        {
            await StartStreamAsync("application/json");
        }

        await context.Response.Body.WriteAsync(ToLine(value, type), stop);
        await context.Response.Body.FlushAsync(stop);
    }

    /// <summary>Too late for a status of its own: the head is out.</summary>
    public bool HasStarted => context.Response.HasStarted;

    private static ReadOnlyMemory<byte> ToLine<T>(T value, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>(FirstLineBytes);
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }
}
