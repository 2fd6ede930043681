using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skep.Swarm;

namespace Skep.Engine.Requests;

internal sealed partial class EngineRequest
{
    /// <summary>The raw body, for archives.</summary>
    public Stream Body => context.Request.Body;

    /// <summary>Whether the request carries a body of unknown length, or of more bytes than the number.</summary>
    public bool HasBodyOver(long bytes) =>
        context.Request.Headers.TransferEncoding.Count > 0 || context.Request.ContentLength > bytes;

    /// <summary>The JSON body.</summary>
    /// <exception cref="RefusedException">There is none, or it is not what it should be.</exception>
    public async Task<T> ReadJsonAsync<T>(JsonTypeInfo<T> type)
        where T : class =>
        await ReadJsonOrNullAsync(type)
        ?? throw new RefusedException(ErrorKind.Invalid, "invalid JSON: got EOF while reading request body");

    /// <summary>The JSON body; null when there is none, or when it is a lone null.</summary>
    /// <exception cref="RefusedException">It is not what it should be.</exception>
    public async Task<T?> ReadJsonOrNullAsync<T>(JsonTypeInfo<T> type)
        where T : class
    {
        RequireJsonType();
        byte[] body = await ReadBodyAsync();
        if (body.Length == 0)
        {
            return null;
        }

        StrictJson.Check(body);
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException e)
        {
            throw new RefusedException(ErrorKind.Invalid, "invalid JSON: " + StrictJson.Explain(e), e);
        }
    }

    private void RequireJsonType()
    {
        string type = Header("Content-Type");
        if (type.Length == 0 && !HasBodyOver(0))
        {
            return;
        }

        string media = type.Split(';')[0].Trim();
        if (media.Length == 0 || media.Contains(' ', StringComparison.Ordinal))
        {
            throw new RefusedException(
                ErrorKind.Invalid, $"malformed Content-Type header ({type}): mime: no media type");
        }

        if (!media.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            throw new RefusedException(
                ErrorKind.Invalid, $"unsupported Content-Type header ({type}): must be 'application/json'");
        }
    }

    // Kestrel counts the bytes and refuses what is over the limit with 413.
    private async Task<byte[]> ReadBodyAsync()
    {
        PipeReader reader = context.Request.BodyReader;
        while (true)
        {
            ReadResult result = await reader.ReadAsync(Stop);
            if (result.IsCompleted)
            {
                byte[] body = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return body;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
