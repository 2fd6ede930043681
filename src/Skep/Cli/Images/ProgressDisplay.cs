using System.Globalization;
using System.Text;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Tables;

namespace Skep.Cli.Images;

/// <summary>Shows how pull, load and import go: on a terminal each layer has its own line.</summary>
internal sealed class ProgressDisplay(Stream output, bool isTerminal, int columns)
{
    // Layers in the order of their first message; each has its own line on the screen.
    private readonly List<string> layers = [];

    /// <param name="onAuxiliary">Gets the "aux" objects, which are not shown.</param>
    /// <exception cref="CommandFailedException">The stream ended with an error.</exception>
    public async Task ShowAsync(Stream messages, Action<JsonElement> onAuxiliary, CancellationToken stop)
    {
        await foreach (JsonElement message in JsonLines.ReadAsync(messages, stop))
        {
            if (message.Member("aux").ValueKind != JsonValueKind.Undefined)
            {
                onAuxiliary(message.Member("aux"));
                continue;
            }

            Refuse(message);
            Show(message);
        }
    }

    private static void Refuse(JsonElement message)
    {
        JsonElement detail = message.Member("errorDetail");
        string text = detail.Text("message") is { Length: > 0 } words ? words : message.Text("error");
        if (text.Length > 0)
        {
            throw new CommandFailedException(detail.Number("code") == 401 ? "authentication is required" : text);
        }
    }

    private void Show(JsonElement message)
    {
        string id = message.Text("id");
        JsonElement detail = message.Member("progressDetail");
        bool hasProgress = detail.Number("current") > 0 || message.Text("progress").Length > 0;
        if (!isTerminal)
        {
            // Bars make no sense in a file; docker leaves those messages out.
            if (!hasProgress)
            {
                Write(Line(message, id, "") + (message.Text("stream").Length > 0 ? "" : "\n"));
            }

            return;
        }

        string bar = hasProgress ? Bar(detail, message.Text("progress")) : "";
        bool isLayer = id.Length > 0 && detail.ValueKind == JsonValueKind.Object;
        if (!isLayer)
        {
            layers.Clear();
            Write(Line(message, id, bar) + (message.Text("stream").Length > 0 ? "" : "\n"));
            return;
        }

        int at = layers.IndexOf(id);
        if (at < 0)
        {
            layers.Add(id);
            Write("\n");
            at = layers.Count - 1;
        }

        int up = layers.Count - at;
        Write($"\x1b[{up}A\x1b[2K\r{Line(message, id, bar)}\r\x1b[{up}B");
    }

    private static string Line(JsonElement message, string id, string bar)
    {
        string text = message.Text("stream") is { Length: > 0 } stream ? stream : message.Text("status");
        string prefix = id.Length > 0 ? $"{id}: " : "";
        return bar.Length > 0 ? $"{prefix}{text} {bar}" : prefix + text;
    }

    private string Bar(JsonElement detail, string given)
    {
        double current = detail.Number("current");
        double total = detail.Number("total");
        if (detail.ValueKind != JsonValueKind.Object || current <= 0)
        {
            return given;
        }

        if (total <= 0)
        {
            return string.Format(CultureInfo.InvariantCulture, "{0,8}", Human.Size(current, 4));
        }

        const int barWidth = 50;
        var bar = new StringBuilder();
        if (columns > 110 || columns == 0)
        {
            int done = Math.Min(barWidth, (int)(current / total * 100 / 2));
            bar.Append('[').Append('=', done).Append('>').Append(' ', Math.Max(0, barWidth - done)).Append("] ");
        }

        string now = Human.Size(current, 4).PadLeft(8);
        return bar.Append(now).Append(current > total ? "" : $"/{Human.Size(total, 4)}").ToString();
    }

    private void Write(string text) => output.Write(Encoding.UTF8.GetBytes(text));
}
