using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Tables;
using Skep.Cli.Tasks;

namespace Skep.Cli.Services;

/// <summary>Puts before each line which task it comes from: "web.1.y2k8x…@node1    | hello".</summary>
/// <remarks>A line as the daemon sends it: "[time ]key=value,key=value text".</remarks>
internal sealed class TaskLogLines(Invocation call)
{
    private const string NodeKey = "com.docker.swarm.node.id", ServiceKey = "com.docker.swarm.service.id",
        TaskKey = "com.docker.swarm.task.id";

    private readonly Dictionary<string, string> origins = [];
    private SwarmNames? names;

    public required bool HasTimestamps { get; init; }

    public required bool HasDetails { get; init; }

    public required bool HasTaskIds { get; init; }

    public required bool Truncates { get; init; }

    public required bool Resolves { get; init; }

    /// <summary>Digits of the largest slot: shorter ones are padded.</summary>
    public int SlotWidth { get; set; } = 1;

    public async Task<byte[]> FormatAsync(ReadOnlyMemory<byte> line, CancellationToken stop)
    {
        ReadOnlyMemory<byte> rest = line;
        string time = HasTimestamps ? Word(ref rest, line) + " " : "";
        SortedDictionary<string, string> details = Details(Word(ref rest, line));
        string node = Take(details, NodeKey);
        string service = Take(details, ServiceKey);
        string task = Take(details, TaskKey);
        if (!origins.TryGetValue(task, out string? origin))
        {
            origins[task] = origin = await OriginAsync(node, service, task, stop);
        }

        string extra = HasDetails ? string.Join(',', details.Select(pair => $"{pair.Key}={pair.Value}")) + " " : "";
        return [.. Encoding.UTF8.GetBytes($"{time}{origin}    | {extra}"), .. rest.Span];
    }

    private async Task<string> OriginAsync(string node, string service, string id, CancellationToken stop)
    {
        names ??= new SwarmNames(call.Engine, Resolves);
        string nodeName = await names.NodeAsync(node, stop);
        string serviceName = await names.ServiceAsync(service, stop);
        JsonElement task = await call.Engine.GetAsync($"/tasks/{Query.Escape(id)}", stop);
        string slot = task.Number("Slot").ToString(CultureInfo.InvariantCulture);
        string suffix = !HasTaskIds ? "" : "." + (Truncates ? Human.ShortId(task.Text("ID")) : task.Text("ID"));
        string padding = new(' ', Math.Max(0, SlotWidth - slot.Length));
        return $"{serviceName}.{slot}{suffix}@{nodeName}{padding}";
    }

    private static string Word(ref ReadOnlyMemory<byte> rest, ReadOnlyMemory<byte> line)
    {
        int blank = rest.Span.IndexOf((byte)' ');
        if (blank < 0)
        {
            throw new CommandFailedException($"invalid context in log message: {Encoding.UTF8.GetString(line.Span)}");
        }

        string word = Encoding.UTF8.GetString(rest.Span[..blank]);
        rest = rest[(blank + 1)..];
        return word;
    }

    private static SortedDictionary<string, string> Details(string text)
    {
        var details = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=');
            if (equals < 0)
            {
                throw new CommandFailedException("invalid details format");
            }

            details[Unescaped(pair[..equals])] = Unescaped(pair[(equals + 1)..]);
        }

        return details;
    }

    private static string Unescaped(string escaped) => WebUtility.UrlDecode(escaped);

    private static string Take(SortedDictionary<string, string> details, string key) =>
        details.Remove(key, out string? value) ? value : throw new CommandFailedException(
            $"missing {key.Split('.')[^2]} id in details: "
            + $"map[{string.Join(' ', details.Select(pair => $"{pair.Key}:{pair.Value}"))}]");
}
