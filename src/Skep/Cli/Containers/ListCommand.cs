using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Tables;
using Skep.Docker.Templates;

namespace Skep.Cli.Containers;

/// <summary>docker ps.</summary>
internal sealed class ListCommand
{
    private const string Table =
        "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}";

    private const string Raw = "container_id: {{.ID}}\nimage: {{.Image}}\ncommand: {{.Command}}\n"
        + "created_at: {{.CreatedAt}}\nstate: {{- pad .State 1 0}}\nstatus: {{- pad .Status 1 0}}\n"
        + "names: {{.Names}}\nlabels: {{- pad .Labels 1 0}}\nports: {{- pad .Ports 1 0}}\n";

    private readonly Option<bool> all;
    private readonly Option<string[]> filter;
    private readonly Option<string> format;
    private readonly Option<long> last;
    private readonly Option<bool> latest;
    private readonly Option<bool> noTrunc;
    private readonly Option<bool> quiet;
    private readonly Option<bool> size;

    private ListCommand(DockerCommand command)
    {
        all = command.Flag(Flags.Switch("all", 'a', "Show all containers (default shows just running)"));
        filter = command.Flag(SharedFlags.Filter());
        format = command.Flag(SharedFlags.Format());
        last = command.Flag(Flags.Number(
            "last", 'n', "Show n last created containers (includes all states)", -1));
        latest = command.Flag(Flags.Switch(
            "latest", 'l', "Show the latest created container (includes all states)"));
        noTrunc = command.Flag(Flags.Switch("no-trunc", null, "Don't truncate output"));
        quiet = command.Flag(Flags.Switch("quiet", 'q', "Only display container IDs"));
        size = command.Flag(Flags.Switch("size", 's', "Display total file sizes"));
        command.Does(RunAsync);
    }

    /// <param name="name">"ps", or "ls" below container.</param>
    public static DockerCommand Make(string name)
    {
        var command = new DockerCommand(name, "[OPTIONS]", "List containers")
        {
            Section = name == "ps" ? HelpSection.Common : HelpSection.Commands,
            CommonRank = 3,
            SpelledAliases = ["container ls", "container list", "container ps", "ps"],
        };
        _ = new ListCommand(command);
        return command;
    }

    private async Task<int> RunAsync(Invocation call, CancellationToken stop)
    {
        string source = call.Get(format);
        bool isQuiet = call.Get(quiet);
        if (source.Length == 0)
        {
            source = call.Session.Settings.Value.Format("ps");
        }
        else if (isQuiet)
        {
            call.Console.WriteErrorLine(
                "WARNING: Ignoring custom format, because both --format and --quiet are set.");
        }

        bool wantsSize = call.Get(size)
            || (UsesSize(source, call) && !isQuiet && !call.Has(size));
        long limit = call.Get(latest) && call.Get(last) == -1 ? 1 : call.Get(last);
        Query query = new Query()
            .AddFlag("all", call.Get(all))
            .Add("limit", limit > 0 ? limit.ToString(CultureInfo.InvariantCulture) : null)
            .AddFlag("size", wantsSize)
            .AddFilters(call.Get(filter));
        JsonElement containers = await call.Engine.GetAsync($"/containers/json{query}", stop);
        IEnumerable<ContainerRow> rows = containers.Items()
            .Select(summary => new ContainerRow(summary, !call.Get(noTrunc), call.Session.Time));
        call.Console.Write(RowWriter.Render(Source(source, isQuiet, wantsSize), ContainerRows.Shape(), rows));
        return 0;
    }

    private static string Source(string format, bool isQuiet, bool wantsSize) => format switch
    {
        "" or "table" => isQuiet ? "{{.ID}}" : wantsSize ? Table + "\t{{.Size}}" : Table,
        "raw" => isQuiet ? "container_id: {{.ID}}" : wantsSize ? Raw + "size: {{.Size}}\n" : Raw,
        _ => isQuiet ? "{{.ID}}" : format,
    };

    // The daemon measures sizes only when it is asked to: a dry run tells whether the template needs them.
    private static bool UsesSize(string source, Invocation call)
    {
        if (source.Length == 0)
        {
            return false;
        }

        bool isUsed = false;
        Template template;
        try
        {
            template = Template.Parse(source);
        }
        catch (TemplateException malformed)
        {
            throw new CommandFailedException($"failed to parse template: {malformed.Message}");
        }

        try
        {
            var empty = new ContainerRow(default, Truncates: true, call.Session.Time);
            template.Execute(ContainerRows.Shape(() => isUsed = true).View(empty));
        }
        catch (TemplateException misfit)
        {
            throw new CommandFailedException($"failed to execute template: {misfit.Message}");
        }

        return isUsed;
    }
}
