using System.Text;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Inspections;
using Skep.Cli.Secrets;
using Skep.Cli.Tables;
using Skep.Cli.Values;
using Skep.Docker.Engine;

namespace Skep.Cli.Configs;

/// <summary>docker config.</summary>
internal static class ConfigCommands
{
    public static readonly RowShape<SecretRow> Shape = SecretRows.Shape("*config.configContext", hasDriver: false);

    public static readonly RowShape<JsonElement> PageShape = SecretRows.PageShape(
        "*config.configInspectContext", new("Data", "", Content));

    public const string Table = "table {{.ID}}\t{{.Name}}\t{{.CreatedAt}}\t{{.UpdatedAt}}";

    public const string Page = "ID:\t\t\t{{.ID}}\nName:\t\t\t{{.Name}}\n"
        + "{{- if .Labels }}\nLabels:\n{{- range $k, $v := .Labels }}\n - {{ $k }}{{if $v }}={{ $v }}{{ end }}\n"
        + "{{- end }}{{ end }}\n"
        + "Created at:            \t{{.CreatedAt}}\nUpdated at:            \t{{.UpdatedAt}}\nData:\n{{.Data}}";

    public static DockerCommand Make() =>
        new DockerCommand("config", "COMMAND", "Manage Swarm configs") { Section = HelpSection.Swarm }.With(
            Create(), Inspect(), SecretListing.Make("config", Table, Shape), SecretListing.Remove("config"));

    private static DockerCommand Create()
    {
        var command = new DockerCommand(
            "create", "[OPTIONS] CONFIG file|-", "Create a config from a file or STDIN")
        {
            Count = WordCount.Exactly(2),
        };
        var label = command.Flag(Flags.List("label", 'l', "Config labels", KeyValues.CheckLabel));
        var template = command.Flag(Flags.Text("template-driver", null, "Template driver"));
        return command.Does(async (call, stop) =>
        {
            var spec = new ConfigSpec
            {
                Name = call.Words[0],
                Labels = KeyValues.Map(call.Get(label)),
                Data = Read(call.Console, call.Words[1]),
                Templating = call.Get(template) is { Length: > 0 } name ? new SwarmDriver { Name = name } : null,
            };
            JsonElement created = await call.Engine.PostAsync(
                "/configs/create", spec, EngineJson.Default.ConfigSpec, stop);
            call.Console.WriteLine(created.Text("ID"));
            return 0;
        });
    }

    private static byte[] Read(CliConsole console, string path)
    {
        try
        {
            return path.Length > 0
                ? SecretContent.Read(console, path, Limits.ConfigBytes)
                : throw new CommandFailedException("config file is required");
        }
        catch (CommandFailedException failed)
        {
            throw new CommandFailedException(
                $"Error reading content from {Docker.Templates.GoLiterals.Quote(path)}: {failed.Message}");
        }
    }

    private static DockerCommand Inspect() =>
        new PrettyInspection(PageShape, Page, (call, name, stop) =>
            Findings.SwarmAsync(call.Engine, "configs", name, stop)).Complete(
                new DockerCommand("inspect", "[OPTIONS] CONFIG [CONFIG...]",
                    "Display detailed information on one or more configs")
                {
                    Count = WordCount.AtLeast(1),
                });

    private static string Content(JsonElement config) => config.Member("Spec").Text("Data") is { Length: > 0 } data
        ? Encoding.UTF8.GetString(Convert.FromBase64String(data))
        : "";
}
