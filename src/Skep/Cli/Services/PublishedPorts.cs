using System.Text.Json;
using Skep.Cli.Client;

namespace Skep.Cli.Services;

/// <summary>The PORTS column: ports of the mesh, neighbours drawn together to ranges.</summary>
internal static class PublishedPorts
{
    public static string Text(IEnumerable<JsonElement> ports)
    {
        var ranges = new List<Range>();
        foreach (JsonElement port in ports
            .OrderBy(port => port.Text("Protocol"), StringComparer.Ordinal)
            .ThenBy(port => port.Number("PublishedPort"))
            .Where(port => port.Text("PublishMode") == "ingress"))
        {
            long published = port.Number("PublishedPort");
            long target = port.Number("TargetPort");
            string protocol = port.Text("Protocol");
            if (ranges.Count > 0 && ranges[^1].Takes(published, target, protocol))
            {
                ranges[^1] = ranges[^1] with { PublishedLast = published, TargetLast = target };
            }
            else
            {
                ranges.Add(new Range(published, published, target, target, protocol));
            }
        }

        return string.Join(", ", ranges.Where(range => range.PublishedFirst > 0));
    }

    private readonly record struct Range(
        long PublishedFirst, long PublishedLast, long TargetFirst, long TargetLast, string Protocol)
    {
        // Several published ports may lead to one port, or each to the next; a range is one of the two.
        public bool Takes(long published, long target, string protocol)
        {
            long step = target - TargetLast;
            bool isNext = protocol == Protocol && published - PublishedLast is 0 or 1 && step is 0 or 1;
            return isNext && (step > 0 || TargetFirst == TargetLast);
        }

        public override string ToString() =>
            $"*:{Span(PublishedFirst, PublishedLast)}->{Span(TargetFirst, TargetLast)}/{Protocol}";

        private static string Span(long first, long last) => last > first ? $"{first}-{last}" : $"{first}";
    }
}
