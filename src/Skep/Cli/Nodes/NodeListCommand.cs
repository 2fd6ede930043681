using System.CommandLine;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Tables;

namespace Skep.Cli.Nodes;

/// <summary>docker node ls.</summary>
internal static class NodeListCommand
{
    /// <param name="Self">The id of the node that was asked.</param>
    /// <param name="ClusterTls">The swarm's TLSInfo.</param>
    public sealed record Row(JsonElement Node, string Self, JsonElement ClusterTls);

    public static readonly RowShape<Row> Shape = new("*node.nodeContext",
    [
        new("Availability", "AVAILABILITY", row => Human.Capitalized(row.Node.Member("Spec").Text("Availability"))),
        new("EngineVersion", "ENGINE VERSION", row => Description(row).Member("Engine").Text("EngineVersion")),
        new("Hostname", "HOSTNAME", row => Description(row).Text("Hostname")),
        new("ID", "ID", row => row.Node.Text("ID")),
        new("ManagerStatus", "MANAGER STATUS", row => Human.Capitalized(Manager(row.Node.Member("ManagerStatus")))),
        new("Self", "", row => row.Node.Text("ID") == row.Self),
        new("Status", "STATUS", row => Human.Capitalized(row.Node.Member("Status").Text("State"))),
        new("TLSStatus", "TLS STATUS", row => Trust(Description(row).Member("TLSInfo"), row.ClusterTls)),
    ]);

    private const string Table = "table {{.ID}} {{if .Self}}*{{else}} {{ end }}\t{{.Hostname}}\t{{.Status}}"
        + "\t{{.Availability}}\t{{.ManagerStatus}}\t{{.EngineVersion}}";

    private const string Raw = "node_id: {{.ID}}\nhostname: {{.Hostname}}\nstatus: {{.Status}}\n"
        + "availability: {{.Availability}}\nmanager_status: {{.ManagerStatus}}\n";

    public static DockerCommand Make()
    {
        var command = new DockerCommand("ls", "[OPTIONS]", "List nodes in the swarm")
        {
            SpelledAliases = ["node ls", "node list"],
        };
        Option<string[]> filter = command.Flag(SharedFlags.Filter());
        Option<string> format = command.Flag(SharedFlags.Format());
        Option<bool> quiet = command.Flag(Flags.Switch("quiet", 'q', "Only display IDs"));
        return command.Named("list").Does(async (call, stop) =>
        {
            bool isQuiet = call.Get(quiet);
            JsonElement nodes = await call.Engine.GetAsync($"/nodes{new Query().AddFilters(call.Get(filter))}", stop);
            JsonElement swarm = nodes.Items().Any() && !isQuiet
                ? (await call.Engine.GetAsync("/info", stop)).Member("Swarm")
                : default;
            string settings = isQuiet ? "" : call.Session.Settings.Value.Format("nodes");
            string source = call.Get(format) is { Length: > 0 } given ? given : settings;
            IEnumerable<Row> rows = nodes.Items()
                .OrderBy(node => node.Member("Description").Text("Hostname"), NaturalOrder.Instance)
                .Select(node => new Row(node, swarm.Text("NodeID"), swarm.Member("Cluster").Member("TLSInfo")));
            call.Console.Write(RowWriter.Render(Source(source, isQuiet), Shape, rows));
            return 0;
        });
    }

    public static string Source(string format, bool isQuiet) => format switch
    {
        "" or "table" => isQuiet ? "{{.ID}}" : Table,
        "raw" => isQuiet ? "node_id: {{.ID}}" : Raw,
        _ => format,
    };

    private static JsonElement Description(Row row) => row.Node.Member("Description");

    private static string Manager(JsonElement status) =>
        status.Flag("Leader") ? "Leader" : status.Text("Reachability");

    private static string Trust(JsonElement own, JsonElement cluster)
    {
        string[] names = ["TrustRoot", "CertIssuerSubject", "CertIssuerPublicKey"];
        bool IsEmpty(JsonElement tls) => names.All(name => tls.Text(name).Length == 0);
        return IsEmpty(own) || IsEmpty(cluster) ? "Unknown"
            : names.All(name => own.Text(name) == cluster.Text(name)) ? "Ready"
            : "Needs Rotation";
    }
}
