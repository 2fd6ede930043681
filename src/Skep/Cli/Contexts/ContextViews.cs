using System.CommandLine;
using System.Text;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Inspections;
using Skep.Cli.Tables;
using Skep.Docker.Templates;

namespace Skep.Cli.Contexts;

/// <summary>docker context ls and inspect.</summary>
internal static class ContextViews
{
    private const string Table =
        "table {{.Name}}{{if .Current}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}";

    // The place of what is in no file, as docker calls it.
    private const string InMemory = "<IN MEMORY>";
    private const int ErrorWidth = 45;

    private static readonly RowShape<Row> shape = new("*formatter.clientContextContext",
    [
        new("Current", "", row => row.IsCurrent),
        new("Description", "DESCRIPTION", row => row.Description),
        new("DockerEndpoint", "DOCKER ENDPOINT", row => row.Host),
        new("Error", "ERROR", row => Human.Ellipsis(row.Error, ErrorWidth)),
        new("Name", "NAME", row => row.Name),
    ]);

    private sealed record Row(string Name, bool IsCurrent, string Description, string Host, string Error);

    public static DockerCommand List()
    {
        var command = new DockerCommand("ls", "[OPTIONS]", "List contexts")
        {
            SpelledAliases = ["context ls", "context list"],
        };
        Option<string> format = command.Flag(SharedFlags.Format());
        Option<bool> quiet = command.Flag(Flags.Switch("quiet", 'q', "Only show context names"));
        return command.Named("list").Does((call, _) =>
        {
            string source = call.Get(quiet) ? "{{.Name}}"
                : call.Get(format) is "" or "table" ? Table
                : call.Get(format);
            call.Console.Write(RowWriter.Render(source, shape, Rows(call)));
            if (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 })
            {
                call.Console.WriteErrorLine(OverrideWarning("a context"));
            }

            return Task.FromResult(0);
        });
    }

    public static string OverrideWarning(string what) =>
        "Warning: DOCKER_HOST environment variable overrides the active context. "
        + $"To use {what}, either set the global --context flag, or unset DOCKER_HOST environment variable.";

    public static DockerCommand Inspect()
    {
        var command = new DockerCommand("inspect", "[OPTIONS] [CONTEXT] [CONTEXT...]",
            "Display detailed information on one or more contexts")
        {
            Count = WordCount.Any,
        };
        Option<string> format = command.Flag(SharedFlags.InspectFormat());
        return command.Does((call, stop) => Inspection.ShowAsync(
            call, call.Words.Count > 0 ? call.Words : [EndpointChoice.ContextOf(call.Session)], call.Get(format),
            (name, _) => Task.FromResult(new Found(Describe(call, name), Type: null)), stop));
    }

    private static List<Row> Rows(Invocation call)
    {
        string current = EndpointChoice.ContextOf(call.Session);
        List<Row> rows =
        [
            .. ContextCommands.Store(call).All().Select(context => new Row(
                context.Name, context.Name == current, context.Description, context.Host,
                context.HasEndpoint ? "" : "cannot find docker endpoint in context")),
            new Row(
                ContextStore.DefaultName, current == ContextStore.DefaultName, ContextStore.DefaultDescription,
                EndpointChoice.Default(call.Session).Host, ""),
        ];
        if (!rows.Any(row => row.IsCurrent))
        {
            rows.Add(new Row(current, IsCurrent: true, "", "", Missing(call, current)));
        }

        return [.. rows.OrderBy(row => row.Name, NaturalOrder.Instance)];
    }

    private static string Missing(Invocation call, string name)
    {
        try
        {
            ContextCommands.Store(call).Read(name);
            return "";
        }
        catch (CommandFailedException missing)
        {
            return missing.Message;
        }
    }

    private static byte[] Describe(Invocation call, string name)
    {
        bool isDefault = name == ContextStore.DefaultName;
        ContextStore store = ContextCommands.Store(call);
        List<GoField> fields = ContextCommands.Read(call, name).Fields();
        IEnumerable<string> files = ContextCommands.TlsFiles(call, name).Keys;
        fields.Add(StoredContext.Field("TLSMaterial", new GoMap(files
            .GroupBy(file => Path.GetDirectoryName(file)!)
            .Select(group => KeyValuePair.Create(
                group.Key, (object?)new GoList([.. group.Select(Path.GetFileName)]))))));
        fields.Add(StoredContext.Field("Storage", new GoStruct("store.StorageInfo",
        [
            StoredContext.Field("MetadataPath", isDefault ? InMemory : store.MetaFolder(name)),
            StoredContext.Field("TLSPath", isDefault ? InMemory : store.TlsFolder(name)),
        ])));
        return Encoding.UTF8.GetBytes(GoJson.Write(new GoStruct("contextWithTLSListing", fields), escapeHtml: true));
    }
}
