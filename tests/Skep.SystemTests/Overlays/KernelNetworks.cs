using System.Text.RegularExpressions;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Overlays;

/// <summary>What the kernel of a host holds of the swarm's networks, asked by programs that everybody has.</summary>
internal static partial class KernelNetworks
{
    private const string Network = "# network ", Task = "# task ", Mesh = "# mesh", Links = "# links";

    /// <summary>Lines as <see cref="NetworkFacts.WantedOf"/> has them.</summary>
    public static async Task<SortedSet<string>> ReadAsync(TestHost host)
    {
        string script = $$"""
            cd {{host.Kind.ExecRoot}}/netns || exit 1
            for f in *; do
                case $f in
                ov-*) echo "{{Network}}${f#ov-}"
                    nsenter --net=$f bridge fdb show dev vx0
                    nsenter --net=$f ip neigh show dev vx0 nud permanent
                    nsenter --net=$f ip -6 neigh show dev vx0 nud permanent ;;
                *) echo "{{Task}}$f"
                    nsenter --net=$f nft list table inet skep-vip ;;
                esac
            done 2>/dev/null
            echo "{{Mesh}}"
            nft list tables | grep skep-mesh- | while read -r table; do nft list $table </dev/null; done
            echo "{{Links}}"
            ip -o link
            """;
        string all = (await host.Inside("bash", "-c", script).RunAsync()).Output;
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string part in Regex.Split(all, "^(?=# )", RegexOptions.Multiline))
        {
            string title = part.Split('\n')[0];
            if (title.StartsWith(Network, StringComparison.Ordinal))
            {
                AddNetwork(lines, title[2..], part);
            }
            else if (title.StartsWith(Task, StringComparison.Ordinal))
            {
                lines.Add(title[2..]);
                AddMaps(lines, part, "vips", key => $"{title[2..]} {key}", static target => target);
            }
            else if (title.StartsWith(Mesh, StringComparison.Ordinal))
            {
                AddMaps(
                    lines, part, "ports", static key => "port " + key.Replace(" . ", ":", StringComparison.Ordinal),
                    static target => target.Replace(" . ", ":", StringComparison.Ordinal));
            }
            else if (title.StartsWith(Links, StringComparison.Ordinal))
            {
                lines.Add($"links to the mesh: {Regex.Count(part, "^[0-9]+: ski", RegexOptions.Multiline)}");
            }
        }

        return lines;
    }

    /// <summary>Who is where; the tunnel and its bridge must say the same.</summary>
    private static void AddNetwork(SortedSet<string> lines, string name, string part)
    {
        lines.Add(name);
        var tunnel = new HashSet<string>();
        var bridge = new HashSet<string>();
        foreach (string line in part.Split('\n'))
        {
            string[] words = line.Split(' ');
            if (Neighbour().Match(line) is { Success: true } neighbour)
            {
                lines.Add($"{name} {neighbour.Groups[1].Value} is {neighbour.Groups[2].Value}");
            }
            else if (Way().Match(line) is { Success: true } way)
            {
                lines.Add($"{name} {words[0]} at {way.Groups[1].Value}");
                tunnel.Add(words[0]);
            }
            else if (line.StartsWith("02:42:", StringComparison.Ordinal) && line.Contains(" master ")
                && !line.Contains("permanent"))
            {
                bridge.Add(words[0]);
            }
        }

        tunnel.SymmetricExceptWith(bridge);
        lines.UnionWith(tunnel.Select(mac => $"{name} {mac} is known to the tunnel or to the bridge alone"));
    }

    /// <param name="name">What the maps of keys are named after.</param>
    private static void AddMaps(
        SortedSet<string> lines, string table, string name, Func<string, string> show, Func<string, string> target)
    {
        foreach (char family in "46")
        {
            ILookup<string, string> targets = Elements(table, $"targets{family}").ToLookup(
                static one => one.Key[..one.Key.LastIndexOf(" . ", StringComparison.Ordinal)], static one => one.Value);
            Dictionary<string, int> counts = Elements(table, $"{name}{family}").ToDictionary(
                static one => one.Key,
                static one => int.Parse(one.Value[(one.Value.LastIndexOf('-') + 1)..], null));
            foreach (string key in counts.Keys.Union(targets.Select(static group => group.Key)))
            {
                string[] sorted = [.. targets[key].Select(target).Order(StringComparer.Ordinal)];
                int count = counts.GetValueOrDefault(key);
                lines.Add(NetworkFacts.Line(show(key), sorted)
                    + (count == sorted.Length ? "" : $", but one of {count} is drawn"));
            }

            foreach ((string key, _) in name == "vips" ? Elements(table, $"deserted{family}") : [])
            {
                lines.Add(NetworkFacts.Line(show(key), []));
            }
        }
    }

    /// <summary>The elements of one set or map; the value of a set's element is empty.</summary>
    private static IEnumerable<(string Key, string Value)> Elements(string table, string name)
    {
        Match found = Regex.Match(table, $@"\b(?:map|set) {name} \{{[^{{}}]*elements = \{{([^}}]*)\}}");
        return !found.Success
            ? []
            : found.Groups[1].Value.Split(',').Select(static one => one.Trim().Split(" : "))
                .Select(static parts => (parts[0], parts.Length > 1 ? parts[1] : ""));
    }

    [GeneratedRegex("^([0-9a-f.:]+) lladdr ([0-9a-f:]+) PERMANENT")]
    private static partial Regex Neighbour();

    [GeneratedRegex("^02:42:[0-9a-f:]+ .*dst ([0-9a-f.:]+) ")]
    private static partial Regex Way();
}
