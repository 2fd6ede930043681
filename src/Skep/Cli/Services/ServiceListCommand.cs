using System.CommandLine;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Tables;

namespace Skep.Cli.Services;

/// <summary>docker service ls.</summary>
internal static class ServiceListCommand
{
    public static readonly RowShape<JsonElement> Shape = new("*service.serviceContext",
    [
        new("ID", "ID", service => Human.ShortId(service.Text("ID"))),
        new("Image", "IMAGE", service => ServiceImage.Shown(
            service.Member("Spec").Member("TaskTemplate").Member("ContainerSpec").Text("Image"))),
        new("Mode", "MODE", service => Mode(service)),
        new("Name", "NAME", service => service.Member("Spec").Text("Name")),
        new("Ports", "PORTS", service => PublishedPorts.Text(service.Member("Endpoint").Items("Ports"))),
        new("Replicas", "REPLICAS", Replicas),
    ]);

    private const string Table =
        "table {{.ID}}\t{{.Name}}\t{{.Mode}}\t{{.Replicas}}\t{{.Image}}\t{{.Ports}}";

    private const string Raw = "id: {{.ID}}\nname: {{.Name}}\nmode: {{.Mode}}\nreplicas: {{.Replicas}}\n"
        + "image: {{.Image}}\nports: {{.Ports}}\n";

    public static DockerCommand Make()
    {
        var command = new DockerCommand("ls", "[OPTIONS]", "List services")
        {
            SpelledAliases = ["service ls", "service list"],
        };
        Option<string[]> filter = command.Flag(SharedFlags.Filter());
        Option<string> format = command.Flag(SharedFlags.Format());
        Option<bool> quiet = command.Flag(Flags.Switch("quiet", 'q', "Only display IDs"));
        return command.Named("list").Does(async (call, stop) =>
        {
            bool isQuiet = call.Get(quiet);
            Query query = new Query().AddFilters(call.Get(filter)).Add("status", isQuiet ? null : "true");
            IEnumerable<JsonElement> services = (await call.Engine.GetAsync($"/services{query}", stop)).Items();
            if (!isQuiet)
            {
                services = await ServiceCounts.CompleteAsync(call.Engine, [.. services], stop);
            }

            string settings = isQuiet ? "" : call.Session.Settings.Value.Format("services");
            string source = Source(call.Get(format) is { Length: > 0 } given ? given : settings, isQuiet);
            call.Console.Write(RowWriter.Render(source, Shape, services.OrderBy(
                service => service.Member("Spec").Text("Name"), NaturalOrder.Instance)));
            return 0;
        });
    }

    public static string Source(string format, bool isQuiet) => format switch
    {
        "" or "table" => isQuiet ? "{{.ID}}" : Table,
        "raw" => isQuiet ? "id: {{.ID}}" : Raw,
        _ => format,
    };

    /// <summary>replicated, global, replicated job or global job; "": none that we know.</summary>
    private static string Mode(JsonElement service)
    {
        JsonElement mode = service.Member("Spec").Member("Mode");
        return mode.Has("Global") ? "global"
            : mode.Has("Replicated") ? "replicated"
            : mode.Has("ReplicatedJob") ? "replicated job"
            : mode.Has("GlobalJob") ? "global job"
            : "";
    }

    private static string Replicas(JsonElement service)
    {
        JsonElement status = service.Member("ServiceStatus");
        JsonElement job = service.Member("Spec").Member("Mode").Member("ReplicatedJob");
        long running = status.Number("RunningTasks");
        long desired = status.Number("DesiredTasks");
        long completed = status.Number("CompletedTasks");
        long perNode = service.Member("Spec").Member("TaskTemplate").Member("Placement").Number("MaxReplicas");
        return Mode(service) switch
        {
            "replicated job" => $"{running}/{desired} ({completed}/{job.Number("TotalCompletions")} completed)",
            // What a global job still has to do and what it has done together is all of it.
            "global job" => $"{running}/{desired} ({completed}/{desired + completed} completed)",
            "replicated" when perNode > 0 => $"{running}/{desired} (max {perNode} per node)",
            _ => $"{running}/{desired}",
        };
    }
}
