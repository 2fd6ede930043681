using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Skep.Cli.Client;

/// <summary>A stream of JSON objects one after the other: progress, events, stats.</summary>
internal static class JsonLines
{
    public static async IAsyncEnumerable<JsonElement> ReadAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken stop)
    {
        byte[] buffer = new byte[16 << 10];
        int used = 0;
        while (true)
        {
            if (used == buffer.Length)
            {
                if (buffer.Length >= Limits.LineBytes)
                {
                    throw new CommandFailedException("the daemon sent a JSON object without end");
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }

            int count = await stream.ReadAsync(buffer.AsMemory(used), stop);
            if (count == 0)
            {
                yield break;
            }

            used += count;
            int consumed = 0;
            while (TryTake(buffer.AsSpan(consumed, used - consumed), out int length, out JsonElement value))
            {
                consumed += length;
                yield return value;
            }

            buffer.AsSpan(consumed, used - consumed).CopyTo(buffer);
            used -= consumed;
        }
    }

    // False: the object is not complete yet.
    private static bool TryTake(ReadOnlySpan<byte> bytes, out int length, out JsonElement value)
    {
        value = default;
        length = bytes.Length - bytes.TrimStart(" \r\n\t"u8).Length;
        if (length == bytes.Length)
        {
            return false;
        }

        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, default);
        if (!JsonDocument.TryParseValue(ref reader, out JsonDocument? document))
        {
            return false;
        }

        length = (int)reader.BytesConsumed;
        value = document.RootElement.Clone();
        document.Dispose();
        return true;
    }
}
