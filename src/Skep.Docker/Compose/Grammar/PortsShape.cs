using System.Globalization;
using System.Net;
using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose.Grammar;

/// <summary>Published ports: "8080:80/tcp", ranges, or sections; in long form a list of sections.</summary>
internal sealed class PortsShape : Shape
{
    private static readonly SectionShape One = new(
    [
        new("name", new TextShape(), Reading.Specification),
        new("mode", new TextShape(), 2),
        new("host_ip", new TextShape(), Reading.Specification)
        {
            Unused = "a service listens on all addresses of a node: the address is left out",
        },
        new("target", new IntegerShape { Least = 0, Most = 65535 }, 2),
        new("published", new PublishedShape(), 2),
        new("protocol", new TextShape(), 2),
        new("app_protocol", new TextShape(), Reading.Specification),
    ])
    {
        ExtrasSince = Reading.Specification,
        Expected = "a string, number or mapping",
    };

    private readonly SectionListShape list = new(One, MergeKey);

    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        if (node is not YamlList ports)
        {
            throw Reading.Wrong(node, path, "must be a list");
        }

        Repeats.Refuse(ports, path);
        var items = new List<YamlNode>();
        for (int index = 0; index < ports.Items.Count; index++)
        {
            items.AddRange(ReadItem(ports.Items[index], $"{path}.{index}", reading));
        }

        return ports with { Items = items };
    }

    public override YamlNode Merge(YamlNode below, YamlNode above) => list.Merge(below, above);

    public override YamlNode Show(YamlNode node, Showing showing) => list.Show(node, showing);

    /// <summary>By what is published; ports that the swarm chooses by what they lead to.</summary>
    private static string MergeKey(YamlMap port)
    {
        long published = port["published"] is YamlInteger number ? number.Value : 0;
        long target = published == 0 && port["target"] is YamlInteger inside ? inside.Value : 0;
        string protocol = port["protocol"] is { } word ? PlainText.Of(word) : "tcp";
        return string.Create(CultureInfo.InvariantCulture, $"{published:00000}/{target:00000}/{protocol}");
    }

    private static IEnumerable<YamlNode> ReadItem(YamlNode item, string path, Reading reading) => item switch
    {
        YamlMap => ReadSection(item, path, reading),
        YamlText or YamlInteger => Short(PlainText.Of(item), item, path, reading),
        _ => throw Reading.Wrong(item, path, "must be a string, number or mapping"),
    };

    /// <summary>A range of published ports in long form stands for one port each.</summary>
    private static IEnumerable<YamlNode> ReadSection(YamlNode item, string path, Reading reading)
    {
        var port = (YamlMap)One.Read(item, path, reading);
        if (port["published"] is not YamlText range)
        {
            return [port];
        }

        (int first, int last) = Range(range.Value) ?? throw Reading.Wrong(range, path + ".published", "must be a port");
        return Enumerable.Range(first, last - first + 1)
            .Select(number => port.With("published", new YamlInteger(number, range.Place)));
    }

    private static IEnumerable<YamlNode> Short(string text, YamlNode item, string path, Reading reading)
    {
        ComposeException Wrong(string why) =>
            Reading.Wrong(item, path, $"does not match format 'ports': \"{text}\": {why}");

        int slash = text.IndexOf('/');
        string protocol = slash < 0 ? "tcp" : text[(slash + 1)..].ToLowerInvariant();
        string[] parts = (slash < 0 ? text : text[..slash]).Split(':');
        if (protocol is not ("tcp" or "udp" or "sctp"))
        {
            throw Wrong($"invalid proto: {protocol}");
        }

        (int first, int last) = Range(parts[^1]) ?? throw Wrong($"invalid containerPort: {parts[^1]}");
        string host = parts.Length > 1 ? parts[^2] : "";
        string address = string.Join(':', parts[..Math.Max(0, parts.Length - 2)]).Trim('[', ']');
        if (address.Length > 0 && !IPAddress.TryParse(address, out _))
        {
            throw Wrong($"invalid IP address: {address}");
        }

        (int hostFirst, int hostLast) = host.Length == 0 ? (0, 0)
            : Range(host) ?? throw Wrong($"invalid hostPort: {host}");
        if (host.Length > 0 && first != last && last - first != hostLast - hostFirst)
        {
            throw Wrong("invalid ranges specified for container and host Ports");
        }

        if (address.Length > 0 && address is not ("0.0.0.0" or "::"))
        {
            reading.Warn(new(item.Place, path, $"ignoring IP-address {address}: the service listens on all addresses"));
        }

        int count = Math.Max(last - first, hostLast - hostFirst) + 1;
        return Enumerable.Range(0, count)
            .Select(step => (
                Target: first == last ? first : first + step,
                Published: host.Length == 0 ? 0 : hostFirst + step))
            .OrderBy(pair => pair.Target.ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal)
            .Select(pair => Section(item.Place, pair.Target, pair.Published, protocol));
    }

    private static YamlMap Section(ComposePlace place, int target, int published, string protocol) => new(
        [
            new("mode", place, new YamlText("ingress", place)),
            new("target", place, new YamlInteger(target, place)),
            new("published", place, new YamlInteger(published, place)),
            new("protocol", place, new YamlText(protocol, place)),
        ],
        place);

    /// <summary>"80" or "80-90". Null: neither.</summary>
    private static (int First, int Last)? Range(string text)
    {
        string[] ends = text.Split('-');
        return ends.Length <= 2
            && ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            && ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
            && first <= last
                ? (first, last)
                : null;
    }

    /// <summary>A number; the specification writes text, and ranges.</summary>
    private sealed class PublishedShape : Shape
    {
        private static readonly IntegerShape Number = new() { Least = 0, Most = 65535 };

        public override YamlNode Read(YamlNode node, string path, Reading reading) =>
            reading.IsSpecification && node is YamlText text
                && text.Value.Contains('-') && Range(text.Value) is not null
                ? node
                : reading.IsSpecification && node is YamlText { Value: "" }
                    ? new YamlInteger(0, node.Place)
                    : Number.Read(node, path, reading);
    }
}
