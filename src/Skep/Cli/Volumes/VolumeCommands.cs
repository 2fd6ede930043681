using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Inspections;
using Skep.Cli.Tables;
using Skep.Cli.Values;
using Skep.Docker.Engine;

namespace Skep.Cli.Volumes;

/// <summary>docker volume.</summary>
internal static class VolumeCommands
{
    /// <summary>The fields of docker volume ls, and of system df -v.</summary>
    public static readonly RowShape<JsonElement> Shape = new("*formatter.volumeContext",
    [
        new("Availability", "AVAILABILITY", _ => "N/A"),
        new("Driver", "DRIVER", volume => volume.Text("Driver")),
        new("Group", "GROUP", _ => "N/A"),
        RowShape<JsonElement>.Label(volume => volume.Map("Labels")),
        new("Labels", "LABELS", volume => Human.Labels(volume.Map("Labels"))),
        new("Links", "LINKS", volume => Usage(volume) is { ValueKind: JsonValueKind.Object } usage
            ? usage.Number("RefCount").ToString(CultureInfo.InvariantCulture) : "N/A"),
        new("Mountpoint", "MOUNTPOINT", volume => volume.Text("Mountpoint")),
        new("Name", "VOLUME NAME", volume => volume.Text("Name")),
        new("Scope", "SCOPE", volume => volume.Text("Scope")),
        new("Size", "SIZE", volume => Usage(volume) is { ValueKind: JsonValueKind.Object } usage
            ? Human.Size(usage.Number("Size"), 4) : "N/A"),
        new("Status", "STATUS", _ => "N/A"),
    ]);

    public static DockerCommand Make() =>
        new DockerCommand("volume", "COMMAND", "Manage volumes") { Section = HelpSection.Management }.With(
            Create(),
            InspectCommand.OfKind("[OPTIONS] VOLUME [VOLUME...]",
                "Display detailed information on one or more volumes",
                (engine, name, _, stop) => Findings.VolumeAsync(engine, name, stop)),
            List(), Prune(), Remove());

    private static JsonElement Usage(JsonElement volume) => volume.Member("UsageData");

    private static DockerCommand Create()
    {
        var command = new DockerCommand("create", "[OPTIONS] [VOLUME]", "Create a volume")
        {
            Count = WordCount.AtMost(1),
        };
        var driver = command.Flag(Flags.Text("driver", 'd', "Specify volume driver name", "local"));
        var label = command.Flag(Flags.List("label", null, "Set metadata for a volume", KeyValues.CheckLabel));
        var name = command.Flag(Flags.Hide(Flags.Text("name", null, "Specify volume name")));
        var opt = command.Flag(Flags.List("opt", 'o', "Set driver specific options", type: "map"));
        return command.Does(async (call, stop) =>
        {
            if (call.Words.Count > 0 && call.Get(name).Length > 0)
            {
                throw new CommandFailedException(
                    "conflicting options: cannot specify a volume-name through both --name and as a positional arg");
            }

            var request = new CreateVolumeRequest
            {
                Name = call.Words.Count > 0 ? call.Words[0] : call.Get(name),
                Driver = call.Get(driver),
                DriverOpts = KeyValues.Map(call.Get(opt)),
                Labels = KeyValues.Map(call.Get(label)),
            };
            JsonElement created = await call.Engine.PostAsync(
                "/volumes/create", request, EngineJson.Default.CreateVolumeRequest, stop);
            call.Console.WriteLine(created.Text("Name"));
            return 0;
        });
    }

    private static DockerCommand List()
    {
        var command = new DockerCommand("ls", "[OPTIONS]", "List volumes")
        {
            SpelledAliases = ["volume ls", "volume list"],
        };
        Option<string[]> filter = command.Flag(SharedFlags.Filter("Provide filter values (e.g. \"dangling=true\")"));
        Option<string> format = command.Flag(SharedFlags.Format());
        Option<bool> quiet = command.Flag(Flags.Switch("quiet", 'q', "Only display volume names"));
        return command.Named("list").Does(async (call, stop) =>
        {
            JsonElement list = await call.Engine.GetAsync($"/volumes{new Query().AddFilters(call.Get(filter))}", stop);
            string settings = call.Get(quiet) ? "" : call.Session.Settings.Value.Format("volumes");
            string chosen = call.Get(format) is { Length: > 0 } given ? given : settings;
            string source = chosen switch
            {
                "" or "table" => call.Get(quiet) ? "{{.Name}}" : "table {{.Driver}}\t{{.Name}}",
                "raw" => call.Get(quiet) ? "name: {{.Name}}" : "name: {{.Name}}\ndriver: {{.Driver}}\n",
                _ => chosen,
            };
            IEnumerable<JsonElement> rows = list.Items("Volumes")
                .OrderBy(volume => volume.Text("Name"), NaturalOrder.Instance);
            call.Console.Write(RowWriter.Render(source, Shape, rows));
            return 0;
        });
    }

    private static DockerCommand Remove()
    {
        var command = new DockerCommand("rm", "[OPTIONS] VOLUME [VOLUME...]",
            "Remove one or more volumes")
        {
            LongDescription = "Remove one or more volumes. You cannot remove a volume that is in use by a container.",
            Count = WordCount.AtLeast(1),
            SpelledAliases = ["volume rm", "volume remove"],
        };
        var force = command.Flag(Flags.Switch("force", 'f', "Force the removal of one or more volumes"));
        return command.Named("remove").Does((call, stop) => EachWord.InTurnAsync(call, (name, halt) =>
            call.Engine.DeleteAsync(
                $"/volumes/{Query.Escape(name)}{new Query().AddFlag("force", call.Get(force))}", halt), stop));
    }

    private static DockerCommand Prune()
    {
        var command = new DockerCommand("prune", "[OPTIONS]", "Remove unused local volumes");
        var all = command.Flag(Flags.Switch("all", 'a', "Remove all unused volumes, not just anonymous ones"));
        var filter = command.Flag(SharedFlags.PruneFilter("Provide filter values (e.g. \"label=<label>\")"));
        var force = command.Flag(SharedFlags.Force());
        return command.Does(async (call, stop) =>
        {
            string which = call.Get(all) ? "local" : "anonymous local";
            Pruning.Confirm(call, call.Get(force),
                $"WARNING! This will remove {which} volumes not used by at least one container.");
            Pruning.Report report = await Pruning.VolumesAsync(call, call.Get(all), call.Get(filter), stop);
            Pruning.Show(call, report);
            call.Console.WriteLine($"Total reclaimed space: {Human.Size(report.Bytes, 4)}");
            return 0;
        });
    }
}
