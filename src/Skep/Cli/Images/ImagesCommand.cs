using System.CommandLine;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Tables;

namespace Skep.Cli.Images;

/// <summary>docker images.</summary>
internal sealed class ImagesCommand
{
    private const string Columns = "{{.ID}}\t{{if .CreatedSince }}{{.CreatedSince}}{{else}}N/A{{end}}\t{{.Size}}";
    private const string Table = "table {{.Repository}}\t{{.Tag}}\t" + Columns;
    private const string TableWithDigest = "table {{.Repository}}\t{{.Tag}}\t{{.Digest}}\t" + Columns;

    private readonly Option<bool> all;
    private readonly Option<bool> digests;
    private readonly Option<string[]> filter;
    private readonly Option<string> format;
    private readonly Option<bool> noTrunc;
    private readonly Option<bool> quiet;

    private ImagesCommand(DockerCommand command)
    {
        all = command.Flag(Flags.Switch("all", 'a', "Show all images (default hides intermediate images)"));
        digests = command.Flag(Flags.Switch("digests", null, "Show digests"));
        filter = command.Flag(SharedFlags.Filter());
        format = command.Flag(SharedFlags.Format());
        noTrunc = command.Flag(Flags.Switch("no-trunc", null, "Don't truncate output"));
        quiet = command.Flag(Flags.Switch("quiet", 'q', "Only show image IDs"));
        command.Does(RunAsync);
    }

    /// <param name="name">"images", or "ls" below image.</param>
    public static DockerCommand Make(string name)
    {
        var command = new DockerCommand(name, "[OPTIONS] [REPOSITORY[:TAG]]", "List images")
        {
            Count = WordCount.AtMost(1),
            Section = name == "images" ? HelpSection.Common : HelpSection.Commands,
            CommonRank = 7,
            SpelledAliases = ["image ls", "image list", "images"],
        };
        _ = new ImagesCommand(command);
        return command;
    }

    private async Task<int> RunAsync(Invocation call, CancellationToken stop)
    {
        bool isQuiet = call.Get(quiet);
        bool showsDigests = call.Get(digests);
        string settings = isQuiet ? "" : call.Session.Settings.Value.Format("images");
        string chosen = call.Get(format) is { Length: > 0 } given ? given : settings;
        string source = Source(chosen, isQuiet, showsDigests);
        Query query = new Query().AddFlag("all", call.Get(all))
            .AddFilters([.. call.Get(filter), .. call.Words.Select(name => $"reference={name}")]);
        JsonElement images = await call.Engine.GetAsync($"/images/json{query}", stop);
        bool needsDigest = showsDigests || source.Contains("{{.Digest}}", StringComparison.Ordinal);
        IEnumerable<ImageRow> rows = images.Items().SelectMany(summary => ImageRow.Of(
            summary, !call.Get(noTrunc), needsDigest, showsDigests, call.Session.Time));
        call.Console.Write(RowWriter.Render(source, ImageRow.Shape, rows));
        return 0;
    }

    private static string Source(string format, bool isQuiet, bool showsDigests)
    {
        const string raw = "image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n";
        return format switch
        {
            "" or "table" => isQuiet ? "{{.ID}}" : showsDigests ? TableWithDigest : Table,
            "raw" when isQuiet => "image_id: {{.ID}}",
            "raw" => "repository: {{ .Repository }}\ntag: {{.Tag}}\n"
                + (showsDigests ? "digest: {{.Digest}}\n" : "") + raw,
            _ => format.StartsWith("table", StringComparison.Ordinal) && showsDigests
                && !format.Contains("{{.Digest}}") ? format + "\t{{.Digest}}" : format,
        };
    }
}
