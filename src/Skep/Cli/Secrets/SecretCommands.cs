using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Inspections;
using Skep.Cli.Tables;
using Skep.Cli.Values;
using Skep.Docker.Engine;

namespace Skep.Cli.Secrets;

/// <summary>docker secret.</summary>
internal static class SecretCommands
{
    public static readonly RowShape<SecretRow> Shape = SecretRows.Shape("*secret.secretContext", hasDriver: true);

    public static readonly RowShape<JsonElement> PageShape = SecretRows.PageShape(
        "*secret.secretInspectContext", new("Driver", "", thing => thing.Member("Spec").Member("Driver").Text("Name")));

    public const string Table = "table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.CreatedAt}}\t{{.UpdatedAt}}";

    public const string Page = "ID:              {{.ID}}\nName:              {{.Name}}\n"
        + "{{- if .Labels }}\nLabels:\n{{- range $k, $v := .Labels }}\n - {{ $k }}{{if $v }}={{ $v }}{{ end }}\n"
        + "{{- end }}{{ end }}\n"
        + "Driver:            {{.Driver}}\nCreated at:        {{.CreatedAt}}\nUpdated at:        {{.UpdatedAt}}";

    public static DockerCommand Make() =>
        new DockerCommand("secret", "COMMAND", "Manage Swarm secrets") { Section = HelpSection.Swarm }.With(
            Create(), Inspect(), SecretListing.Make("secret", Table, Shape), SecretListing.Remove("secret"));

    private static DockerCommand Create()
    {
        var command = new DockerCommand(
            "create", "[OPTIONS] SECRET [file|-]", "Create a secret from a file or STDIN as content")
        {
            Count = new WordCount(1, 2),
        };
        var driver = command.Flag(Flags.Text("driver", 'd', "Secret driver"));
        var label = command.Flag(Flags.List("label", 'l', "Secret labels", KeyValues.CheckLabel));
        var template = command.Flag(Flags.Text("template-driver", null, "Template driver"));
        return command.Does(async (call, stop) =>
        {
            string file = call.Words.Count > 1 ? call.Words[1] : "";
            bool isForeign = call.Get(driver).Length > 0;
            if (isForeign && file.Length > 0)
            {
                throw new CommandFailedException("When using secret driver secret data must be empty");
            }

            if (!isForeign && file.Length == 0)
            {
                throw new CommandFailedException("secret file is required");
            }

            var spec = new SecretSpec
            {
                Name = call.Words[0],
                Labels = KeyValues.Map(call.Get(label)),
                Data = isForeign ? null : SecretContent.Read(call.Console, file, Limits.SecretBytes),
                Driver = isForeign ? new SwarmDriver { Name = call.Get(driver) } : null,
                Templating = call.Get(template) is { Length: > 0 } name ? new SwarmDriver { Name = name } : null,
            };
            JsonElement created = await call.Engine.PostAsync(
                "/secrets/create", spec, EngineJson.Default.SecretSpec, stop);
            call.Console.WriteLine(created.Text("ID"));
            return 0;
        });
    }

    private static DockerCommand Inspect() =>
        new PrettyInspection(PageShape, Page, (call, name, stop) =>
            Findings.SwarmAsync(call.Engine, "secrets", name, stop)).Complete(
                new DockerCommand("inspect", "[OPTIONS] SECRET [SECRET...]",
                    "Display detailed information on one or more secrets")
                {
                    Count = WordCount.AtLeast(1),
                });
}
