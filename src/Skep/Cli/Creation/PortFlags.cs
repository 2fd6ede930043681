using System.Globalization;
using Skep.Cli.Values;
using Skep.Docker.Engine;

namespace Skep.Cli.Creation;

/// <summary>--publish and --expose: "[address:][host port:]port[/protocol]", where a port may be a range.</summary>
internal sealed class PortFlags
{
    private readonly SortedDictionary<string, Empty> exposed = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, IReadOnlyList<PortBinding>?> bindings = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, Empty> Exposed => exposed;

    public IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> Bindings => bindings;

    /// <exception cref="FormatException">With docker's words.</exception>
    public void Publish(string text)
    {
        if (text.Contains('='))
        {
            text = FromLongForm(text);
        }

        string[] parts = text.Split(':');
        string hostPort = parts.Length > 1 ? parts[^2] : "";
        string address = Address(string.Join(':', parts.SkipLast(2)));
        (string protocol, string port) = SplitProtocol(parts[^1]);
        if (port.Length == 0)
        {
            throw new FormatException($"no port specified: {text}<empty>");
        }

        (int First, int Last) inside = Range(port) ?? throw new FormatException($"invalid containerPort: {port}");
        (int First, int Last) outside = hostPort.Length == 0 ? (0, 0)
            : Range(hostPort) ?? throw new FormatException($"invalid hostPort: {hostPort}");
        bool hasRoom = hostPort.Length == 0 || inside.Last - inside.First == outside.Last - outside.First
            || inside.Last == inside.First;
        if (!hasRoom)
        {
            throw new FormatException(
                $"invalid ranges specified for container and host Ports: {port} and {hostPort}");
        }

        for (int i = 0; i <= inside.Last - inside.First; i++)
        {
            string key = $"{inside.First + i}/{protocol}";
            bool isChoice = inside.First == inside.Last && outside.First != outside.Last;
            string bound = hostPort.Length == 0 ? "" : isChoice ? $"{outside.First}-{outside.Last}"
                : (outside.First + i).ToString(CultureInfo.InvariantCulture);
            exposed[key] = Empty.Value;
            bindings[key] =
            [
                .. bindings.GetValueOrDefault(key) ?? [],
                new PortBinding { HostIp = address, HostPort = bound },
            ];
        }
    }

    /// <exception cref="FormatException">With docker's words.</exception>
    public void Expose(string text)
    {
        if (text.Contains(':'))
        {
            throw new FormatException($"invalid port format for --expose: {text}");
        }

        (string protocol, string port) = SplitProtocol(text);
        (int First, int Last) range = Range(port) ?? throw new FormatException(
            $"invalid range format for --expose: {text}, error: {RangeComplaint(port)}");
        for (int i = range.First; i <= range.Last; i++)
        {
            exposed[$"{i}/{protocol}"] = Empty.Value;
        }
    }

    private static string RangeComplaint(string port) =>
        port.Length == 0 ? "empty string specified for ports"
        : $"strconv.ParseUint: parsing \"{port.Split('-')[0]}\": invalid syntax";

    private static string FromLongForm(string text)
    {
        foreach (string field in text.Split(',').Where(field => field.IndexOf('=') <= 0))
        {
            throw new FormatException($"invalid publish opts format (should be name=value but got '{field}')");
        }

        Dictionary<string, string> fields = KeyValues.Map(text.Split(','));
        return $"{fields.GetValueOrDefault("published", "")}:{fields.GetValueOrDefault("target", "")}/"
            + fields.GetValueOrDefault("protocol", "tcp");
    }

    private static string Address(string text)
    {
        string bare = text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text;
        return bare.Length == 0 || PlainAddress.TryParse(bare, out _)
            ? bare
            : throw new FormatException($"invalid IP address: {bare}");
    }

    private static (string Protocol, string Port) SplitProtocol(string text)
    {
        int slash = text.IndexOf('/');
        string protocol = slash < 0 || slash == text.Length - 1 ? "tcp" : text[(slash + 1)..].ToLowerInvariant();
        return protocol is "tcp" or "udp" or "sctp"
            ? (protocol, slash < 0 ? text : text[..slash])
            : throw new FormatException($"invalid proto: {text[(slash + 1)..]}");
    }

    private static (int First, int Last)? Range(string text)
    {
        string[] ends = text.Split('-');
        bool isRange = ends.Length <= 2
            & ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            & ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last);
        return isRange && first <= last ? (first, last) : null;
    }
}
