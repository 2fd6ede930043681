using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Tables;

namespace Skep.Cli.Networks;

/// <summary>docker network ls.</summary>
internal static class NetworkListCommand
{
    private static readonly RowShape<Row> Shape = new("*network.networkContext",
    [
        new("CreatedAt", "CREATED AT", row => Created(row)),
        new("Driver", "DRIVER", row => row.Network.Text("Driver")),
        new("ID", "NETWORK ID", row => row.Truncates ? Human.ShortId(row.Network.Text("Id")) : row.Network.Text("Id")),
        new("IPv4", "IPV4", row => Bool(row.Network.Flag("EnableIPv4"))),
        new("IPv6", "IPV6", row => Bool(row.Network.Flag("EnableIPv6"))),
        new("Internal", "INTERNAL", row => Bool(row.Network.Flag("Internal"))),
        RowShape<Row>.Label(row => row.Network.Map("Labels")),
        new("Labels", "LABELS", row => Human.Labels(row.Network.Map("Labels"))),
        new("Name", "NAME", row => row.Network.Text("Name")),
        new("Scope", "SCOPE", row => row.Network.Text("Scope")),
    ]);

    public static DockerCommand Make()
    {
        var command = new DockerCommand("ls", "[OPTIONS]", "List networks")
        {
            SpelledAliases = ["network ls", "network list"],
        };
        Option<string[]> filter = command.Flag(SharedFlags.Filter("Provide filter values (e.g. \"driver=bridge\")"));
        Option<string> format = command.Flag(SharedFlags.Format());
        Option<bool> noTrunc = command.Flag(Flags.Switch("no-trunc", null, "Do not truncate the output"));
        Option<bool> quiet = command.Flag(Flags.Switch("quiet", 'q', "Only display network IDs"));
        return command.Named("list").Does(async (call, stop) =>
        {
            Query query = new Query().AddFilters(call.Get(filter));
            JsonElement networks = await call.Engine.GetAsync($"/networks{query}", stop);
            string settings = call.Get(quiet) ? "" : call.Session.Settings.Value.Format("networks");
            string source = call.Get(format) is { Length: > 0 } given ? given : settings;
            IEnumerable<Row> rows = networks.Items()
                .OrderBy(network => network.Text("Name"), NaturalOrder.Instance)
                .Select(network => new Row(network, !call.Get(noTrunc), call.Session.Time));
            call.Console.Write(RowWriter.Render(Source(source, call.Get(quiet)), Shape, rows));
            return 0;
        });
    }

    private static string Source(string format, bool isQuiet) => format switch
    {
        "" or "table" => isQuiet ? "{{.ID}}" : "table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}",
        "raw" => isQuiet ? "network_id: {{.ID}}"
            : "network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n",
        _ => format,
    };

    private static string Bool(bool value) => value ? "true" : "false";

    private static string Created(Row row) => DateTimeOffset.TryParse(
        row.Network.Text("Created"), CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset moment)
            ? Human.MomentOf(moment, row.Network.Text("Created")) : row.Network.Text("Created");

    private sealed record Row(JsonElement Network, bool Truncates, TimeProvider Time);
}
