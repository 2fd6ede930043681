using System.Text.Json;
using Skep.Cli.Client;

namespace Skep.Cli.Containers;

/// <summary>The PORTS column: ports that follow each other become a range.</summary>
internal static class PortText
{
    public static string Of(IEnumerable<JsonElement> ports)
    {
        List<Mapping> sorted = [.. ports
            .Select(port => new Mapping(
                port.Number("PrivatePort"), port.Text("IP"), port.Number("PublicPort"), port.Text("Type")))
            .OrderBy(port => port.Inside).ThenBy(port => port.Address, StringComparer.Ordinal)
            .ThenBy(port => port.Outside).ThenBy(port => port.Protocol, StringComparer.Ordinal)];
        var groups = new List<Group>();
        var texts = new List<string>();
        var single = new List<string>();
        foreach (Mapping port in sorted)
        {
            if (port.Address.Length > 0 && port.Outside != port.Inside)
            {
                single.Add($"{Join(port.Address, $"{port.Outside}")}->{port.Inside}/{port.Protocol}");
                continue;
            }

            int at = groups.FindIndex(group => group.Address == port.Address && group.Protocol == port.Protocol);
            if (at < 0)
            {
                groups.Add(new Group(port.Address, port.Protocol, port.Inside, port.Inside));
            }
            else if (port.Inside == groups[at].Last + 1)
            {
                groups[at] = groups[at] with { Last = port.Inside };
            }
            else
            {
                texts.Add(groups[at].ToString());
                groups[at] = groups[at] with { First = port.Inside, Last = port.Inside };
            }
        }

        return string.Join(", ", [.. texts, .. groups.Select(group => group.ToString()), .. single]);
    }

    private static string Join(string address, string port) =>
        address.Contains(':') ? $"[{address}]:{port}" : $"{address}:{port}";

    private sealed record Mapping(long Inside, string Address, long Outside, string Protocol);

    private sealed record Group(string Address, string Protocol, long First, long Last)
    {
        public override string ToString()
        {
            string range = First == Last ? $"{First}" : $"{First}-{Last}";
            return (Address.Length > 0 ? $"{Join(Address, range)}->{range}" : range) + "/" + Protocol;
        }
    }
}
