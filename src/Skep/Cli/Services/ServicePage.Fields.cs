using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Skep.Cli.Client;
using Skep.Cli.Tables;
using Skep.Docker.Templates;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

internal static partial class ServicePage
{
    // What PrepareAsync adds to a service: the names of its networks and the present.
    private const string NamesMember = "skep.networks", NowMember = "skep.now";

    private const double NanoCpus = 1e9;

    public static readonly RowShape<JsonElement> Shape = new("*service.serviceInspectContext",
    [
        .. Head(), .. Rollout("Update", "UpdateConfig"), .. Rollout("Rollback", "RollbackConfig"),
        .. ContainerFields(), .. ResourceFields(),
        new("Networks", "", service => List(Networks(service))),
        new("EndpointMode", "", service => Spec(service).Member("EndpointSpec").Text("Mode")),
        new("Ports", "", service => GoJson.Typed(
            service.Member("Endpoint").Member("Ports"), EngineJson.Default.IReadOnlyListServicePort)),
        new("Healthcheck", "", service => Health(Container(service).Member("Healthcheck"))),
    ]);

    /// <summary>Looks up the names of the networks, which a service knows by their ids.</summary>
    public static async Task<JsonElement> PrepareAsync(Invocation call, JsonElement service, CancellationToken stop)
    {
        var names = new JsonObject();
        foreach (string id in Task(service).Items("Networks").Select(network => network.Text("Target")))
        {
            try
            {
                JsonElement network = await call.Engine.GetAsync(
                    $"/networks/{Query.Escape(id)}?scope=swarm", stop);
                names[id] = network.Text("Name");
            }
            catch (CommandFailedException gone) when (gone.Status is not null)
            {
                continue; // It is shown by its id.
            }
        }

        JsonObject prepared = JsonObject.Create(service)!;
        prepared[NamesMember] = names;
        prepared[NowMember] = call.Session.Time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        using JsonDocument document = JsonDocument.Parse(prepared.ToJsonString());
        return document.RootElement.Clone();
    }

    private static Column<JsonElement>[] Head() =>
    [
        new("ID", "", service => service.Text("ID")),
        new("Name", "", service => Spec(service).Text("Name")),
        new("Labels", "", service => Map(Spec(service), "Labels")),
        new("IsModeGlobal", "", service => Spec(service).Member("Mode").Has("Global")),
        new("IsModeReplicated", "", service => Spec(service).Member("Mode").Has("Replicated")),
        // No number at all is left out, zero is not.
        new("ModeReplicatedReplicas", "", service =>
            Spec(service).Member("Mode").Member("Replicated") is var mode && mode.Has("Replicas")
                ? mode.Number("Replicas").ToString(CultureInfo.InvariantCulture) : ""),
        new("HasUpdateStatus", "", service => service.Member("UpdateStatus").Text("State").Length > 0),
        new("UpdateStatusState", "", service => service.Member("UpdateStatus").Text("State")),
        new("HasUpdateStatusStarted", "", service => service.Member("UpdateStatus").Has("StartedAt")),
        new("UpdateStatusStarted", "", service => Ago(service, "StartedAt")),
        new("UpdateIsCompleted", "", service => service.Member("UpdateStatus").Text("State") == "completed"
            && service.Member("UpdateStatus").Has("CompletedAt")),
        new("UpdateStatusCompleted", "", service => Ago(service, "CompletedAt")),
        new("UpdateStatusMessage", "", service => service.Member("UpdateStatus").Text("Message")),
        new("TaskPlacementConstraints", "", service => List(Task(service).Member("Placement").Texts("Constraints"))),
        new("TaskPlacementPreferences", "", service => List(Task(service).Member("Placement").Items("Preferences")
            .Where(preference => preference.Has("Spread"))
            .Select(preference => $"spread={preference.Member("Spread").Text("SpreadDescriptor")}"))),
        new("MaxReplicas", "", service => Task(service).Member("Placement").Number("MaxReplicas")),
    ];

    private static Column<JsonElement>[] Rollout(string prefix, string member) =>
    [
        new($"Has{prefix}Config", "", service => Spec(service).Has(member)),
        new($"{prefix}Parallelism", "", service => Spec(service).Member(member).Number("Parallelism")),
        new($"Has{prefix}Delay", "", service => Spec(service).Member(member).Number("Delay") > 0),
        new($"{prefix}Delay", "", service => GoDuration.Text(Spec(service).Member(member).Number("Delay"))),
        new($"{prefix}OnFailure", "", service => Spec(service).Member(member).Text("FailureAction")),
        new($"Has{prefix}Monitor", "", service => Spec(service).Member(member).Number("Monitor") > 0),
        new($"{prefix}Monitor", "", service => GoDuration.Text(Spec(service).Member(member).Number("Monitor"))),
        new($"{prefix}MaxFailureRatio", "", service =>
            Spec(service).Member(member).Member("MaxFailureRatio") is { ValueKind: JsonValueKind.Number } ratio
                ? ratio.GetDouble() : 0.0),
        new($"{prefix}Order", "", service => Spec(service).Member(member).Text("Order")),
    ];

    private static Column<JsonElement>[] ContainerFields() =>
    [
        new("ContainerImage", "", service => Container(service).Text("Image")),
        new("ContainerArgs", "", service => List(Container(service).Texts("Args"))),
        new("ContainerEnv", "", service => List(Container(service).Texts("Env"))),
        new("ContainerWorkDir", "", service => Container(service).Text("Dir")),
        new("HasContainerInit", "", service => Container(service).Has("Init")),
        new("ContainerInit", "", service => Container(service).Flag("Init")),
        new("ContainerUser", "", service => Container(service).Text("User")),
        new("HasCapabilities", "", service =>
            Container(service).Items("CapabilityAdd").Concat(Container(service).Items("CapabilityDrop")).Any()),
        new("HasCapabilityAdd", "", service => Container(service).Items("CapabilityAdd").Any()),
        new("CapabilityAdd", "", service => string.Join(", ", Container(service).Texts("CapabilityAdd"))),
        new("HasCapabilityDrop", "", service => Container(service).Items("CapabilityDrop").Any()),
        new("CapabilityDrop", "", service => string.Join(", ", Container(service).Texts("CapabilityDrop"))),
        new("ContainerSysCtls", "", service => Map(Container(service), "Sysctls")),
        new("HasContainerSysCtls", "", service => Container(service).Map("Sysctls").Count > 0),
        new("ContainerUlimits", "", service => new GoMap(Container(service).Items("Ulimits").Select(limit =>
            KeyValuePair.Create(limit.Text("Name"), (object?)$"{limit.Number("Soft")}:{limit.Number("Hard")}")))),
        new("HasContainerUlimits", "", service => Container(service).Items("Ulimits").Any()),
        new("ContainerMounts", "", service => GoJson.Typed(
            Container(service).Member("Mounts"), EngineJson.Default.IReadOnlyListMount)),
        new("Configs", "", service => GoJson.Typed(
            Container(service).Member("Configs"), EngineJson.Default.IReadOnlyListConfigUse)),
        new("Secrets", "", service => GoJson.Typed(
            Container(service).Member("Secrets"), EngineJson.Default.IReadOnlyListSecretUse)),
        new("HasLogDriver", "", service => Task(service).Has("LogDriver")),
        new("HasLogDriverName", "", service => Task(service).Member("LogDriver").Text("Name").Length > 0),
        new("LogDriverName", "", service => Task(service).Member("LogDriver").Text("Name")),
        new("LogOpts", "", service => Map(Task(service).Member("LogDriver"), "Options")),
    ];

    private static Column<JsonElement>[] ResourceFields() =>
    [
        new("HasResources", "", service => Task(service).Has("Resources")),
        new("HasResourceReservations", "", service => Reserved(service).Number("NanoCPUs") > 0
            || Reserved(service).Number("MemoryBytes") > 0),
        new("ResourceReservationNanoCPUs", "", service => Reserved(service).Number("NanoCPUs") / NanoCpus),
        new("ResourceReservationMemory", "", service => Memory(Reserved(service))),
        new("HasResourceLimits", "", service => Limits(service).Number("NanoCPUs") > 0
            || Limits(service).Number("MemoryBytes") > 0 || Limits(service).Number("Pids") > 0),
        new("ResourceLimitsNanoCPUs", "", service => Limits(service).Number("NanoCPUs") / NanoCpus),
        new("ResourceLimitMemory", "", service => Memory(Limits(service))),
        new("ResourceLimitPids", "", service => Limits(service).Number("Pids")),
    ];

    private static GoStruct? Health(JsonElement health) => health.ValueKind != JsonValueKind.Object ? null
        : new GoStruct("*container.HealthConfig",
        [
            new("Interval", 0, _ => GoDuration.Text(health.Number("Interval"))),
            new("Retries", 0, _ => health.Number("Retries")),
            new("StartPeriod", 0, _ => GoDuration.Text(health.Number("StartPeriod"))),
            new("Timeout", 0, _ => GoDuration.Text(health.Number("Timeout"))),
            new("Test", 0, _ => List(health.Texts("Test"))),
        ]);

    private static IEnumerable<string> Networks(JsonElement service) => Task(service).Items("Networks")
        .Select(network => network.Text("Target"))
        .Select(id => service.Member(NamesMember).Text(id) is { Length: > 0 } name ? name : id);

    private static JsonElement Spec(JsonElement service) => service.Member("Spec");

    private static JsonElement Task(JsonElement service) => Spec(service).Member("TaskTemplate");

    private static JsonElement Container(JsonElement service) => Task(service).Member("ContainerSpec");

    private static JsonElement Reserved(JsonElement service) =>
        Task(service).Member("Resources").Member("Reservations");

    private static JsonElement Limits(JsonElement service) => Task(service).Member("Resources").Member("Limits");

    private static string Memory(JsonElement resources) =>
        resources.Number("MemoryBytes") is > 0 and var bytes ? Human.BinarySize(bytes) : "";

    private static string Ago(JsonElement service, string field) => Human.Duration(
        Moment(service.Text(NowMember)) - Moment(service.Member("UpdateStatus").Text(field))) + " ago";

    private static DateTimeOffset Moment(string text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset moment) ? moment : default;

    private static GoList List(IEnumerable<string> texts) => new([.. texts]);

    private static GoMap Map(JsonElement owner, string name) => new(
        owner.Map(name).Select(pair => KeyValuePair.Create(pair.Key, (object?)pair.Value)));
}
