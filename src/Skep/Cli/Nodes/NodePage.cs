using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Tables;
using Skep.Docker.Templates;

namespace Skep.Cli.Nodes;

/// <summary>What docker node inspect --pretty shows.</summary>
internal static class NodePage
{
    private const long CpuNanos = 1_000_000_000;

    /// <summary>Docker's page; the blanks are its own, tabs and all.</summary>
    public const string Template =
        "ID:\t\t\t{{.ID}}\n"
        + "{{- if .Name }}\nName:\t\t\t{{.Name}}\n{{- end }}\n"
        + "{{- if .Labels }}\nLabels:\n{{- range $k, $v := .Labels }}\n - {{ $k }}{{if $v }}={{ $v }}{{ end }}\n"
        + "{{- end }}{{ end }}\n"
        + "Hostname:              \t{{.Hostname}}\n"
        + "Joined at:             \t{{.CreatedAt}}\n"
        + "Status:\n State:\t\t\t{{.StatusState}}\n"
        + " {{- if .HasStatusMessage}}\n Message:              \t{{.StatusMessage}}\n {{- end}}\n"
        + " Availability:         \t{{.SpecAvailability}}\n"
        + " {{- if .HasStatusAddr}}\n Address:\t\t{{.StatusAddr}}\n {{- end}}\n"
        + "{{- if .HasManagerStatus}}\nManager Status:\n Address:\t\t{{.ManagerStatusAddr}}\n"
        + " Raft Status:\t\t{{.ManagerStatusReachability}}\n"
        + " {{- if .IsManagerStatusLeader}}\n Leader:\t\tYes\n {{- else}}\n Leader:\t\tNo\n {{- end}}\n{{- end}}\n"
        + "Platform:\n Operating System:\t{{.PlatformOS}}\n Architecture:\t\t{{.PlatformArchitecture}}\n"
        + "Resources:\n CPUs:\t\t\t{{.ResourceNanoCPUs}}\n Memory:\t\t{{.ResourceMemory}}\n"
        + "{{- if .HasEnginePlugins}}\nPlugins:\n{{- range $k, $v := .EnginePlugins }}\n"
        + " {{ $k }}:{{if $v }}\t\t{{ $v }}{{ end }}\n{{- end }}\n{{- end }}\n"
        + "Engine Version:\t\t{{.EngineVersion}}\n"
        + "{{- if .EngineLabels}}\nEngine Labels:\n{{- range $k, $v := .EngineLabels }}\n"
        + " - {{ $k }}{{if $v }}={{ $v }}{{ end }}\n{{- end }}{{- end }}\n"
        + "{{- if .HasTLSInfo}}\nTLS Info:\n TrustRoot:\n{{.TLSInfoTrustRoot}}\n"
        + " Issuer Subject:\t{{.TLSInfoCertIssuerSubject}}\n"
        + " Issuer Public Key:\t{{.TLSInfoCertIssuerPublicKey}}\n{{- end}}";

    public static readonly RowShape<JsonElement> Shape = new("*node.nodeInspectContext",
    [
        new("ID", "", node => node.Text("ID")),
        new("Name", "", node => node.Member("Spec").Text("Name")),
        new("Labels", "", node => Map(node.Member("Spec"))),
        new("Hostname", "", node => Description(node).Text("Hostname")),
        new("CreatedAt", "", node => Human.Capitalized(Human.MomentText(node.Text("CreatedAt")))),
        new("StatusState", "", node => Human.Capitalized(node.Member("Status").Text("State"))),
        new("HasStatusMessage", "", node => node.Member("Status").Text("Message").Length > 0),
        new("StatusMessage", "", node => Human.Capitalized(node.Member("Status").Text("Message"))),
        new("SpecAvailability", "", node => Human.Capitalized(node.Member("Spec").Text("Availability"))),
        new("HasStatusAddr", "", node => node.Member("Status").Text("Addr").Length > 0),
        new("StatusAddr", "", node => node.Member("Status").Text("Addr")),
        new("HasManagerStatus", "", node => node.Member("ManagerStatus").ValueKind == JsonValueKind.Object),
        new("ManagerStatusAddr", "", node => node.Member("ManagerStatus").Text("Addr")),
        new("ManagerStatusReachability", "",
            node => Human.Capitalized(node.Member("ManagerStatus").Text("Reachability"))),
        new("IsManagerStatusLeader", "", node => node.Member("ManagerStatus").Flag("Leader")),
        new("PlatformOS", "", node => Description(node).Member("Platform").Text("OS")),
        new("PlatformArchitecture", "", node => Description(node).Member("Platform").Text("Architecture")),
        new("ResourceNanoCPUs", "", node => (Resources(node).Number("NanoCPUs") / CpuNanos)
            .ToString(CultureInfo.InvariantCulture)),
        new("ResourceMemory", "", node => Resources(node).Number("MemoryBytes") is > 0 and var bytes
            ? Human.BinarySize(bytes) : ""),
        new("HasEnginePlugins", "", node => Engine(node).Items("Plugins").Any()),
        new("EnginePlugins", "", node => Plugins(Engine(node))),
        new("EngineLabels", "", node => Map(Engine(node))),
        new("EngineVersion", "", node => Engine(node).Text("EngineVersion")),
        new("HasTLSInfo", "", node => Tls(node).Members().Any()),
        new("TLSInfoTrustRoot", "", node => Tls(node).Text("TrustRoot")),
        new("TLSInfoCertIssuerSubject", "", node => Tls(node).Text("CertIssuerSubject")),
        new("TLSInfoCertIssuerPublicKey", "", node => Tls(node).Text("CertIssuerPublicKey")),
    ]);

    private static JsonElement Description(JsonElement node) => node.Member("Description");

    private static JsonElement Resources(JsonElement node) => Description(node).Member("Resources");

    private static JsonElement Engine(JsonElement node) => Description(node).Member("Engine");

    private static JsonElement Tls(JsonElement node) => Description(node).Member("TLSInfo");

    private static GoMap Map(JsonElement labelled) => new(labelled.Map("Labels")
        .Select(label => KeyValuePair.Create(label.Key, (object?)label.Value)));

    private static GoMap Plugins(JsonElement engine) => new(engine.Items("Plugins")
        .GroupBy(plugin => plugin.Text("Type"))
        .Select(kind => KeyValuePair.Create(
            kind.Key, (object?)string.Join(", ", kind.Select(plugin => plugin.Text("Name"))))));
}
