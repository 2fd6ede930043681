using System.Text.Json;
using Skep.Cli.Configs;
using Skep.Cli.Nodes;
using Skep.Cli.Secrets;
using Skep.Cli.Tables;

namespace Skep.Tests.Cli.Swarm;

/// <summary>Tables and pages as docker 28.2.2 prints them.</summary>
public sealed class SwarmTableTests
{
    private const string Leader = """
        {"ID":"r8qiotap25etossnw5u2xzth5","Version":{"Index":9},"CreatedAt":"2026-11-22T13:31:45.077795878Z",
         "Spec":{"Labels":{"zone":"b","odd":""},"Role":"manager","Availability":"active"},
         "Description":{"Hostname":"node1","Platform":{"Architecture":"x86_64","OS":"linux"},
          "Resources":{"NanoCPUs":2000000000,"MemoryBytes":25276510208},
          "Engine":{"EngineVersion":"20.10.24","Plugins":[{"Type":"Log","Name":"gelf"},{"Type":"Log","Name":"syslog"},
           {"Type":"Volume","Name":"local"}]},
          "TLSInfo":{"TrustRoot":"ROOT\n","CertIssuerSubject":"AQ==","CertIssuerPublicKey":"Ag=="}},
         "Status":{"State":"ready","Addr":"10.98.0.1"},
         "ManagerStatus":{"Leader":true,"Reachability":"reachable","Addr":"10.98.0.1:2377"}}
        """;

    private const string Worker = """
        {"ID":"12g59tbcn47e5vrafrjxaj5j5","Spec":{"Labels":{},"Role":"worker","Availability":"drain"},
         "Description":{"Hostname":"node2","Engine":{"EngineVersion":"20.10.24"},
          "TLSInfo":{"TrustRoot":"OLD","CertIssuerSubject":"AQ==","CertIssuerPublicKey":"Ag=="}},
         "Status":{"State":"down"}}
        """;

    private const string Secret = """
        {"ID":"wsqi8vpaelrumlr4qvgfx25f5","Version":{"Index":17},"CreatedAt":"2026-11-22T13:37:32.556043177Z",
         "UpdatedAt":"2026-11-22T13:38:32.5Z","Spec":{"Name":"sec","Labels":{"b":"","a":"x"},"Data":"aGVsbG8K",
         "Driver":{"Name":"vault"}}}
        """;

    [Fact]
    public void Node_ls_marks_the_node_that_was_asked() => Assert.Equal(
        "ID                            HOSTNAME   STATUS    AVAILABILITY   MANAGER STATUS   ENGINE VERSION\n"
        + "r8qiotap25etossnw5u2xzth5 *   node1      Ready     Active         Leader           20.10.24\n"
        + "12g59tbcn47e5vrafrjxaj5j5     node2      Down      Drain                           20.10.24\n",
        Nodes(""));

    [Fact]
    public void Node_ls_in_JSON_says_whose_certificates_are_old() => Assert.Equal(
        "{\"Availability\":\"Active\",\"EngineVersion\":\"20.10.24\",\"Hostname\":\"node1\","
        + "\"ID\":\"r8qiotap25etossnw5u2xzth5\",\"ManagerStatus\":\"Leader\",\"Self\":true,\"Status\":\"Ready\","
        + "\"TLSStatus\":\"Ready\"}\n"
        + "{\"Availability\":\"Drain\",\"EngineVersion\":\"20.10.24\",\"Hostname\":\"node2\","
        + "\"ID\":\"12g59tbcn47e5vrafrjxaj5j5\",\"ManagerStatus\":\"\",\"Self\":false,\"Status\":\"Down\","
        + "\"TLSStatus\":\"Needs Rotation\"}\n",
        Nodes("json"));

    [Fact]
    public void The_page_of_a_node_is_docker_s() => Assert.Equal(
        "ID:\t\t\tr8qiotap25etossnw5u2xzth5\nLabels:\n - odd\n - zone=b\nHostname:              \tnode1\n"
        + "Joined at:             \t2026-11-22 13:31:45.077795878 +0000 utc\nStatus:\n State:\t\t\tReady\n"
        + " Availability:         \tActive\n Address:\t\t10.98.0.1\nManager Status:\n Address:\t\t10.98.0.1:2377\n"
        + " Raft Status:\t\tReachable\n Leader:\t\tYes\nPlatform:\n Operating System:\tlinux\n"
        + " Architecture:\t\tx86_64\nResources:\n CPUs:\t\t\t2\n Memory:\t\t23.54GiB\nPlugins:\n"
        + " Log:\t\tgelf, syslog\n Volume:\t\tlocal\nEngine Version:\t\t20.10.24\nTLS Info:\n TrustRoot:\nROOT\n\n"
        + " Issuer Subject:\tAQ==\n Issuer Public Key:\tAg==\n",
        RowWriter.Render(NodePage.Template, NodePage.Shape, [Parse(Leader)]));

    [Theory]
    [InlineData(SecretCommands.Table,
        "ID                          NAME      DRIVER    CREATED         UPDATED\n"
        + "wsqi8vpaelrumlr4qvgfx25f5   sec       vault     2 minutes ago   About a minute ago\n")]
    [InlineData("{{.Labels}} {{.Label \"a\"}}", "a=x,b= x\n")]
    [InlineData("json",
        "{\"CreatedAt\":\"2 minutes ago\",\"Driver\":\"vault\",\"ID\":\"wsqi8vpaelrumlr4qvgfx25f5\","
        + "\"Labels\":\"a=x,b=\",\"Name\":\"sec\",\"UpdatedAt\":\"About a minute ago\"}\n")]
    public void Secret_ls_is_docker_s(string format, string expected) => Assert.Equal(
        expected, RowWriter.Render(format, SecretCommands.Shape, [new SecretRow(Parse(Secret), new Clock())]));

    [Fact]
    public void The_pages_of_a_secret_and_a_config_are_docker_s()
    {
        Assert.Equal(
            "ID:              wsqi8vpaelrumlr4qvgfx25f5\nName:              sec\nLabels:\n - a=x\n - b\n"
            + "Driver:            vault\nCreated at:        2026-11-22 13:37:32.556043177 +0000 utc\n"
            + "Updated at:        2026-11-22 13:38:32.5 +0000 utc\n",
            RowWriter.Render(SecretCommands.Page, SecretCommands.PageShape, [Parse(Secret)]));
        Assert.Equal(
            "ID:\t\t\twsqi8vpaelrumlr4qvgfx25f5\nName:\t\t\tsec\nLabels:\n - a=x\n - b\n"
            + "Created at:            \t2026-11-22 13:37:32.556043177 +0000 utc\n"
            + "Updated at:            \t2026-11-22 13:38:32.5 +0000 utc\nData:\nhello\n\n",
            RowWriter.Render(ConfigCommands.Page, ConfigCommands.PageShape, [Parse(Secret)]));
    }

    private static string Nodes(string format)
    {
        JsonElement trusted = Parse(Leader).GetProperty("Description").GetProperty("TLSInfo");
        NodeListCommand.Row[] rows =
        [
            new(Parse(Leader), "r8qiotap25etossnw5u2xzth5", trusted),
            new(Parse(Worker), "r8qiotap25etossnw5u2xzth5", trusted),
        ];
        return RowWriter.Render(NodeListCommand.Source(format, isQuiet: false), NodeListCommand.Shape, rows);
    }

    private static JsonElement Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 22, 13, 40, 0, TimeSpan.Zero);
    }
}
